// @ts-check
// What every page of the desk does: behaviours start in fragments too, and a request that goes wrong
// says so.
import { starter } from "./lib/behaviour.js"
import { toast } from "./lib/dom.js"
import { t } from "/words.js"

const own = starter({
  "choose-by-key": () => import("./behaviours/choose-by-key.js"),
  "offer-words": () => import("./behaviours/offer-words.js"),
  "print-page": () => import("./behaviours/print-page.js"),
  queue: () => import("./behaviours/queue.js"),
  "send-on-change": () => import("./behaviours/send-on-change.js"),
})

/** @param {import("./lib/behaviour.js").Start} start */
export function begin(start) {
  own(document.body)
  document.addEventListener("htmx:load", (event) => {
    const fragment = /** @type {CustomEvent} */ (event).detail.elt
    start(fragment)
    own(fragment)
  })
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    const { target } = /** @type {CustomEvent} */ (event).detail
    if (target?.hasAttribute("data-toast")) fade(target)
  })
  document.addEventListener("htmx:sendError", () => toast(t("There is no network just now. Nothing was changed.")))
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = /** @type {CustomEvent} */ (event).detail
    const words = new DOMParser().parseFromString(xhr.responseText, "text/html").body.textContent?.trim()
    toast(words || t("Something broke on our side and has been noted. Try again in a while."))
  })
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let fades

/** What was done, with its way back, stays long enough to be read and pressed. @param {HTMLElement} place */
function fade(place) {
  clearTimeout(fades)
  fades = setTimeout(() => place.replaceChildren(), 20_000)
}
