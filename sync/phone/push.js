// @ts-check
// Sending what waits, in order, the same bytes every time.
import { joined, utf8 } from "./bytes.js"
import { watch } from "./clock.js"
import { write } from "./db.js"
import { renew } from "./enrolment.js"
import { NO_CHAIN, readClock, setAnchor, unsettled, waitingIn } from "./identity.js"
import { setTrouble, settle } from "./outbox.js"
import { batch, outcomeOf } from "./outcome.js"
import { ask } from "./request.js"
import { enterEpoch, fallBack } from "./restore.js"
import { Stop } from "./stop.js"
import { APP } from "./version.js"

/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Identity} Identity */
/** @typedef {{ changes: number, bytes: number }} Room */

const LF = utf8("\n")
const MOST_TURNS = 500

/**
 * Takes the next changes off the outbox for one push, and reads the clock with them. From now on
 * they may be with the server, so that nobody throws them away any more.
 * @param {string} owner
 * @param {Room} room
 */
function claim(owner, room) {
  const jumped = watch.jumped()
  return write(owner, ["facts", "changes"], async (tx) => {
    const who = /** @type {Identity} */ (await tx.objectStore("facts").get("identity"))
    const waiting = await waitingIn(tx, who)
    const sent = batch(waiting, room)
    const changes = tx.objectStore("changes")
    for (const change of sent) {
      if (!change.is_attempted) await changes.put({ ...change, is_attempted: true })
    }
    const last = await changes.index("numbered").get([who.device, who.acked])
    const chain = who.acked ? last?.chain : NO_CHAIN
    const clock = await readClock(tx, jumped)
    return { who, sent, chain, clock, left: waiting.length - sent.length }
  })
}

/** @typedef {Awaited<ReturnType<typeof claim>>} Load */

/**
 * Pushes until nothing waits. Throws Stop when it cannot go on now.
 * @param {string} owner
 * @param {Room} limits
 * @param {(left: number) => void} told how many are left
 */
export async function pushAll(owner, limits, told) {
  let room = { ...limits }
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    const load = await claim(owner, room)
    const { who, sent } = load
    // After a restore even an empty push has news: its chain shows whose changes were kept.
    if (!sent.length && who.proven === who.epoch) return
    told(sent.length + load.left)
    const is_broken = load.chain === undefined || sent.some(({ n }, i) => n !== who.acked + 1 + i)
    if (is_broken) await renewed(owner)
    else room = await pushOnce(owner, load, room)
  }
}

/**
 * @param {string} owner
 * @param {Load} load
 * @param {Room} room
 * @returns {Promise<Room>} room for the next one
 */
async function pushOnce(owner, load, room) {
  const answer = await send(load)
  const outcome = outcomeOf(answer)
  switch (outcome.act) {
    case "settle":
      return settled(owner, answer.json, load, room)
    case "gap":
      await toGap(owner, load.who, outcome.expected ?? 1)
      return room
    case "fork":
      return forked(owner, load, outcome.agreed ?? null, room)
    case "epoch":
      await enterEpoch(owner, outcome.epoch ?? load.who.epoch, outcome.acked ?? 0)
      return room
    case "halve":
      return halved(owner, load.sent, room)
    default:
      throw new Stop(outcome)
  }
}

/** @param {Load} load */
function send({ who, sent, chain, clock, left }) {
  const envelope = {
    v: 1,
    app: APP,
    community: who.community,
    device: who.device,
    epoch: who.epoch,
    first: who.acked + 1,
    count: sent.length,
    chain,
    clock,
    more: left > 0,
  }
  const lines = sent.flatMap(({ raw }) => [new Uint8Array(raw), LF])
  return ask(who, "POST", "/sync/v1/push", {
    body: joined([utf8(JSON.stringify(envelope)), LF, ...lines]),
    headers: { "Content-Type": "application/x-ndjson" },
    pack: true,
    patience: 30_000,
  })
}

/** @param {string} owner @param {any} json @param {Load} load @param {Room} room */
async function settled(owner, json, { who, sent, clock, left }, room) {
  await settle(owner, json, sent, who)
  if (!left) await setAnchor(owner, clock, json.received_at)
  if (json.epoch !== who.epoch) await enterEpoch(owner, json.epoch, json.acked)
  const { changes = room.changes, bytes = room.bytes, after_s = 0 } = json.next ?? {}
  if (after_s > 0) throw new Stop({ act: "wait", why: "busy", after_s, failures: 0 })
  return { changes, bytes }
}

/** @param {string} owner @param {Identity} who @param {number} expected */
async function toGap(owner, who, expected) {
  if (expected > who.acked + 1) throw new Stop({ act: "wait", why: "server" })
  if (!(await fallBack(owner, expected - 1))) await renewed(owner)
}

/**
 * Two storages used the same numbers. Up to `agreed` they are ours.
 * @param {string} owner
 * @param {Load} load
 * @param {number | null} agreed
 * @param {Room} room
 */
async function forked(owner, { who }, agreed, room) {
  const first = who.acked + 1
  if (agreed !== null && agreed >= first) return { ...room, changes: agreed - first + 1 }
  const oldest = agreed === null ? await oldestN(owner, who) : first
  if (oldest < first) await fallBack(owner, oldest - 1)
  else await renewed(owner)
  return room
}

/** @param {string} owner @param {Identity} who */
const oldestN = async (owner, who) => (await unsettled(owner, { ...who, acked: 0 }))[0]?.n ?? who.acked + 1

/** @param {string} owner @param {Change[]} sent @param {Room} room */
async function halved(owner, sent, room) {
  if (sent.length > 1) return { ...room, changes: Math.ceil(sent.length / 2) }
  await setTrouble(owner, sent[0].uid, "too_large")
  throw new Stop({ act: "malformed", why: "too_large" })
}

/** @param {string} owner */
async function renewed(owner) {
  const outcome = outcomeOf(await renew(owner))
  if (outcome.act !== "go") throw new Stop(outcome)
}
