// @ts-check
// What is not delivered yet, and the journal of what is. Nothing leaves by itself before its
// receipt.
import { say } from "./broadcast.js"
import { read, write } from "./db.js"
import { itemOf } from "./state.js"

/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Photo} Photo */

/**
 * Everything kept, newest first.
 * @param {string} owner
 * @param {boolean} [isSending]
 */
export async function list(owner, isSending = false) {
  const { changes, photos } = await read(owner, ["changes", "photos"], async (tx) => ({
    changes: /** @type {Change[]} */ (await tx.objectStore("changes").getAll()),
    photos: /** @type {Photo[]} */ (await tx.objectStore("photos").getAll()),
  }))
  const byName = new Map(photos.map((photo) => [photo.sha256, photo]))
  changes.sort((a, b) => b.wall - a.wall || b.n - a.n)
  return changes.map((change) => {
    const own = change.photos.flatMap(({ sha256 }) => byName.get(sha256) ?? [])
    return itemOf(change, own, isSending)
  })
}

/** @param {string} owner @param {string} uid @returns {Promise<Change | undefined>} */
export const find = (owner, uid) =>
  read(owner, ["changes"], (tx) => tx.objectStore("changes").get(uid))

/**
 * Writes down what the server said of a push: what was sent up to `acked` has its receipt now.
 * @param {string} owner
 * @param {{ acked: number, durable: number, seq: number, received_at: number,
 *   receipts: import("./types.js").Receipt[] }} answer
 * @param {Change[]} sent
 * @param {{ device: string, epoch: number }} asked who it was sent as
 */
export async function settle(owner, answer, sent, asked) {
  const receipts = new Map(answer.receipts.map((receipt) => [receipt.n, receipt]))
  await write(owner, ["facts", "changes"], async (tx) => {
    const changes = tx.objectStore("changes")
    const facts = tx.objectStore("facts")
    const who = await facts.get("identity")
    for (const { uid, n, device } of sent) {
      const change = await changes.get(uid)
      // Numbered anew since it was sent: this answer belongs to another life.
      if (!change || change.device !== device || change.n !== n || n > answer.acked) continue
      const receipt = receipts.get(n) ?? { n, verdict: "applied" }
      await changes.put({
        ...change,
        receipt,
        trouble: "",
        seq: answer.seq,
        settled_at: change.settled_at || answer.received_at,
        settled_wall: change.settled_wall || Date.now(),
      })
    }
    if (who.device !== asked.device || who.epoch !== asked.epoch) return
    const is_next = sent.length > 0 && sent[0].n <= who.acked + 1
    const reached = is_next ? Math.min(answer.acked, sent[sent.length - 1].n) : 0
    const acked = Math.max(who.acked, reached)
    const durable = Math.max(who.durable, answer.durable)
    const seq = Math.max(who.seq, answer.seq)
    await facts.put({ ...who, acked, durable, seq, proven: who.epoch }, "identity")
  })
  say({ type: "outbox" })
}

/** @param {string} owner @param {string} uid @param {string} trouble "" makes it wait again */
export async function setTrouble(owner, uid, trouble) {
  await write(owner, ["changes"], async (tx) => {
    const changes = tx.objectStore("changes")
    const change = await changes.get(uid)
    if (change) await changes.put({ ...change, trouble })
  })
  say({ type: "outbox" })
}

/**
 * Takes a refused thing off the list of what needs somebody; it stays in the journal.
 * @param {string} owner @param {string} uid
 */
export async function lay(owner, uid) {
  await write(owner, ["changes"], async (tx) => {
    const change = await tx.objectStore("changes").get(uid)
    if (change) await tx.objectStore("changes").put({ ...change, replaced_by: change.uid })
  })
  say({ type: "outbox" })
}
