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
 *   after_s?: number, expected?: number, agreed?: number | null, epoch?: number,
 *   acked?: number }} Outcome
 */

/** @param {Answer} answer */
function pauseOf(answer) {
  const told = Number(answer.json?.retry_after_s ?? answer.headers.get("Retry-After"))
  return Number.isFinite(told) && told > 0 ? told : 0
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
  // Whatever an unknown voice says is no news of ours. A proxy's 413, 429 and 503 are believed.
  if (!answer.is_ours) {
    if (status === 413) return { act: "halve" }
    if (status === 429 || status === 503) return { act: "wait", why: "busy", after_s: pauseOf(answer) }
    if (status >= 500) return { act: "wait", why: "server" }
    return { act: "wait", why: "captive" }
  }
  if (status === 200 || status === 201) return { act: json?.receipts ? "settle" : "go" }
  if (status === 400) return { act: "malformed", why: json?.problem ?? json?.error ?? "" }
  if (status === 401 && json?.error === "signature") return { act: "relink" }
  if (status === 403) return forbidden(json)
  if (status === 404) return lacking(json)
  if (status === 409) return conflicting(json)
  if (status === 413) return { act: "halve" }
  if (status === 422) return { act: "restart" }
  if (status === 460) return { act: "checksum" }
  if (status === 429 || status === 503) return { act: "wait", why: "busy", after_s: pauseOf(answer) }
  return { act: "wait", why: "server" }
}

const FIRST_S = 5
const LAST_S = 15 * 60

/**
 * How long to wait after the nth failure in a row: 5 s doubling to 15 min, with jitter; at least
 * what the server asked for, plus up to half of it.
 * @param {number} failures 1 for the first
 * @param {number} asked_s what the server asked for, 0 when nothing
 * @param {number} chance from 0 up to 1
 */
export function pause(failures, asked_s, chance) {
  const own = Math.min(LAST_S, FIRST_S * 2 ** Math.min(20, failures - 1))
  const wanted = Math.max(own * (0.75 + chance / 2), asked_s * (1 + chance / 2))
  return Math.round(Math.max(wanted, asked_s) * 1000)
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
