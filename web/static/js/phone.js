// @ts-check
// What every page of a steward's phone does.
import { beginExchanging } from "./lib/exchanging.js"
import { owner } from "./lib/owner.js"
import { register } from "./lib/worker.js"

/** @param {import("./lib/behaviour.js").Start} start */
export async function begin(start) {
  const chip = document.querySelector("[data-chip]")
  if (chip) import("./behaviours/chip.js").then(({ default: behave }) => behave(/** @type {HTMLElement} */ (chip)))
  register().then(async (registration) => {
    if (registration) (await import("./behaviours/update.js")).offerUpdates(registration)
  })
  if (await owner()) await beginExchanging()
}
