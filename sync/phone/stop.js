// @ts-check

/** An exchange cannot go on now; `outcome` says what that means. */
export class Stop extends Error {
  /** @param {import("./outcome.js").Outcome} outcome */
  constructor(outcome) {
    super(outcome.act)
    this.outcome = outcome
  }
}
