// @ts-check
// What became of each kept thing, derived from what is stored. Pure.

/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Photo} Photo */

/**
 * @typedef {"saved" | "sending" | "text_ok" | "delivered" | "attention"} State
 * @typedef {{ change: Change, photos: Photo[], state: State, k: number, n: number,
 *   trouble: string }} Item
 */

/** Verdicts with which the phone has done its part: the community has it, whatever it decides. */
const ASKS_A_PERSON = new Set(["rejected"])

/**
 * Why a change needs its author, or "". A refusal that was answered by a new change needs nobody.
 * @param {Change} change
 * @param {Photo[]} photos
 */
export function troubleOf(change, photos) {
  if (change.replaced_by) return ""
  if (change.trouble) return change.trouble
  if (change.receipt && ASKS_A_PERSON.has(change.receipt.verdict)) {
    return change.receipt.reason || "rejected"
  }
  if (photos.some((photo) => photo.state === "refused")) return "photo_refused"
  if (photos.some((photo) => photo.state === "missing")) return "photo_missing"
  return ""
}

/**
 * @param {Change} change
 * @param {Photo[]} photos its own
 * @param {boolean} isSending a drain is running just now
 * @returns {Item}
 */
export function itemOf(change, photos, isSending) {
  const trouble = troubleOf(change, photos)
  const going = photos.filter((photo) => photo.state === "waiting" || photo.state === "stored")
  const arrived = going.filter((photo) => photo.state === "stored").length
  const k = (change.receipt ? 1 : 0) + (change.receipt ? arrived : 0)
  return { change, photos, state: stateOf(change, trouble, going.length - arrived, isSending), k, n: 1 + going.length, trouble }
}

/**
 * @param {Change} change
 * @param {string} trouble
 * @param {number} left photos on their way
 * @param {boolean} isSending
 * @returns {State}
 */
function stateOf(change, trouble, left, isSending) {
  if (trouble) return "attention"
  if (change.receipt) return left ? "text_ok" : "delivered"
  return isSending ? "sending" : "saved"
}

/**
 * What the chip in the header counts.
 * @param {Item[]} items
 */
export function tallied(items) {
  const waiting = items.filter(({ state }) => state !== "delivered" && state !== "attention").length
  const attention = items.filter(({ state }) => state === "attention").length
  const delivered = items.map(({ change }) => change.settled_wall)
  return { waiting, attention, delivered_wall: Math.max(0, ...delivered) }
}
