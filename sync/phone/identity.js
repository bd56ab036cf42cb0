// @ts-check
// Who this phone is: enrolled with a code, renewed when its numbers were used twice.
import { link } from "./change.js"
import { looked, newClock, offsetOf, watch } from "./clock.js"
import { REGISTRY, fact, makeCurrent, mark, read, setMark, write } from "./db.js"
import { askJson, tell } from "./request.js"
import { makeKeys, publicKey } from "./signing.js"
import { APP } from "./version.js"

/** @typedef {import("./types.js").Identity} Identity */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Owner} Owner */

export const NO_CHAIN = "0".repeat(64)

/** @param {string} owner @returns {Promise<Identity | undefined>} */
export const identity = (owner) => fact(owner, "identity")

/** The reading that goes with a request, kept as the last one. @param {string} owner */
export function reading(owner) {
  const jumped = watch.jumped()
  return write(owner, ["facts"], async (tx) => {
    const facts = tx.objectStore("facts")
    const clock = looked((await facts.get("clock")) ?? newClock(), Date.now(), jumped)
    await facts.put(clock, "clock")
    return { segment: clock.segment, wall: clock.wall }
  })
}

/** A short name people may recognise in a list of phones. */
function phoneLabel() {
  const agent = navigator.userAgent
  const model = /Android [^;)]*; ([^;)]+?)(?: Build\/[^;)]*)?[;)]/.exec(agent)?.[1]
  const system = /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(agent)?.[0] ?? ""
  const place = /MicroMessenger/.test(agent) ? " · WeChat" : ""
  return `${model && model !== "K" ? model : system}${place}`.slice(0, 80)
}

/**
 * The key is stored before the code is spent: when the answer is lost, the same code with the same
 * key asks again.
 * @param {string} code
 */
async function keysFor(code) {
  const kept = await mark("enrolling")
  if (kept?.code === code) return /** @type {CryptoKeyPair} */ (kept.keys)
  const keys = await makeKeys()
  await setMark("enrolling", { code, keys })
  return keys
}

/**
 * Makes this browser the phone of whoever the code was made for.
 * @param {string} code 8 digits, or the QR code's 22 characters
 * @returns {Promise<{ owner?: Owner, error?: string }>} error: the protocol's word for it
 */
export async function enrol(code) {
  const keys = await keysFor(code)
  const clock = looked(newClock(), Date.now())
  const ask = { v: 1, code, key: await publicKey(keys), label: phoneLabel(), app: APP }
  const answer = await tell("/sync/v1/enrolments", {
    ...ask,
    clock: { segment: clock.segment, wall: clock.wall },
  })
  if (answer.status !== 200 && answer.status !== 201) {
    return { error: answer.json?.error ?? "silent" }
  }
  if (!answer.is_ours || !answer.json.device) return { error: "captive" }
  return { owner: await settleIn(answer.json, keys, clock) }
}

/**
 * @param {any} told the server's answer to an enrolment
 * @param {CryptoKeyPair} keys
 * @param {import("./types.js").Clock} clock
 */
async function settleIn(told, keys, clock) {
  const name = `lane-${told.community}-${told.member.id}`
  /** @type {Owner} */
  const owner = {
    name,
    community: told.community,
    member: told.member.id,
    member_name: told.member.name,
    community_name: told.community_name,
    language: told.member.language ?? "",
  }
  await adopt(name, told, keys, { ...clock, offset: offsetOf(clock.wall, Date.now(), told.now) })
  await makeCurrent(owner)
  await write(REGISTRY, ["marks"], async (tx) => {
    await tx.objectStore("marks").delete("enrolling")
  })
  return owner
}

/**
 * Takes a new device for this storage. What waits is numbered from 1 under it; its frozen bytes
 * stay. What was delivered keeps its old name in the journal.
 * @param {string} owner
 * @param {{ community: string, device: string, epoch: number, member: { id: string } }} told
 * @param {CryptoKeyPair} keys
 * @param {import("./types.js").Clock} [clock]
 */
export async function adopt(owner, told, keys, clock) {
  const before = await identity(owner)
  const waiting = before ? await unsettled(owner, before) : []
  const chains = await chained(NO_CHAIN, waiting)
  await write(owner, ["facts", "changes", "scopes"], async (tx) => {
    const changes = tx.objectStore("changes")
    for (const [i, change] of waiting.entries()) {
      await changes.put({ ...change, ...place(told.device, i + 1, chains[i]) })
    }
    /** @type {Identity} */
    const now = {
      device: told.device,
      community: told.community,
      member: told.member.id,
      keys,
      epoch: told.epoch,
      n: waiting.length,
      chain: chains.at(-1) ?? NO_CHAIN,
      acked: 0,
      durable: 0,
      seq: before?.seq ?? 0,
      standing: "ok",
    }
    await tx.objectStore("facts").put(now, "identity")
    if (clock) await tx.objectStore("facts").put(clock, "clock")
  })
}

/** @param {string} device @param {number} n @param {string} chain */
const place = (device, n, chain) => ({
  device,
  n,
  chain,
  is_attempted: false,
  receipt: null,
  seq: 0,
})

/**
 * Changes the server has not confirmed, in order.
 * @param {string} owner
 * @param {{ device: string, acked: number }} who
 * @returns {Promise<Change[]>}
 */
export const unsettled = (owner, who) =>
  read(owner, ["changes"], (tx) =>
    tx
      .objectStore("changes")
      .index("numbered")
      .getAll(IDBKeyRange.bound([who.device, who.acked + 1], [who.device, Infinity])),
  )

/** @param {string} chain @param {Change[]} changes */
export async function chained(chain, changes) {
  const found = []
  for (const change of changes) found.push((chain = await link(chain, change.raw)))
  return found
}

/**
 * Asks for a new device under the same member: after a fork, or a gap the journal cannot fill.
 * @param {string} owner
 * @returns {Promise<import("./types.js").Answer>}
 */
export async function renew(owner) {
  const who = await identity(owner)
  if (!who) throw new Error("nobody is enrolled here")
  const keys = await makeKeys()
  const answer = await askJson(who, "/sync/v1/renewals", {
    v: 1,
    key: await publicKey(keys),
    label: phoneLabel(),
    app: APP,
    clock: await reading(owner),
  })
  const is_new = answer.is_ours && (answer.status === 200 || answer.status === 201)
  if (is_new) await adopt(owner, answer.json, keys)
  return answer
}
