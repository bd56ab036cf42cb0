// @ts-check
// Sending what waits, in order, the same bytes every time.
import { joined, utf8 } from "./bytes.js"
import { fact, write } from "./db.js"
import { Stop } from "./stop.js"
import { NO_CHAIN, reading, renew } from "./identity.js"
import { batch, outcomeOf } from "./outcome.js"
import { setTrouble, settle } from "./outbox.js"
import { ask } from "./request.js"
import { enterEpoch, fallBack } from "./restore.js"
import { APP } from "./version.js"

/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Identity} Identity */
/** @typedef {{ changes: number, bytes: number }} Room */

const LF = utf8("\n")

/**
 * Takes the next changes off the outbox for one push. From now on they may be with the server, so
 * that nobody throws them away any more.
 * @param {string} owner
 * @param {Room} room
 */
const claim = (owner, room) =>
  write(owner, ["facts", "changes"], async (tx) => {
    const who = /** @type {Identity} */ (await tx.objectStore("facts").get("identity"))
    const changes = tx.objectStore("changes")
    const numbered = changes.index("numbered")
    const range = IDBKeyRange.bound([who.device, who.acked + 1], [who.device, Infinity])
    const waiting = /** @type {Change[]} */ (await numbered.getAll(range))
    const sent = batch(waiting, room)
    for (const change of sent) {
      if (!change.is_attempted) await changes.put({ ...change, is_attempted: true })
    }
    const last = await numbered.get([who.device, who.acked])
    const chain = who.acked ? last?.chain : NO_CHAIN
    return { who, sent, chain, left: waiting.length - sent.length }
  })

/**
 * Pushes until nothing waits. Throws Stop when it cannot go on now.
 * @param {string} owner
 * @param {Room} limits
 * @param {(left: number) => void} told how many are left
 */
export async function pushAll(owner, limits, told) {
  let room = { ...limits }
  for (let turns = 0; turns < 500; turns += 1) {
    const next = await claim(owner, room)
    if (!next.sent.length) return
    told(next.sent.length + next.left)
    const is_broken = next.chain === undefined || next.sent.some((c, i) => c.n !== next.who.acked + 1 + i)
    if (is_broken) {
      await renewed(owner)
      continue
    }
    room = await pushOnce(owner, next, room)
  }
}

/**
 * @param {string} owner
 * @param {{ who: Identity, sent: Change[], chain: string, left: number }} next
 * @param {Room} room
 * @returns {Promise<Room>} room for the next one
 */
async function pushOnce(owner, { who, sent, chain, left }, room) {
  const clock = await reading(owner)
  const envelope = {
    v: 1,
    app: APP,
    community: who.community,
    device: who.device,
    epoch: who.epoch,
    first: sent[0].n,
    count: sent.length,
    chain,
    clock,
    more: left > 0,
  }
  const lines = sent.flatMap(({ raw }) => [new Uint8Array(raw), LF])
  const answer = await ask(who, "POST", "/sync/v1/push", {
    body: joined([utf8(JSON.stringify(envelope)), LF, ...lines]),
    headers: { "Content-Type": "application/x-ndjson" },
    pack: true,
    patience: 30_000,
  })
  const outcome = outcomeOf(answer)
  switch (outcome.act) {
    case "settle":
      return settled(owner, answer.json, sent, who, room)
    case "gap":
      await toGap(owner, who, outcome.expected ?? 1)
      return room
    case "fork":
      await renewed(owner)
      return room
    case "epoch":
      await enterEpoch(owner, outcome.epoch ?? who.epoch, outcome.acked ?? 0)
      return room
    case "halve":
      return halved(owner, sent, room)
    default:
      throw new Stop(outcome)
  }
}

/** @param {string} owner @param {any} json @param {Change[]} sent @param {Identity} who @param {Room} room */
async function settled(owner, json, sent, who, room) {
  // Confirmed beyond what we ever numbered, or another chain: this storage was copied.
  const last = sent.at(-1)
  if (json.acked > (await currentN(owner)) || (last && json.acked === last.n && json.chain !== last.chain)) {
    await renewed(owner)
    return room
  }
  await settle(owner, json, sent)
  if (json.epoch !== who.epoch) await enterEpoch(owner, json.epoch, json.acked)
  if (json.next?.after_s > 0) throw new Stop({ act: "wait", why: "busy", after_s: json.next.after_s })
  return { changes: json.next?.changes ?? room.changes, bytes: json.next?.bytes ?? room.bytes }
}

/** @param {string} owner */
const currentN = async (owner) => (await fact(owner, "identity")).n

/** @param {string} owner @param {Identity} who @param {number} expected */
async function toGap(owner, who, expected) {
  if (expected > who.acked + 1) throw new Stop({ act: "wait", why: "server" })
  await fallBack(owner, expected - 1)
}

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
