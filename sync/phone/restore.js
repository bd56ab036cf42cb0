// @ts-check
// When the server has less than it once confirmed: what it lost is sent again, out of the journal.
import { write } from "./db.js"

/**
 * The server was restored from a backup. Every scope is told from the start; outbox and journal
 * stay; photos that are still here are offered again.
 * @param {string} owner
 * @param {number} epoch
 * @param {number} acked
 */
export const enterEpoch = (owner, epoch, acked) =>
  write(owner, ["facts", "scopes", "photos", "changes"], async (tx) => {
    const facts = tx.objectStore("facts")
    const who = await facts.get("identity")
    if (epoch <= who.epoch) return
    await startOver(tx)
    const photos = tx.objectStore("photos")
    for (const photo of await photos.getAll()) {
      if (photo.is_here) await photos.put({ ...photo, state: "waiting", offset: 0 })
    }
    await facts.put({ ...who, epoch, durable: acked, seq: 0 }, "identity")
    await lower(tx, acked)
  })

/**
 * Every scope is asked for from the start, and still named, so that one that was left is noticed.
 * @param {import("./db.js").Transaction} tx
 */
export async function startOver(tx) {
  const scopes = tx.objectStore("scopes")
  for (const { scope } of await scopes.getAll()) await scopes.put({ scope, cursor: 0, cold: 0 })
}

/**
 * Sends again from `acked` + 1, or else from the oldest change whose chain is still here. Only a
 * gap says for sure that the server has less: an answer may be late.
 * @param {string} owner
 * @param {number} acked
 * @returns {Promise<boolean>} false when the journal does not reach back so far
 */
export const fallBack = (owner, acked) =>
  write(owner, ["facts", "changes"], (tx) => lower(tx, acked))

/** @param {import("./db.js").Transaction} tx @param {number} acked */
async function lower(tx, acked) {
  const facts = tx.objectStore("facts")
  const who = await facts.get("identity")
  const oldest = await oldestOf(tx, who.device)
  const least = oldest === 1 ? 0 : (oldest ?? who.acked)
  if (acked < who.acked) await facts.put({ ...who, acked: Math.max(acked, least) }, "identity")
  return acked >= least
}

/**
 * The number of the first change that is still here.
 * @param {import("./db.js").Transaction} tx
 * @param {string} device
 * @returns {Promise<number | undefined>}
 */
const oldestOf = async (tx, device) => {
  const range = IDBKeyRange.bound([device, 1], [device, Infinity])
  const [first] = await tx.objectStore("changes").index("numbered").getAll(range, 1)
  return first?.n
}
