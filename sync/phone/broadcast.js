// @ts-check
// What one page or the worker tells the others, and itself.

/**
 * outbox: something kept, settled or gone · drain: how the sending goes · rows, pack: fetched ·
 * blocked: another window holds an old database · update: see behaviours/update.js
 * @typedef {{ type: "outbox" | "rows" | "pack" | "blocked" | "ask-busy" | "busy" }
 *   | { type: "drain", state: "running" | "idle" | "waiting", k?: number, n?: number, why?: string,
 *       until?: number }} Message
 */

const NAME = "lane"

/** @type {BroadcastChannel | null} */
let voice = null

/** @param {Message} message */
export function say(message) {
  if (typeof BroadcastChannel === "undefined") return
  voice ??= new BroadcastChannel(NAME)
  voice.postMessage(message)
}

/**
 * Calls back for every message, those of this page included. Returns how to stop.
 * @param {(message: Message) => void} told
 * @returns {() => void}
 */
export function listen(told) {
  if (typeof BroadcastChannel === "undefined") return () => {}
  const ear = new BroadcastChannel(NAME)
  ear.addEventListener("message", (event) => told(event.data))
  return () => ear.close()
}
