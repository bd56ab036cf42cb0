// @ts-check
// What an answer means for the one who asked. Pure: no clock, no chance, no storage.

/** @typedef {import("./types.js").Answer} Answer */

/**
 * go: as hoped · settle: a push was answered · malformed: a person must look, nothing is thrown
 * away · relink: the phone must be recognised again · gap, fork, epoch: the protocol's procedures ·
 * halve: too much at once · offset, checksum, restart: about a photo's part · missing: this one
 * thing cannot be had · wait: later, the same bytes
 * @typedef {{ act: "go" | "settle" | "malformed" | "relink" | "revoked" | "gap" | "fork" | "epoch" |
 *   "halve" | "offset" | "checksum" | "restart" | "missing" | "wait", why?: string,
 *   after_s?: number, failures?: number, expected?: number, agreed?: number | null, epoch?: number,
 *   acked?: number }} Outcome
 */

/** @param {Answer} answer */
function pauseOf(answer) {
  const told = Number(answer.json?.retry_after_s ?? answer.headers.get("Retry-After"))
  return Math.max(0, told || 0)
}

/** @param {any} json @returns {Outcome} */
function forbidden(json) {
  if (json?.error === "revoked") return { act: "revoked" }
  // Another copy of this storage took the new name; asking again can only be refused again.
  return { act: json?.error === "already_renewed" ? "relink" : "missing" }
}

/** @param {any} json @returns {Outcome} */
function lacking(json) {
  if (json?.error === "unknown_device") return { act: "relink", why: "unknown" }
  return { act: json?.error === "photo_unknown" ? "restart" : "missing" }
}

/** @param {any} json @returns {Outcome} */
function conflicting(json) {
  switch (json?.error) {
    case "gap":
      return { act: "gap", expected: json.expected }
    case "fork":
      return { act: "fork", agreed: json.agreed ?? null }
    case "epoch":
      return { act: "epoch", epoch: json.epoch, acked: json.acked }
    case "offset":
      return { act: "offset" }
    default:
      return { act: "wait", why: "server" }
  }
}

/**
 * Reads an answer by the protocol's table. `null` stands for no answer.
 * @param {Answer | null} answer
 * @returns {Outcome}
 */
export function outcomeOf(answer) {
  if (!answer) return { act: "wait", why: "silent" }
  const { status, json } = answer
  // Whatever an unknown voice says is no news of ours; that it is too much or too busy is believed.
  if (status === 413) return { act: "halve" }
  if (status === 429 || status === 503) return { act: "wait", why: "busy", after_s: pauseOf(answer) }
  if (status >= 500) return { act: "wait", why: "server" }
  if (!answer.is_ours) return { act: "wait", why: "captive" }
  if (status === 200 || status === 201) return { act: json?.receipts ? "settle" : "go" }
  if (status === 400) return { act: "malformed", why: json?.problem ?? json?.error ?? "" }
  if (status === 401 && json?.error === "signature") return { act: "relink" }
  if (status === 403) return forbidden(json)
  if (status === 404) return lacking(json)
  if (status === 409) return conflicting(json)
  if (status === 422) return { act: "restart" }
  if (status === 460) return { act: "checksum" }
  return { act: "wait", why: "server" }
}

const FIRST_S = 5
const LAST_S = 90
const MOST_S = 3_600
const HAND_S = 60

/** @typedef {{ since: number, until: number, after_s: number, failures: number, why: string }} Wait */

/**
 * How long to wait, in ms: 5 s after a failure, doubling to 90 s, with jitter; at least what the server
 * asked for, plus up to half of it; never more than an hour, whatever a header says.
 * @param {number} failures in a row; 0 when nothing failed and the server only asks for time
 * @param {number} asked_s what the server asked for, 0 when nothing
 * @param {number} chance from 0 up to 1
 */
export function pause(failures, asked_s, chance) {
  const own = failures && Math.min(LAST_S, FIRST_S * 2 ** (failures - 1))
  const wanted = Math.max(own * (0.75 + chance / 2), asked_s * (1 + chance / 2))
  return Math.round(Math.min(MOST_S, wanted) * 1000)
}

/**
 * Until when nothing may be sent, 0 when it may. `force`: the network came back, which ends a pause of
 * our own. `hand`: somebody pressed, and a minute of what the server asked for is enough. A clock that
 * was set back ends every wait.
 * @param {Wait} wait
 * @param {number} now
 * @param {{ force?: boolean, hand?: boolean }} how
 */
export function heldUntil({ since, until, after_s }, now, { force, hand }) {
  if (force && !after_s) return 0
  if (hand) until = Math.min(until, since + Math.min(after_s, HAND_S) * 1000)
  return since <= now && now < until ? until : 0
}

/**
 * Which changes go into the next push: those above `acked`, in order, within the limits. A single
 * change that is over the limit alone still goes: the server says so itself.
 * @template {{ n: number, raw: ArrayBuffer }} T
 * @param {T[]} waiting sorted by n
 * @param {{ changes: number, bytes: number }} room
 */
export function batch(waiting, room) {
  const chosen = []
  let bytes = 0
  for (const change of waiting) {
    bytes += change.raw.byteLength + 1
    if (chosen.length && (chosen.length >= room.changes || bytes > room.bytes)) break
    chosen.push(change)
  }
  return chosen
}
