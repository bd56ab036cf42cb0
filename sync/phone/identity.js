// @ts-check
// Who this storage is for the server, its clock, and what it has not confirmed.
import { looked, newClock, watch } from "./clock.js"
import { fact, read, write } from "./db.js"
import { link } from "./line.js"

/** @typedef {import("./types.js").Identity} Identity */
/** @typedef {import("./types.js").Change} Change */

export const NO_CHAIN = "0".repeat(64)

/** @param {string} owner @returns {Promise<Identity | undefined>} */
export const identity = (owner) => fact(owner, "identity")

/**
 * A reading of the clock, stored as the last one, inside a transaction that may write facts.
 * @param {import("./db.js").Transaction} tx
 * @param {boolean} jumped
 */
export async function readClock(tx, jumped) {
  const facts = tx.objectStore("facts")
  const clock = looked((await facts.get("clock")) ?? newClock(), Date.now(), jumped)
  await facts.put(clock, "clock")
  return { segment: clock.segment, wall: clock.wall }
}

/** @param {string} owner */
export function reading(owner) {
  const jumped = watch.jumped()
  return write(owner, ["facts"], (tx) => readClock(tx, jumped))
}

/** @param {{ device: string, acked: number }} who */
const above = (who) => IDBKeyRange.bound([who.device, who.acked + 1], [who.device, Infinity])

/**
 * Changes the server has not confirmed, in order.
 * @param {string} owner
 * @param {{ device: string, acked: number }} who
 * @returns {Promise<Change[]>}
 */
export const unsettled = (owner, who) => read(owner, ["changes"], (tx) => waitingIn(tx, who))

/**
 * @param {import("./db.js").Transaction} tx
 * @param {{ device: string, acked: number }} who
 * @returns {Promise<Change[]>}
 */
export const waitingIn = (tx, who) => tx.objectStore("changes").index("numbered").getAll(above(who))

/** @param {string} chain @param {Change[]} changes */
export async function chained(chain, changes) {
  const found = []
  for (const change of changes) found.push((chain = await link(chain, change.raw)))
  return found
}

/**
 * The last moment at which nothing was left to send and both clocks were known.
 * @param {string} owner
 * @param {{ segment: number, wall: number }} clock
 * @param {number} server
 */
export const setAnchor = (owner, { segment, wall }, server) =>
  write(owner, ["facts"], async (tx) => {
    await tx.objectStore("facts").put({ segment, wall, server }, "anchor")
  })
