// @ts-check
// On the home screen a phone keeps things much more safely: says so, and offers it where it can.
import { t } from "/words.js"
import { button } from "../lib/dom.js"

/** @param {HTMLElement} place */
export default function installHint(place) {
  if (matchMedia("(display-mode: standalone)").matches) return
  const told = document.createElement("p")
  told.textContent = /iPhone|iPad/.test(navigator.userAgent)
    ? t("Tap Share, then “Add to Home Screen”: there your records are much safer.")
    : t("When space is short the phone may clear unsent records. Installing the app on the home screen makes them much safer.")
  place.append(told)
  place.className = "card stack"
  place.hidden = false
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault()
    const asking = /** @type {Event & { prompt(): Promise<void> }} */ (event)
    place.append(button("button button--wide", t("Install it"), () => asking.prompt()))
  })
}
