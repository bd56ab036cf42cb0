// @ts-check
// What every page of the desk does: behaviours start in fragments too, and a request that goes wrong
// says so.
import { toast } from "./lib/dom.js"
import { t } from "/words.js"

/** @param {import("./lib/behaviour.js").Start} start */
export function begin(start) {
  document.addEventListener("htmx:load", (event) => {
    start(/** @type {CustomEvent} */ (event).detail.elt)
  })
  document.addEventListener("htmx:sendError", () => toast(t("There is no network just now. Nothing was changed.")))
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = /** @type {CustomEvent} */ (event).detail
    const words = new DOMParser().parseFromString(xhr.responseText, "text/html").body.textContent?.trim()
    toast(words || t("Something broke on our side and has been noted. Try again in a while."))
  })
}
