// @ts-check
// A filter takes effect when it is chosen; its button is for those without scripts.
import { part } from "../lib/dom.js"

/** @param {HTMLFormElement} form */
export default function (form) {
  const button = part("send", form)
  if (button) button.hidden = true
  form.addEventListener("change", () => form.requestSubmit())
}
