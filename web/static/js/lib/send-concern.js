// @ts-check
// One concern to the community: the same form that a browser without script sends.
import { concerns, renew } from "./concerns.js"

/** @typedef {import("./concerns.js").Concern} Concern */
/**
 * @typedef {{ state: "sent", number: string, url: string }
 *   | { state: "attention", why: string, words: string, faults: Record<string, string>, opened: string }
 *   | { state: "waiting", why: "offline" | "silent", seconds: number }} Outcome
 */

const PATIENCE_MS = 90_000
const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 15 * 60_000
const LOCK = "lane-concerns"
const ASKED_AGAIN_MS = 3_500
const CHANGED = "concerns-changed"

/** @param {Concern} concern */
function formOf({ id, token, fields, photos, kept_at }) {
  const form = new FormData()
  // How long it waited here, not what this phone's clock says: that may be years wrong.
  const waited = String(Math.max(0, Date.now() - kept_at))
  for (const [name, value] of Object.entries({ ...fields, id, token, waited, seen: "yes" })) form.append(name, value)
  for (const { bytes, type } of photos) form.append("photo", new Blob([bytes], { type }), "photo.jpg")
  return form
}

/**
 * What an answer means. Only our own JSON with a number is a receipt: a page in between, whatever its
 * status, is none. Pure.
 * @param {number} status
 * @param {any} body what the answer says in JSON; null when it says nothing of the kind
 * @returns {Outcome}
 */
export function outcomeOf(status, body) {
  const { number, url, error, words = "", faults = {}, opened = "" } = body ?? {}
  if (status === 201 && number && /^\/r\/\w+(\?left_out=[\w.,-]+)?$/.test(url)) return { state: "sent", number, url }
  const is_wrong = (status === 422 || status === 404) && typeof error === "string"
  if (is_wrong) return { state: "attention", why: error, words, faults, opened }
  return { state: "waiting", why: "silent", seconds: Number(body?.seconds) || 0 }
}

/** @param {Concern} concern @returns {Promise<Outcome>} */
export async function send(concern) {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), PATIENCE_MS)
  try {
    const answer = await fetch(concern.address, {
      method: "POST",
      body: formOf(concern),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      redirect: "error",
      signal: limit.signal,
    })
    return outcomeOf(answer.status, await answer.json().catch(() => null))
  } catch {
    return { state: "waiting", why: navigator.onLine ? "silent" : "offline", seconds: 0 }
  } finally {
    clearTimeout(timer)
  }
}

/** A form that was sent too soon, or under another key, goes again with the moment we are given. */
/** @param {Concern} concern */
async function sendPatiently(concern) {
  const outcome = await send(concern)
  if (outcome.state !== "attention" || outcome.why !== "too_quick") return outcome
  await new Promise((resolve) => setTimeout(resolve, ASKED_AGAIN_MS))
  return send({ ...concern, fields: { ...concern.fields, opened: outcome.opened } })
}

/** @param {Concern} concern @returns {Promise<Outcome>} */
async function deliver(concern) {
  const outcome = await sendPatiently(concern)
  const tries = concern.tries + 1
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(concern.tries, 10), LONGEST_PAUSE_MS)
  const { state } = outcome
  if (state === "sent") await renew(concern.id, { ...outcome, why: "", photos: [] })
  else if (state === "attention") await renew(concern.id, { state, why: outcome.why, words: outcome.words })
  else await renew(concern.id, { state, tries, why: outcome.why, next_at: Date.now() + pause })
  tell()
  return outcome
}

/**
 * Sends what waits and is due, one after the other, from one page at a time.
 * @param {boolean} [now] also what was to wait a little longer
 * @returns {Promise<Map<string, Outcome>>} what became of each, by its id
 */
export async function drain(now = false) {
  /** @type {Map<string, Outcome>} */
  const found = new Map()
  await alone(async () => {
    for (const concern of await concerns()) {
      if (concern.state !== "waiting" || !(now || concern.next_at <= Date.now())) continue
      const outcome = await deliver(concern)
      found.set(concern.id, outcome)
      if (outcome.state === "waiting") break
    }
  })
  return found
}

/** @type {Promise<void>} */
let last = Promise.resolve()

/** @param {() => Promise<void>} act */
function alone(act) {
  // Where there are no locks two pages may send at once: the same names make it one report.
  if (navigator.locks) return navigator.locks.request(LOCK, act)
  last = last.then(act, act)
  return last
}

/** The concerns of this phone have changed. */
export const tell = () => document.dispatchEvent(new Event(CHANGED))

/** @param {() => void} act */
export const onChange = (act) => document.addEventListener(CHANGED, act)
