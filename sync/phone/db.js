// @ts-check
// The phone's databases: one for each person on it, and a small one that says who is here.
import { openDB } from "/static/vendor/idb-8.0.4.js"
import { say } from "./broadcast.js"
import { runs, staying } from "./leaving.js"

/** @typedef {import("./types.js").Owner} Owner */
/** @typedef {import("/static/vendor/idb-8.0.4.js").IDBPDatabase<any>} Database */
/** @typedef {import("/static/vendor/idb-8.0.4.js").IDBPTransaction<any, any, "readwrite">} Transaction */

export const REGISTRY = "lane-phone"
const VERSION = 1

/** @type {Map<string, Promise<Database>>} */
const opened = new Map()

/** Adds what is missing; nothing is ever dropped here. @param {Database} db @param {string} name */
function build(db, name) {
  if (name === REGISTRY) {
    db.createObjectStore("owners", { keyPath: "name" })
    db.createObjectStore("marks")
    db.createObjectStore("concerns", { keyPath: "id" })
    return
  }
  db.createObjectStore("facts")
  const changes = db.createObjectStore("changes", { keyPath: "uid" })
  changes.createIndex("numbered", ["device", "n"], { unique: true })
  changes.createIndex("about", "about")
  db.createObjectStore("photos", { keyPath: "sha256" })
  db.createObjectStore("chunks")
  db.createObjectStore("rows", { keyPath: ["scope", "kind", "id"] })
  db.createObjectStore("scopes", { keyPath: "scope" })
  db.createObjectStore("drafts", { keyPath: "form" })
  db.createObjectStore("log", { autoIncrement: true })
}

/** @param {string} name */
function open(name) {
  const found = opened.get(name)
  if (found) return found
  const db = openDB(name, VERSION, {
    upgrade: (/** @type {Database} */ fresh) => build(fresh, name),
    blocked: () => say({ type: "blocked" }),
    blocking: () => close(name),
    terminated: () => opened.delete(name),
  })
  opened.set(name, db)
  db.catch(() => opened.delete(name))
  return db
}

/** @param {string} name */
async function close(name) {
  const db = opened.get(name)
  opened.delete(name)
  if (db) (await db).close()
}

/** A handle the system closed behind our back; a new one will do. @param {any} fault */
const isDead = (fault) =>
  fault?.name === "InvalidStateError" ||
  (fault?.name === "UnknownError" && !/quota|space|full/i.test(fault.message))

/**
 * Runs `work` in one transaction and waits until it is on disk. On a dead handle once more on a new
 * one. When `work` throws, nothing of it stays.
 * @template T
 * @param {string} name
 * @param {string[]} stores
 * @param {"readonly" | "readwrite"} mode
 * @param {(tx: Transaction) => Promise<T> | T} work awaits nothing but this transaction
 * @returns {Promise<T>}
 */
async function transact(name, stores, mode, work) {
  for (let isAgain = false; ; isAgain = true) {
    /** @type {Transaction} */
    let tx
    try {
      const db = await open(name)
      if (mode === "readonly") await staying()
      tx = /** @type {any} */ (db.transaction(stores, mode, { durability: "strict" }))
    } catch (fault) {
      if (isAgain || !isDead(fault)) throw fault
      opened.delete(name)
      continue
    }
    runs(tx.done)
    try {
      const [found] = await Promise.all([worked(tx, work), tx.done])
      return found
    } catch (fault) {
      if (isAgain || !isDead(fault)) throw fault
      opened.delete(name)
    }
  }
}

/**
 * @template T
 * @param {Transaction} tx
 * @param {(tx: Transaction) => Promise<T> | T} work
 */
async function worked(tx, work) {
  try {
    return await work(tx)
  } catch (fault) {
    try {
      tx.abort()
    } catch {
      // It has ended already; the fault says why.
    }
    throw fault
  }
}

/**
 * @template T
 * @param {string} name
 * @param {string[]} stores
 * @param {(tx: Transaction) => Promise<T> | T} work
 */
export const read = (name, stores, work) => transact(name, stores, "readonly", work)

/**
 * Strictly durable: when this has returned, a power cut does not undo it.
 * @template T
 * @param {string} name
 * @param {string[]} stores
 * @param {(tx: Transaction) => Promise<T> | T} work
 */
export const write = (name, stores, work) => transact(name, stores, "readwrite", work)

/** @param {string} owner @param {string} key */
export const fact = (owner, key) =>
  read(owner, ["facts"], (tx) => tx.objectStore("facts").get(key))

/** @param {string} owner @param {string} key @param {any} value */
export const setFact = (owner, key, value) =>
  write(owner, ["facts"], async (tx) => {
    await tx.objectStore("facts").put(value, key)
  })

/** Everybody enrolled here. @returns {Promise<Owner[]>} */
export const owners = () => read(REGISTRY, ["owners"], (tx) => tx.objectStore("owners").getAll())

/** Whose phone it is just now. @returns {Promise<Owner | undefined>} */
export const currentOwner = () =>
  read(REGISTRY, ["owners", "marks"], async (tx) => {
    const name = await tx.objectStore("marks").get("current")
    return name ? tx.objectStore("owners").get(name) : undefined
  })

/** Hands the phone over; the other one's things stay where they are. @param {Owner} owner */
export const makeCurrent = (owner) =>
  write(REGISTRY, ["owners", "marks"], async (tx) => {
    await tx.objectStore("owners").put(owner)
    await tx.objectStore("marks").put(owner.name, "current")
  })

/** @param {string} key */
export const mark = (key) => read(REGISTRY, ["marks"], (tx) => tx.objectStore("marks").get(key))

/** @param {string} key @param {any} value */
export const setMark = (key, value) =>
  write(REGISTRY, ["marks"], async (tx) => {
    await tx.objectStore("marks").put(value, key)
  })
