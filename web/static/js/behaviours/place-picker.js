// @ts-check
// Where it was seen: one's own places first, then the nearest, the plate's code, or the list. A position
// is asked for only by a tap, and neither kept nor sent.
import { t } from "/words.js"
import { fill, part, parts } from "../lib/dom.js"
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
      if (found) takePlate(field, found)
      else if (found === null) tell(field, t("The phone keeps its camera to itself. The code typed from the plate does as well."))
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
  const chosen = part("places", field)?.querySelector("[data-plate]:has(:checked)")
  if (chosen) part("places-first", field)?.prepend(chosen)
}

/** @param {HTMLElement} field @param {string} words */
const tell = (field, words) => fill(field, { "place-told": words })

/** @param {HTMLElement} field @param {HTMLElement} choice @param {string} words */
function take(field, choice, words) {
  part("places-first", field)?.prepend(choice)
  choice.hidden = false
  radioOf(choice).checked = true
  radioOf(choice).dispatchEvent(new Event("change", { bubbles: true }))
  tell(field, words)
}

/** A name or a code; a code that fits exactly is taken. @param {HTMLElement} field @param {string} typed */
function look(field, typed) {
  const [name, code] = [typed.trim(), lettersOf(typed)]
  const choices = choicesOf(field)
  const list = part("places", field)
  for (const choice of choices.filter((one) => list?.contains(one))) {
    const isNamed = nameOf(choice).includes(name)
    choice.hidden = !isNamed && !(code && lettersOf(choice.dataset.plate ?? "").includes(code))
  }
  const exact = code && choices.find((choice) => lettersOf(choice.dataset.plate ?? "") === code)
  if (exact) take(field, exact, t("This is {place}.", { place: nameOf(exact) }))
  else tell(field, fitting(field).length ? "" : t("No place of this name here. Try one word of it, or the code on the plate."))
}

/** @param {HTMLElement} field */
const fitting = (field) => choicesOf(field).filter((choice) => !choice.hidden && part("places", field)?.contains(choice))

/** The one place that is left of the list. @param {HTMLElement} field */
function takeOnly(field) {
  const [only, ...others] = fitting(field)
  if (only && !others.length) take(field, only, t("This is {place}.", { place: nameOf(only) }))
}

/** @param {HTMLElement} field @param {string} scanned */
function takePlate(field, scanned) {
  const code = lettersOf(scanned)
  const found = choicesOf(field).find((choice) => lettersOf(choice.dataset.plate ?? "") === code)
  if (found) take(field, found, t("This is {place}.", { place: nameOf(found) }))
  else tell(field, t("This code is of no place in the list. Choose one, or type the code on the plate."))
}

/** @param {HTMLElement} field @param {[number, number]} origin */
function locate(field, origin) {
  const button = /** @type {HTMLButtonElement} */ (part("locate", field))
  button.disabled = true
  tell(field, t("Looking where you are"))
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.disabled = false
      takeNearest(field, metresFrom(coords, origin))
    },
    ({ code }) => {
      button.disabled = false
      tell(field, code === DENIED ? t("The phone keeps its position to itself. The list or the code on the plate do as well.") : t("The position cannot be told just now. The list or the code on the plate do as well."))
    },
    ASK,
  )
}

/** @param {HTMLElement} field @param {[number, number]} here */
function takeNearest(field, here) {
  const found = choicesOf(field)
    .map((choice) => ({ choice, metres: distance(here, shapeOf(choice)) }))
    .sort((a, b) => a.metres - b.metres)
  const [nearest] = found
  for (const told of parts("metres", field)) told.textContent = ""
  if (!nearest || nearest.metres > FAR_M) {
    tell(field, t("You are more than a kilometre from every place in the list. Please choose one."))
    return
  }
  for (const { choice, metres } of found.slice(0, SHOWN).reverse()) {
    part("places-first", field)?.prepend(choice)
    fill(choice, { metres: t(" · about {metres} m", { metres: Math.max(10, Math.round(metres / 10) * 10) }) })
  }
  const place = nameOf(nearest.choice)
  const isHere = nearest.metres <= CLOSE_M
  take(field, nearest.choice, isHere ? t("You are at {place} or next to it. If not, choose another.", { place }) : t("{place} is nearest to you. If it is not this one, choose another.", { place }))
}

/** @param {HTMLElement} choice */
const shapeOf = ({ dataset }) => ({ line: JSON.parse(dataset.line ?? "[[0,0]]"), isArea: dataset.kind !== "lane" })
