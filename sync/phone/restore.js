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
  write(owner, ["facts", "scopes", "photos"], async (tx) => {
    const facts = tx.objectStore("facts")
    const who = await facts.get("identity")
    if (epoch <= who.epoch) return
    await startOver(tx)
    const photos = tx.objectStore("photos")
    for (const photo of await photos.getAll()) {
      if (photo.is_here) await photos.put({ ...photo, state: "waiting", offset: 0 })
    }
    const now = { ...who, epoch, acked: Math.min(who.acked, acked), durable: acked, seq: 0 }
    await facts.put(now, "identity")
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
 * Sends again from `acked` + 1.
 * @param {string} owner
 * @param {number} acked
 */
export const fallBack = (owner, acked) =>
  write(owner, ["facts"], async (tx) => {
    const facts = tx.objectStore("facts")
    const who = await facts.get("identity")
    if (acked < who.acked) await facts.put({ ...who, acked }, "identity")
  })
