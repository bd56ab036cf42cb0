// @ts-check
// Readings of a clock nobody trusts. Only their distances count, and only within one segment: a
// new segment begins where this phone notices that its clock was moved.

/** @typedef {import("./types.js").Clock} Clock */

const EARLIEST = -8_640_000_000_000_000
const JUMP_MS = 2_000
const JUMP_PPM = 500

/** @returns {Clock} */
export const newClock = () => ({ segment: 1, wall: EARLIEST })

/**
 * The clock after a look at it. A reading earlier than the last stored one, or a jump somebody
 * noticed, begins a segment.
 * @param {Clock} clock
 * @param {number} wall
 * @param {boolean} [jumped]
 * @returns {Clock}
 */
export function looked(clock, wall, jumped = false) {
  const moved = jumped || wall < clock.wall
  return { segment: clock.segment + (moved ? 1 : 0), wall }
}

/**
 * True when the wall clock moved by something other than time passing.
 * @param {number} wallPassed
 * @param {number} monotonicPassed
 */
export const isJump = (wallPassed, monotonicPassed) =>
  Math.abs(wallPassed - monotonicPassed) > JUMP_MS + (JUMP_PPM * Math.abs(monotonicPassed)) / 1e6

/**
 * Compares both clocks of one running page. Monotonic clocks stand still while a phone sleeps, so
 * whatever lies between hiding and showing the page is not compared.
 */
export class Watch {
  /** @param {{ wall: () => number, monotonic: () => number }} clocks */
  constructor(clocks = { wall: () => Date.now(), monotonic: () => performance.now() }) {
    this.clocks = clocks
    this.wall = clocks.wall()
    this.monotonic = clocks.monotonic()
  }

  /** Starts to compare from here. */
  rest() {
    this.wall = this.clocks.wall()
    this.monotonic = this.clocks.monotonic()
  }

  /** True once for each jump since the last look. */
  jumped() {
    const wall = this.clocks.wall() - this.wall
    const found = isJump(wall, this.clocks.monotonic() - this.monotonic)
    if (found) this.rest()
    return found
  }
}

/** The one watch of this page or worker. */
export const watch = new Watch()

/**
 * How far the server's clock is ahead of ours, from one exchange.
 * @param {number} sent wall reading before the request
 * @param {number} arrived wall reading after the answer
 * @param {number} serverNow
 */
export const offsetOf = (sent, arrived, serverNow) => serverNow - Math.round((sent + arrived) / 2)
