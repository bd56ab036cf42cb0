// @ts-check
// Shows what is still on this phone, and sends it: at once, when the network is back, now and then.
import { concerns, forget, takeBack } from "../lib/concerns.js"
import { blank, button, part, setIcon } from "../lib/dom.js"
import { drain, onChange, tell } from "../lib/send-concern.js"

/** @typedef {import("../lib/concerns.js").Concern} Concern */

const EVERY_MS = 10_000
const LOOKS = { waiting: "saved", attention: "attention", sent: "delivered" }

/** @param {HTMLElement} section */
export default async function keptConcerns(section) {
  onChange(() => show(section))
  addEventListener("online", () => drain(true))
  document.addEventListener("visibilitychange", () => document.hidden || drain(true))
  try {
    await show(section)
  } catch {
    return // No storage for us: nothing can be kept here.
  }
  setInterval(() => drain(), EVERY_MS)
  await drain(true)
}

/** @param {HTMLElement} section */
async function show(section) {
  const all = await concerns()
  const rows = part("kept-rows", section)
  rows?.replaceChildren(...all.map((concern) => row(section, concern)))
  section.hidden = !all.length
}

/** The page's own sentences, in the reader's language. */
const said = () => document.getElementById("kept-words")?.dataset ?? {}

/** @param {HTMLElement} section @param {Concern} concern */
function row(section, concern) {
  const made = blank("blank-kept")
  const words = said()
  const photos = concern.photos.length ? (words.photos ?? "").replace("{n}", String(concern.photos.length)) : ""
  text(made, "title", [concern.place, concern.kind].filter(Boolean).join(" · "))
  text(made, "words", concern.fields.words)
  text(made, "photos", photos)
  text(made, "why", concern.state === "waiting" && concern.why === "silent" ? words.silent : "")
  text(made, "help", helpFor(concern))
  text(made, "state-words", [words[concern.state], concern.number].filter(Boolean).join(" "))
  const state = part("state", made)
  if (state) state.className = `state is-${LOOKS[concern.state]}`
  setIcon(state?.querySelector("svg") ?? null, LOOKS[concern.state])
  part("do", made)?.append(...acts(section, concern))
  return made
}

/** @param {HTMLElement} root @param {string} name @param {string | undefined} value */
function text(root, name, value = "") {
  const place = part(name, root)
  if (!place) return
  place.textContent = value
  place.hidden = !value
}

/** @param {Concern} concern */
const helpFor = ({ state, words }) => (state === "attention" ? words : said()[`${state}Help`])

/** @param {HTMLElement} section @param {Concern} concern @returns {HTMLElement[]} */
function acts(section, concern) {
  const words = said()
  if (concern.state === "sent") {
    const link = document.createElement("a")
    link.className = "button button--primary"
    link.href = concern.url
    link.textContent = words.receipt ?? ""
    return [link]
  }
  const away = button("button button--quiet", words.discard ?? "", () => discard(section, concern))
  const change = button("button", words.change ?? "", async () => {
    await takeBack(concern)
    location.assign(concern.address)
  })
  if (concern.state === "attention") return [change, away]
  return [button("button", words.sendNow ?? "", () => drain(true)), change, away]
}

/** @param {HTMLElement} section @param {Concern} concern */
function discard(section, concern) {
  const dialog = document.getElementById("discard")
  if (!(dialog instanceof HTMLDialogElement)) return
  text(dialog, "discard-words", [concern.place, concern.fields.words].join("\n"))
  dialog.returnValue = ""
  dialog.onclose = async () => {
    if (dialog.returnValue !== "discard") return
    await forget(concern.id)
    tell()
  }
  dialog.showModal()
}
