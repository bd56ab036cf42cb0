// @ts-check
// When a page was fetched; from three days on how old it is, and from fourteen on at its head.
import { t } from "/words.js"
import { correction, when } from "../lib/time.js"

const DAY_MS = 86_400_000

/** @param {HTMLElement} line data-as-of: when the server made the page */
export default async function showAge(line) {
  const now = Date.now() + (await correction())
  const asOf = Number(line.dataset.asOf)
  const days = Math.floor((now - asOf) / DAY_MS)
  if (days >= 14) {
    line.className = "banner banner--look"
    document.querySelector("main")?.prepend(line)
    line.textContent = t("No contact for {days} days; lists may be out of date. What you write is accepted all the same. Please get on line when you can.", { days })
  } else if (days >= 3) {
    line.textContent = t("The checklists are {days} days old; they still work.", { days })
  } else line.textContent = t("fetched {time}", { time: when(asOf, now) })
}
