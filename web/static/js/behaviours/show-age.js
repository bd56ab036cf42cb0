// @ts-check
// How old a page is, once that matters: from three days on, and more clearly from fourteen.
import { t } from "/words.js"
import { correction } from "../lib/time.js"

const DAY_MS = 86_400_000

/** @param {HTMLElement} line data-as-of: when the server made the page */
export default async function showAge(line) {
  const age = Date.now() + (await correction()) - Number(line.dataset.asOf)
  const days = Math.floor(age / DAY_MS)
  if (days >= 14) {
    line.className = "banner banner--look"
    line.textContent = t("No contact for {days} days; lists may be out of date. What you write is accepted all the same. Please get on line when you can.", { days })
  } else if (days >= 3) {
    line.className = "note"
    line.textContent = t("The checklists are {days} days old; they still work.", { days })
  } else line.hidden = true
}
