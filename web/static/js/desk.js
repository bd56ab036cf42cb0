// @ts-check
// What every page of the desk does: behaviours start in fragments too, and a request that is slow or
// goes wrong says so, and nothing that was typed is taken away.
import { starter } from "./lib/behaviour.js"

const SLOW_MS = 1_000

const start = starter({
  "choose-by-key": () => import("./behaviours/choose-by-key.js"),
  "offer-words": () => import("./behaviours/offer-words.js"),
  "print-page": () => import("./behaviours/print-page.js"),
  queue: () => import("./behaviours/queue.js"),
  "send-on-change": () => import("./behaviours/send-on-change.js"),
  "type-size": () => import("./behaviours/type-size.js"),
})

function begin() {
  start(document.body)
  document.addEventListener("htmx:load", (event) => start(/** @type {CustomEvent} */ (event).detail.elt))
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    const { target } = /** @type {CustomEvent} */ (event).detail
    if (target?.hasAttribute("data-toast")) fade()
  })
  document.addEventListener("toggle", showWhole, true)
  document.addEventListener("htmx:beforeRequest", watch)
  document.addEventListener("htmx:sendError", () => say("gone"))
  document.addEventListener("htmx:timeout", () => say("silent"))
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = /** @type {CustomEvent} */ (event).detail
    if (xhr.status === 401) return say("signed-out")
    // Only our own refusals have an alert in them; a proxy in between says other things.
    const answer = new DOMParser().parseFromString(xhr.responseText, "text/html")
    const words = answer.querySelector("[role=alert]")?.textContent
    if (words) tell(document.createTextNode(words))
    else say("broken")
  })
}

/** A form that opens below the edge is moved into sight. @param {Event} event */
function showWhole(event) {
  const act = /** @type {HTMLElement} */ (event.target)
  if (act.matches(".act[open]")) act.scrollIntoView({ block: "nearest" })
}

/** Who waits longer than a second is told for what; asking for news is nobody's waiting. @param {Event} event */
function watch(event) {
  const { elt, xhr } = /** @type {CustomEvent} */ (event).detail
  if (elt.id === "news" || elt.id === "enrolment-state") return
  const waits = setTimeout(() => say("slow"), SLOW_MS)
  xhr.addEventListener("loadend", () => {
    clearTimeout(waits)
    if (place()?.querySelector("[data-says=slow]")) place()?.replaceChildren()
  })
}

const place = () => document.querySelector("[data-toast]")

/** One of the sentences the page brought along. @param {string} name */
function say(name) {
  const words = /** @type {HTMLTemplateElement | null} */ (document.getElementById("says"))
  const found = words?.content.querySelector(`[data-says="${name}"]`)
  if (found) tell(found.cloneNode(true))
}

/** @param {Node} words */
function tell(words) {
  place()?.replaceChildren(words)
  fade()
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let fades

/** What was said, with its way back, stays long enough to be read and pressed. */
function fade() {
  clearTimeout(fades)
  fades = setTimeout(() => place()?.replaceChildren(), 20_000)
}

begin()
