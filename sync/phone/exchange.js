// @ts-check
// One exchange: hello, what waits, what is new, photos, pages. One at a time on this phone, from a
// page or from the worker; whatever breaks off is taken up again by the next.
import { say } from "./broadcast.js"
import { offsetOf } from "./clock.js"
import { currentOwner, fact, owners, setFact, write } from "./db.js"
import { Stop } from "./stop.js"
import { log, storage } from "./health.js"
import { identity, reading, unsettled } from "./identity.js"
import { prune } from "./journal.js"
import { outcomeOf, pause } from "./outcome.js"
import { dropPack, refresh } from "./pack.js"
import { sendPhotos } from "./photos.js"
import { pullAll } from "./pull.js"
import { pushAll } from "./push.js"
import { Unreachable, askJson } from "./request.js"
import { enterEpoch, fallBack } from "./restore.js"
import { APP } from "./version.js"

const LOCK = "lane-exchange"
const FULL_MS = 60_000

/**
 * What an exchange came to. `why`: silent, captive, busy, full, server, relink, revoked, malformed.
 * @typedef {{ done: boolean, why?: string, until?: number, elsewhere?: boolean }} Result
 */

/**
 * Exchanges everything with the server, for everybody on this phone, the one it belongs to now
 * first. Unless `force`, keeps to the pause after a failure.
 * @param {{ force?: boolean }} [how]
 * @returns {Promise<Result>}
 */
export async function exchange({ force = false } = {}) {
  const alone = async () => {
    const now = await currentOwner()
    /** @type {Result} */
    let result = { done: true }
    for (const owner of await owners()) {
      const told = await forOne(owner.name, owner.name === now?.name, force)
      if (owner.name === now?.name) result = told
    }
    return result
  }
  if (!navigator.locks) return alone()
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) =>
    lock ? alone() : { done: false, elsewhere: true },
  )
}

/** True while some page or the worker exchanges. */
export async function isRunning() {
  if (!navigator.locks) return false
  const { held = [] } = await navigator.locks.query()
  return held.some(({ name }) => name === LOCK)
}

/** @param {string} owner @param {boolean} isCurrent @param {boolean} force @returns {Promise<Result>} */
async function forOne(owner, isCurrent, force) {
  const who = await identity(owner)
  if (!who?.keys || (!isCurrent && !(await unsettled(owner, who)).length)) return { done: true }
  const wait = await fact(owner, "wait")
  if (wait && !force && Date.now() < wait.until && wait.since <= Date.now()) {
    return { done: false, why: wait.why, until: wait.until }
  }
  try {
    await steps(owner, isCurrent)
    await setFact(owner, "wait", null)
    if (isCurrent) say({ type: "drain", state: "idle" })
    return { done: true }
  } catch (fault) {
    return stopped(owner, isCurrent, fault)
  }
}

/** @param {string} owner @param {boolean} isCurrent */
async function steps(owner, isCurrent) {
  const tell = (/** @type {number} */ left) => {
    if (isCurrent) say({ type: "drain", state: "running", n: left })
  }
  const told = await hello(owner)
  await pushAll(owner, { changes: told.limits.changes, bytes: told.limits.bytes }, tell)
  if (told.standing === "revoked") {
    await sendPhotos(owner, told.limits, tell)
    await forget(owner)
    throw new Stop({ act: "revoked" })
  }
  if (isCurrent) await pullAll(owner)
  await sendPhotos(owner, told.limits, tell)
  if (isCurrent) await refresh(owner)
  await prune(owner, Date.now())
}

/**
 * Is the server there, does it know this phone, how far has it come. After a restore it is asked
 * once more.
 * @param {string} owner
 * @param {boolean} [isAgain]
 */
export async function hello(owner, isAgain = false) {
  const who = await identity(owner)
  if (!who) throw new Stop({ act: "relink" })
  const waiting = await unsettled(owner, who)
  const clock = await reading(owner)
  const answer = await askJson(who, "/sync/v1/hello", {
    v: 1,
    community: who.community,
    device: who.device,
    epoch: who.epoch,
    app: APP,
    clock,
    unsent: waiting.length,
    oldest_wall: waiting.length ? Math.min(...waiting.map(({ wall }) => wall)) : null,
    ...(await storage()),
  })
  const outcome = outcomeOf(answer)
  if (outcome.act !== "go") throw new Stop(outcome)
  const told = answer.json
  const offset = offsetOf(clock.wall, Date.now(), told.now)
  await setFact(owner, "hello", { wall: Date.now(), at: told.now, offset, poll_s: told.poll_s })
  if (told.epoch !== who.epoch && !isAgain) {
    await enterEpoch(owner, told.epoch, told.acked)
    return hello(owner, true)
  }
  if (told.acked < who.acked) await fallBack(owner, told.acked)
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
  const until = await later(owner, outcome, why).catch(() => Date.now() + FULL_MS)
  await log(owner, "stopped", `${why} ${outcome.act}`)
  if (isCurrent) say({ type: "drain", state: "waiting", why, until })
  return { done: false, why, until }
}

/** Writes the pause down. @param {string} owner @param {any} outcome @param {string} [why] */
async function later(owner, outcome, why) {
  if (outcome.act === "relink") await setStanding(owner, "relink")
  const before = await fact(owner, "wait")
  const failures = (before?.failures ?? 0) + 1
  const since = Date.now()
  const until = since + pause(failures, outcome.after_s ?? 0, Math.random())
  await setFact(owner, "wait", { failures, since, until, why })
  return until
}

/** @param {string} owner @param {"ok" | "relink"} standing */
const setStanding = (owner, standing) =>
  write(owner, ["facts"], async (tx) => {
    const who = await tx.objectStore("facts").get("identity")
    await tx.objectStore("facts").put({ ...who, standing }, "identity")
  })
