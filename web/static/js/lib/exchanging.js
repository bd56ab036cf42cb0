// @ts-check
// When this page exchanges with the server: on opening, on coming back, when something was kept, when
// the network returns, and by a timer while somebody looks.
import { listen } from "/static/sync/broadcast.js"
import { watch } from "/static/sync/clock.js"
import { exchange } from "/static/sync/exchange.js"
import { reading } from "/static/sync/identity.js"
import { owner } from "./owner.js"

const BEAT_MS = 60_000
const LEAST_MS = 1_000

/** @type {ReturnType<typeof setTimeout> | undefined} */
let next

/**
 * Exchanges now, unless another page or the worker does, and plans the next time.
 * @param {import("/static/sync/exchange.js").How} [how]
 */
export async function exchangeNow(how) {
  clearTimeout(next)
  const result = await exchange(how)
  if (document.visibilityState === "visible") plan(result.until)
  return result
}

/** @param {number} [until] */
function plan(until) {
  clearTimeout(next)
  const wait = until ? Math.max(LEAST_MS, until - Date.now()) : BEAT_MS
  next = setTimeout(() => exchangeNow({ idle: true }), Math.min(wait, 15 * BEAT_MS))
}

/** Lets the worker go on when this page is closed, where the browser can. */
async function askWorker() {
  const registration = await navigator.serviceWorker?.getRegistration()
  await registration?.sync?.register("lane-exchange").catch(() => {})
}

/** A change was kept: the network may hear of it. */
export function somethingWaits() {
  askWorker()
  return exchangeNow()
}

export async function beginExchanging() {
  if (!(await owner())) return
  addEventListener("online", () => exchangeNow({ force: true }))
  addEventListener("pageshow", (event) => event.persisted && exchangeNow())
  document.addEventListener("visibilitychange", () => {
    watch.rest()
    if (document.visibilityState === "visible") exchangeNow()
    else clearTimeout(next)
  })
  setInterval(beat, BEAT_MS)
  listen((message) => {
    if (message.type === "drain" && message.state === "waiting") plan(message.until)
  })
  await exchangeNow()
}

/** The clock is read and kept each minute, so that a jump is noticed where it happened. */
async function beat() {
  const now = await owner()
  if (now && document.visibilityState === "visible") await reading(now.name)
}
