// @ts-check
// Where it was seen: one's own places first, then the nearest, the plate's code, or the list. A position
// is asked for only by a tap, and neither kept nor sent.
import { t } from "/words.js"
import { fill, part } from "../lib/dom.js"
import { distance, lettersOf, metresFrom } from "../lib/nearest.js"

const CLOSE_M = 15
const FAR_M = 1_000
const SHOWN = 3
const ASK = { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 }
const DENIED = 1

/** @param {HTMLElement} field */
export default function placePicker(field) {
  const search = /** @type {HTMLInputElement} */ (part("place-search", field))
  search.addEventListener("input", () => look(field, search.value))
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return
    event.preventDefault() // It would keep the whole report.
    takeOnly(field)
  })
  field.closest("form")?.addEventListener("restored", () => lift(field))
  const asked = (field.dataset.origin ?? "").split(" ").map(Number)
  if (asked.length === 2 && navigator.geolocation) offer(field, "locate", () => locate(field, [asked[0], asked[1]]))
  if ("BarcodeDetector" in globalThis) {
    offer(field, "scan", async () => {
      const { scan } = await import("../lib/scan.js")
      const found = await scan()
      if (found && !takePlate(field, found)) tell(field, "nothing")
      if (found === null) tell(field, "denied")
    })
  }
}

/** @param {HTMLElement} field @param {string} name @param {() => void} act */
function offer(field, name, act) {
  const button = part(name, field)
  button?.removeAttribute("hidden")
  button?.addEventListener("click", act)
}

/** @param {HTMLElement} field */
const choicesOf = (field) => /** @type {HTMLElement[]} */ ([...field.querySelectorAll("[data-plate]")])

/** @param {HTMLElement} choice */
const radioOf = (choice) => /** @type {HTMLInputElement} */ (choice.querySelector("input"))

/** @param {HTMLElement} choice */
const nameOf = (choice) => radioOf(choice).dataset.placeName ?? ""

/** What a draft or an address has chosen is in sight. @param {HTMLElement} field */
function lift(field) {
  const chosen = part("places", field)?.querySelector("input:checked")?.closest("[data-plate]")
  if (chosen) part("places-first", field)?.prepend(chosen)
}

/** @param {HTMLElement} choice */
const codeOf = (choice) => lettersOf(choice.dataset.plate ?? "")

/**
 * One of the page's own sentences; it ends the waiting.
 * @param {HTMLElement} field
 * @param {string} name
 * @param {string} [place]
 */
function tell(field, name, place = "") {
  part("locate", field)?.removeAttribute("disabled")
  fill(field, { "place-told": (field.dataset[name] ?? "").replace("{place}", place) })
}

/** @param {HTMLElement} field @param {HTMLElement} choice @param {string} [name] */
function take(field, choice, name = "this") {
  part("places-first", field)?.prepend(choice)
  choice.hidden = false
  radioOf(choice).checked = true
  radioOf(choice).dispatchEvent(new Event("change", { bubbles: true }))
  tell(field, name, nameOf(choice))
}

/** @param {HTMLElement} field @param {string} typed @returns {boolean} is there such a plate? */
function takePlate(field, typed) {
  const code = lettersOf(typed)
  const found = choicesOf(field).find((choice) => code && codeOf(choice) === code)
  if (found) take(field, found)
  return Boolean(found)
}

/** A name or a code; a code that fits exactly is taken. @param {HTMLElement} field @param {string} typed */
function look(field, typed) {
  const [name, code] = [typed.trim(), lettersOf(typed)]
  for (const choice of part("places", field)?.querySelectorAll("[data-plate]") ?? []) {
    const one = /** @type {HTMLElement} */ (choice)
    one.hidden = !nameOf(one).includes(name) && !(code && codeOf(one).includes(code))
  }
  if (takePlate(field, typed)) return
  tell(field, fitting(field).length ? "" : "nothing")
}

/** @param {HTMLElement} field @returns {HTMLElement[]} */
const fitting = (field) => [...(part("places", field)?.querySelectorAll("[data-plate]:not([hidden])") ?? [])].map((one) => /** @type {HTMLElement} */ (one))

/** The one place that is left of the list. @param {HTMLElement} field */
function takeOnly(field) {
  const [only, ...others] = fitting(field)
  if (only && !others.length) take(field, only)
}

/** @param {HTMLElement} field @param {[number, number]} origin */
function locate(field, origin) {
  const button = /** @type {HTMLButtonElement} */ (part("locate", field))
  tell(field, "looking")
  button.disabled = true
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => takeNearest(field, metresFrom(coords, origin)),
    ({ code }) => tell(field, code === DENIED ? "denied" : "slow"),
    ASK,
  )
}

/** @param {HTMLElement} field @param {[number, number]} here */
function takeNearest(field, here) {
  const found = choicesOf(field)
    .map((choice) => ({ choice, metres: distance(here, shapeOf(choice)) }))
    .sort((a, b) => a.metres - b.metres)
  const [nearest] = found
  fill(field, { metres: "" })
  if (!nearest || nearest.metres > FAR_M) return tell(field, "far")
  for (const { choice, metres } of found.slice(0, SHOWN).reverse()) {
    part("places-first", field)?.prepend(choice)
    fill(choice, { metres: t(" · about {metres} m", { metres: Math.max(10, Math.round(metres / 10) * 10) }) })
  }
  take(field, nearest.choice, nearest.metres <= CLOSE_M ? "here" : "nearest")
}

/** @param {HTMLElement} choice */
const shapeOf = ({ dataset }) => ({ line: JSON.parse(dataset.line ?? "[[0,0]]"), isArea: dataset.kind !== "lane" })
