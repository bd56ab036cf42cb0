// @ts-check
// Brings up the numbers to ring as soon as a category or a word sounds urgent. It never blocks.
import { part } from "../lib/dom.js"

const CALLS = { smoke_or_fire: "119", gas_smell: "119", crime: "110", person_down: "120" }

/** @param {HTMLFormElement} form */
export default function urgentCard(form) {
  const card = part("urgent")
  if (!card) return
  /** @type {Record<string, string[]>} */
  const urgent = JSON.parse(form.dataset.urgent || "{}")
  const look = () => show(form, card, callsFor(form, urgent))
  form.addEventListener("input", look)
  form.addEventListener("change", look)
  form.addEventListener("written", look)
  look()
}

/**
 * The numbers that what was chosen and written calls for, the likeliest first; "gas" among them.
 * @param {HTMLFormElement} form
 * @param {Record<string, string[]>} urgent
 */
function callsFor(form, urgent) {
  const data = new FormData(form)
  const category = String(data.get("category") ?? "")
  const words = String(data.get("words") ?? "")
  const seen = Object.keys(urgent).filter((call) => urgent[call].some((word) => words.includes(word)))
  const chosen = CALLS[/** @type {keyof typeof CALLS} */ (category)]
  return [chosen, category === "gas_smell" ? "gas" : "", ...seen].filter(Boolean)
}

/** @param {HTMLFormElement} form @param {HTMLElement} card @param {string[]} calls */
function show(form, card, calls) {
  const is_chosen = Boolean(form.querySelector("[name=category]:checked")) && !writing(form)
  const gas = part("gas", card)
  if (gas) gas.hidden = !calls.includes("gas")
  const numbers = part("urgent-calls", card)
  for (const call of [...calls].reverse()) {
    const link = numbers?.querySelector(`[href="tel:${call === "gas" ? "119" : call}"]`)
    if (link) numbers?.prepend(link)
  }
  if (card.hidden && calls.length) part(is_chosen ? "field-category" : "field-words", form)?.after(card)
  card.hidden = !calls.length
}

/** @param {HTMLFormElement} form */
const writing = (form) => document.activeElement === form.elements.namedItem("words")
