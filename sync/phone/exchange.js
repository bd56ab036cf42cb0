// @ts-check
// One exchange: hello, what waits, what is new, photos, pages. One at a time on this phone, from a
// page or from the worker; whatever breaks off is taken up again by the next.
import { say } from "./broadcast.js"
import { currentOwner, fact, owners, setFact, write } from "./db.js"
import { log } from "./health.js"
import { hello } from "./hello.js"
import { identity, unsettled } from "./identity.js"
import { prune } from "./journal.js"
import { heldUntil, outcomeOf, pause } from "./outcome.js"
import { dropPack, refresh } from "./pack.js"
import { sendPhotos } from "./photos.js"
import { pullAll } from "./pull.js"
import { pushAll } from "./push.js"
import { Unreachable } from "./request.js"
import { Stop } from "./stop.js"

/** @typedef {import("./types.js").Identity} Identity */

const LOCK = "lane-exchange"
const SENDING = "lane-sending"
const MINUTE_MS = 60_000

/**
 * What an exchange came to. `why`: silent, captive, busy, full, server, relink, revoked, malformed.
 * @typedef {{ done: boolean, why?: string, until?: number, elsewhere?: boolean }} Result
 */

/**
 * `force`: the network came back. `hand`: somebody pressed. `idle`: a timer, and nobody waits for it.
 * @typedef {{ force?: boolean, hand?: boolean, idle?: boolean }} How
 */

/**
 * Exchanges everything with the server, for everybody on this phone, the one it belongs to now
 * first. Keeps to the pause after a failure and to what the server asked for.
 * @param {How} [how]
 * @returns {Promise<Result>} `until`: when to come again
 */
export async function exchange(how = {}) {
  const alone = async () => {
    const now = await currentOwner()
    /** @type {Result} */
    let result = { done: true }
    for (const owner of await owners()) {
      const told = await forOne(owner.name, owner.name === now?.name, how)
      if (owner.name === now?.name) result = told
    }
    return result
  }
  if (!navigator.locks) return alone()
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) =>
    lock ? alone() : { done: false, elsewhere: true },
  )
}

/** True while some page or the worker really sends: the server has answered and takes it. */
export const isSending = () => isHeld(SENDING)

/** True while some page or the worker exchanges. */
export const isRunning = () => isHeld(LOCK)

/** @param {string} lock */
async function isHeld(lock) {
  if (!navigator.locks) return false
  const { held = [] } = await navigator.locks.query()
  return held.some(({ name }) => name === lock)
}

/** @param {string} owner @param {boolean} isCurrent @param {How} how @returns {Promise<Result>} */
async function forOne(owner, isCurrent, how) {
  const who = await identity(owner)
  if (!who?.keys) return { done: true }
  const { length } = await unsettled(owner, who)
  if (!isCurrent && !length) return { done: true }
  const wait = await fact(owner, "wait")
  const until = wait && heldUntil(wait, Date.now(), how)
  if (until) {
    if (how.hand) await setFact(owner, "wait", { ...wait, until })
    return { done: false, why: wait.why, until }
  }
  // The server may want to be asked for news less often than a page looks.
  const told = await fact(owner, "hello")
  const isEarly = Math.abs(Date.now() - told?.wall) < told?.poll_s * 1000
  if (how.idle && isEarly && !wait && !length) return { done: true }
  try {
    const { poll_s } = await talk(owner, isCurrent)
    await setFact(owner, "wait", null)
    if (isCurrent) say({ type: "drain", state: "idle" })
    return { done: true, until: Date.now() + Math.min(poll_s * 1000, MINUTE_MS) }
  } catch (fault) {
    return stopped(owner, isCurrent, fault)
  }
}

/** @param {string} owner @param {boolean} isCurrent */
async function talk(owner, isCurrent) {
  const told = await hello(owner)
  const send = () => steps(owner, isCurrent, told)
  return navigator.locks ? navigator.locks.request(SENDING, send) : send()
}

/** @param {string} owner @param {boolean} isCurrent @param {any} told by the server's hello */
async function steps(owner, isCurrent, told) {
  const tell = (/** @type {number} */ left) => {
    if (isCurrent) say({ type: "drain", state: "running", n: left })
  }
  const room = { changes: told.limits.changes, bytes: told.limits.bytes }
  await pushAll(owner, room, tell)
  if (told.standing === "revoked") {
    await sendPhotos(owner, told.limits, tell)
    await forget(owner)
    throw new Stop({ act: "revoked" })
  }
  if (isCurrent) await pullAll(owner)
  await pushAll(owner, room, tell)
  await sendPhotos(owner, told.limits, tell)
  if (isCurrent) await refresh(owner)
  await prune(owner, told.now)
  return told
}

/** Reported lost: what others may not read goes; what was written here stays. @param {string} owner */
async function forget(owner) {
  const who = await identity(owner)
  if (!who) return
  await dropPack(who.member)
  await write(owner, ["facts", "rows", "scopes"], async (tx) => {
    await tx.objectStore("rows").clear()
    await tx.objectStore("scopes").clear()
    const facts = tx.objectStore("facts")
    await facts.delete("pack")
    const now = await facts.get("identity")
    await facts.put({ ...now, keys: null, standing: "revoked" }, "identity")
  })
}

/** @param {string} owner @param {boolean} isCurrent @param {any} fault @returns {Promise<Result>} */
async function stopped(owner, isCurrent, fault) {
  /** @type {import("./outcome.js").Outcome} */
  const outcome = fault instanceof Stop ? fault.outcome : outcomeOf(null)
  if (!(fault instanceof Stop || fault instanceof Unreachable)) {
    await log(owner, "fault", String(fault?.stack ?? fault))
  }
  const why = outcome.act === "wait" ? outcome.why : outcome.act
  const until = await later(owner, outcome, why).catch(() => Date.now() + MINUTE_MS)
  await log(owner, "stopped", `${why} ${outcome.act}`)
  if (isCurrent) say({ type: "drain", state: "waiting", why, until })
  return { done: false, why, until }
}

/** Writes the pause down. @param {string} owner @param {any} outcome @param {string} [why] */
async function later(owner, outcome, why) {
  if (outcome.act === "relink") {
    await setStanding(owner, outcome.why === "unknown" ? "unknown" : "relink")
  }
  const { failures = ((await fact(owner, "wait"))?.failures ?? 0) + 1, after_s = 0 } = outcome
  const since = Date.now()
  const until = since + pause(failures, after_s, Math.random())
  await setFact(owner, "wait", { failures, since, until, after_s, why })
  return until
}

/** @param {string} owner @param {Identity["standing"]} standing */
const setStanding = (owner, standing) =>
  write(owner, ["facts"], async (tx) => {
    const who = await tx.objectStore("facts").get("identity")
    await tx.objectStore("facts").put({ ...who, standing }, "identity")
  })
