// @ts-check
// Concerns of residents on this phone: what is being written, by lane, and what is not with the
// community yet. A database of their own; nothing of it leaves before a receipt has come.
import { openDB } from "/static/vendor/idb-8.0.4.js"

/** @typedef {{ bytes: ArrayBuffer, type: string }} KeptPhoto */
/** @typedef {{ id: string, token: string }} Names */
/**
 * @typedef {Names & { address: string, place: string, kind: string,
 *   fields: Record<string, string>, photos: KeptPhoto[] }} Draft
 */
/**
 * @typedef {Draft & { state: "waiting" | "attention" | "sent", why: string, words: string,
 *   number: string, url: string, kept_at: number, next_at: number, tries: number }} Concern
 */

const NAME = "lane-concerns"
// A phone that dies in the next second must still have it.
const STRICT = /** @type {const} */ ({ durability: "strict" })

/** @type {Promise<import("/static/vendor/idb-8.0.4.js").IDBPDatabase> | undefined} */
let opened

function database() {
  opened ??= openDB(NAME, 1, {
    upgrade(db) {
      db.createObjectStore("drafts", { keyPath: "address" })
      db.createObjectStore("concerns", { keyPath: "id" })
    },
    terminated: () => (opened = undefined),
  })
  return opened
}

/** @param {string} address @returns {Promise<Draft | undefined>} */
export const draftAt = async (address) => (await database()).get("drafts", address)

/** @param {Draft} draft */
export async function keepDraft(draft) {
  const tx = (await database()).transaction("drafts", "readwrite", STRICT)
  await Promise.all([tx.store.put(draft), tx.done])
}

/** @param {string} address */
export async function dropDraft(address) {
  const tx = (await database()).transaction("drafts", "readwrite", STRICT)
  await Promise.all([tx.store.delete(address), tx.done])
}

/** A finished concern waits to be sent; its draft ends in the same moment. @param {Concern} concern */
export async function keepConcern(concern) {
  const tx = (await database()).transaction(["concerns", "drafts"], "readwrite", STRICT)
  tx.objectStore("concerns").put(concern)
  tx.objectStore("drafts").delete(concern.address)
  await tx.done
}

/** Back to the form of its lane, in one moment. @param {Concern} concern */
export async function takeBack({ id, token, address, place, kind, fields, photos }) {
  const tx = (await database()).transaction(["concerns", "drafts"], "readwrite", STRICT)
  tx.objectStore("drafts").put({ id, token, address, place, kind, fields, photos })
  tx.objectStore("concerns").delete(id)
  await tx.done
}

/** All of them, the oldest first. @returns {Promise<Concern[]>} */
export async function concerns() {
  const all = await (await database()).getAll("concerns")
  return all.sort((a, b) => a.kept_at - b.kept_at)
}

/** @param {string} id @param {Partial<Concern>} news @returns {Promise<Concern | undefined>} */
export async function renew(id, news) {
  const tx = (await database()).transaction("concerns", "readwrite", STRICT)
  const found = await tx.store.get(id)
  const made = found && { ...found, ...news }
  if (made) tx.store.put(made)
  await tx.done
  return made
}

/** @param {string} id */
export async function forget(id) {
  const tx = (await database()).transaction("concerns", "readwrite", STRICT)
  await Promise.all([tx.store.delete(id), tx.done])
}

/** The receipt at this address is kept by its holder; the phone need not know it any more. */
/** @param {string} url */
export async function forgetReceipt(url) {
  for (const { id, url: one } of await concerns()) if (one.split("?")[0] === url) await forget(id)
}
