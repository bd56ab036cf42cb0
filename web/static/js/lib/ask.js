// @ts-check
// A question over the page. The safe answer comes first and is the one that Escape gives.
import { button } from "./dom.js"

/**
 * @param {string} words
 * @param {{ yes: string, no: string, quote?: string }} answers
 * @returns {Promise<boolean>}
 */
export function ask(words, { yes, no, quote = "" }) {
  const dialog = document.createElement("dialog")
  dialog.className = "dialog stack"
  const title = document.createElement("h2")
  title.textContent = words
  title.id = "ask-title"
  dialog.setAttribute("aria-labelledby", title.id)
  dialog.append(title)
  if (quote) {
    const told = document.createElement("p")
    told.className = "dialog__quote"
    told.textContent = quote
    dialog.append(told)
  }
  return new Promise((resolve) => {
    const answers = document.createElement("p")
    answers.className = "pair"
    answers.append(
      button("button button--primary", no, () => dialog.close("no")),
      button("button", yes, () => dialog.close("yes")),
    )
    dialog.append(answers)
    dialog.addEventListener("close", () => {
      dialog.remove()
      resolve(dialog.returnValue === "yes")
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}
