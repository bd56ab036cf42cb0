// @ts-check
// How well this phone can keep things: room, protection, clock, and a short memory of what went wrong.
import { fact, read, setFact, write } from "./db.js"

const LOG_ENTRIES = 500
const RESERVE = "reserve"
const RESERVE_BYTES = 1024 * 1024

/** What a hello says of storage. @returns {Promise<{ storage?: any }>} */
export async function storage() {
  try {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate()
    const persisted = await navigator.storage.persisted()
    return { storage: { persisted, usage: Math.round(usage), quota: Math.round(quota) } }
  } catch {
    return {}
  }
}

/**
 * Remembers whether the app opened when it was tried without a network; the next hello says so.
 * @param {string} owner
 * @param {boolean} opens
 */
export const noteOffline = (owner, opens) => setFact(owner, "offline", opens)

/** What a hello says of that; nothing while it was not tried. @param {string} owner */
export async function offline(owner) {
  const opens = await fact(owner, "offline")
  return typeof opens === "boolean" ? { offline: opens } : {}
}

/** Asks the browser never to clear our things by itself. */
export async function protect() {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist())
  } catch {
    return false
  }
}

/**
 * Keeps a little room for the day the phone is full. It lies in the cache, where deleting gives
 * space back at once.
 */
export async function reserve() {
  if (typeof caches === "undefined") return
  try {
    const cache = await caches.open(RESERVE)
    if (!(await cache.match("/reserve"))) {
      await fill(cache)
    }
  } catch {
    // No room to reserve: words still go first when something has to be kept.
  }
}

/** @param {Cache} cache */
async function fill(cache) {
  const bytes = new Uint8Array(RESERVE_BYTES)
  for (let at = 0; at < bytes.length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  }
  await cache.put("/reserve", new Response(bytes))
}

/** Gives the reserve up for words that must be kept. True when there was one. */
export const giveWay = async () => typeof caches !== "undefined" && (await caches.delete(RESERVE))

/** @param {any} fault */
export const isFull = (fault) =>
  fault?.name === "QuotaExceededError" ||
  (fault?.name === "UnknownError" && /quota|space|full/i.test(fault.message)) ||
  fault?.name === "AbortError"

/**
 * Remembers an event; the newest 500 stay. Never fails, never holds anybody's words.
 * @param {string} owner
 * @param {string} what
 * @param {string} more
 */
export async function log(owner, what, more) {
  try {
    await write(owner, ["log"], async (tx) => {
      const entries = tx.objectStore("log")
      const last = await entries.add({ wall: Date.now(), what, more: more.slice(0, 400) })
      await entries.delete(IDBKeyRange.upperBound(Number(last) - LOG_ENTRIES))
    })
  } catch {
    // A full phone keeps words, not logs.
  }
}

/** @param {string} owner */
export const logged = (owner) => read(owner, ["log"], (tx) => tx.objectStore("log").getAll())

/**
 * Everything the page about this phone shows.
 * @param {string} owner
 */
export async function report(owner) {
  const { storage: room = null } = await storage()
  return {
    room,
    hello: await fact(owner, "hello"),
    clock: await fact(owner, "clock"),
    pack: await fact(owner, "pack"),
    wait: await fact(owner, "wait"),
    has_worker: Boolean(navigator.serviceWorker?.controller),
    is_installed: globalThis.matchMedia?.("(display-mode: standalone)").matches ?? false,
  }
}
