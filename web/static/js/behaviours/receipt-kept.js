// @ts-check
// Once its holder has the receipt, this phone forgets where it lies.
import { forgetReceipt } from "../lib/concerns.js"

/** @param {HTMLElement} element the form that says so, or a page only its holder can see */
export default function receiptKept(element) {
  const forget = () => forgetReceipt(location.pathname).catch(() => undefined)
  if (!(element instanceof HTMLFormElement)) return forget()
  element.addEventListener("submit", async (event) => {
    event.preventDefault()
    await forget()
    element.submit()
  })
}
