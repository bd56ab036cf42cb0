// @ts-check
// Becoming somebody's phone with a code, and taking a new name when the numbers fit no more.
import { looked, newClock } from "./clock.js"
import { REGISTRY, fact, makeCurrent, mark, setFact, setMark, write } from "./db.js"
import { NO_CHAIN, chained, identity, reading, unsettled } from "./identity.js"
import { askJson, tell } from "./request.js"
import { startOver } from "./restore.js"
import { makeKeys, publicKey } from "./signing.js"
import { APP } from "./version.js"

/** @typedef {import("./types.js").Identity} Identity */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Owner} Owner */

/** A short name people may recognise in a list of phones. @param {string} agent */
export function phoneLabel(agent) {
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

/** @param {CryptoKeyPair} keys @param {{ segment: number, wall: number }} clock */
const introduction = async (keys, { segment, wall }) => ({
  v: 1,
  key: await publicKey(keys),
  label: phoneLabel(navigator.userAgent),
  app: APP,
  clock: { segment, wall },
})

/**
 * Makes this browser the phone of whoever the code was made for.
 * @param {string} code 8 digits, or the QR code's 22 characters
 * @returns {Promise<{ owner?: Owner, error?: string }>} error: the protocol's word for it
 */
export async function enrol(code) {
  const keys = await keysFor(code)
  const clock = looked(newClock(), Date.now())
  const answer = await tell("/sync/v1/enrolments", { code, ...(await introduction(keys, clock)) })
  if (answer.status !== 200 && answer.status !== 201) {
    return { error: answer.json?.error ?? "captive" }
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
  await adopt(name, told, keys, clock)
  await makeCurrent(owner)
  await write(REGISTRY, ["marks"], async (tx) => {
    await tx.objectStore("marks").delete("enrolling")
  })
  return owner
}

/**
 * Asks for a new device under the same member: after a fork, or a gap the journal cannot fill.
 * @param {string} owner
 * @returns {Promise<import("./types.js").Answer>}
 */
export async function renew(owner) {
  const who = await identity(owner)
  if (!who) throw new Error("nobody is enrolled here")
  const keys = await keysAfter(owner, who.device)
  const anchor = await fact(owner, "anchor")
  const answer = await askJson(who, "/sync/v1/renewals", {
    ...(await introduction(keys, await reading(owner))),
    ...(anchor ? { anchor } : {}),
  })
  const is_new = answer.is_ours && (answer.status === 200 || answer.status === 201)
  if (is_new) await adopt(owner, answer.json, keys)
  return answer
}

/**
 * Stored before it is shown: when the answer is lost, the same key asks again.
 * @param {string} owner @param {string} device
 * @returns {Promise<CryptoKeyPair>}
 */
async function keysAfter(owner, device) {
  const kept = await fact(owner, "renewing")
  if (kept?.device === device) return kept.keys
  const keys = await makeKeys()
  await setFact(owner, "renewing", { device, keys })
  return keys
}

/**
 * Takes a new device for this storage. What waits is numbered from 1 under it; its frozen bytes
 * stay. What was delivered keeps its old name in the journal, unless the server lost the old device
 * with everything it had sent.
 * @param {string} owner
 * @param {{ community: string, device: string, epoch: number, now: number,
 *   member: { id: string } }} told
 * @param {CryptoKeyPair} keys
 * @param {import("./types.js").Clock} [clock] of a first enrolment
 */
async function adopt(owner, told, keys, clock) {
  const before = await identity(owner)
  const from = before?.standing === "unknown" ? 0 : (before?.acked ?? 0)
  const waiting = before ? await unsettled(owner, { ...before, acked: from }) : []
  const chains = await chained(NO_CHAIN, waiting)
  await write(owner, ["facts", "changes", "scopes"], async (tx) => {
    const facts = tx.objectStore("facts")
    const changes = tx.objectStore("changes")
    for (const [i, change] of waiting.entries()) {
      await changes.put({ ...change, ...place(told.device, i + 1, chains[i]) })
    }
    await facts.put(fresh(told, keys, chains, before), "identity")
    await facts.delete("wait")
    await facts.delete("renewing")
    if (before && before.epoch !== told.epoch) await startOver(tx)
    if (clock && !before) {
      await facts.put(clock, "clock")
      await facts.put({ segment: clock.segment, wall: clock.wall, server: told.now }, "anchor")
    }
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
 * @param {any} told @param {CryptoKeyPair} keys @param {string[]} chains
 * @param {Identity | undefined} before
 * @returns {Identity}
 */
const fresh = (told, keys, chains, before) => ({
  device: told.device,
  community: told.community,
  member: told.member.id,
  keys,
  epoch: told.epoch,
  n: chains.length,
  chain: chains.at(-1) ?? NO_CHAIN,
  acked: 0,
  durable: 0,
  proven: told.epoch,
  seq: before && before.epoch === told.epoch ? before.seq : 0,
  standing: "ok",
})
