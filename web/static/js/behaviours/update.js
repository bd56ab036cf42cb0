// @ts-check
// A new edition is offered, never forced: not while something is being written or sent, in any window.
import { t } from "/words.js"
import { listen, say } from "/static/sync/broadcast.js"
import { draftsOf, isDirty } from "/static/sync/drafts.js"
import { isRunning } from "/static/sync/exchange.js"
import { reload } from "/static/sync/leaving.js"
import { button, icon } from "../lib/dom.js"
import { owner } from "../lib/owner.js"

const HALF_DAY_MS = 12 * 3_600_000
const ANSWERS_MS = 400

/** @param {ServiceWorkerRegistration} registration */
export function offerUpdates(registration) {
  const look = () => registration.waiting && navigator.serviceWorker.controller && offer(registration.waiting)
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look)
  })
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {})
  })
  setInterval(() => registration.update().catch(() => {}), HALF_DAY_MS)
  listen(async ({ type }) => {
    if (type === "ask-busy" && (await isBusy())) say({ type: "busy" })
  })
  look()
}

/** Something in a form of this page is not kept yet, or is being sent. */
async function isBusy() {
  const now = await owner()
  const open = document.querySelector("form[data-form]")
  const drafts = now && open ? await draftsOf(now.name) : []
  return drafts.some(isDirty) || (await isRunning())
}

/** Asks every window of the app, this one included. @returns {Promise<boolean>} */
const anyBusy = () =>
  new Promise((resolve) => {
    const stop = listen(({ type }) => type === "busy" && answer(true))
    const timer = setTimeout(() => answer(false), ANSWERS_MS)
    const answer = (/** @type {boolean} */ busy) => {
      clearTimeout(timer)
      stop()
      resolve(busy)
    }
    say({ type: "ask-busy" })
  })

/** @param {ServiceWorker} waiting */
function offer(waiting) {
  if (document.querySelector("[data-update]")) return
  const banner = document.createElement("div")
  banner.className = "banner"
  banner.dataset.update = ""
  const words = document.createElement("p")
  words.className = "banner__text"
  words.textContent = t("A new version is ready. Finish what you are doing, then one tap.")
  banner.append(icon("retry"), words, button("button", t("Change now"), () => take(waiting, words)))
  document.querySelector("main")?.append(banner)
}

/** @param {ServiceWorker} waiting @param {HTMLElement} words */
async function take(waiting, words) {
  if (await anyBusy()) {
    words.textContent = t("Something is being written or sent just now. Finish it first; the new version waits.")
    return
  }
  navigator.serviceWorker.addEventListener("controllerchange", () => reload(), { once: true })
  waiting.postMessage({ type: "take-over" })
}
