// @ts-check
// Keeps a concern while it is typed, and until the community has it.
import { concernForm } from "../lib/concern-form.js"
import { dropDraft, keepConcern, takeBack } from "../lib/concerns.js"
import { part } from "../lib/dom.js"
import { drain, send, tell } from "../lib/send-concern.js"

/** @typedef {import("../lib/concern-form.js").ConcernForm} ConcernForm */
/** @typedef {import("../lib/concerns.js").Concern} Concern */
/** @typedef {import("../lib/send-concern.js").Outcome} Outcome */

const PHONE = /^\+?[0-9]{7,15}$/

/** @param {HTMLFormElement} form */
export default async function keepConcernForm(form) {
  const kept = concernForm(form)
  try {
    await kept.ready
  } catch {
    return // No storage for us (a private window): it stays the plain form it is.
  }
  const told = part("draft", form)
  if (told) told.hidden = !kept.wasKept
  part("clear", form)?.addEventListener("click", () => empty(kept))
  for (const event of ["input", "change"]) form.addEventListener(event, () => kept.touch())
  addEventListener("pagehide", () => kept.timer && kept.save())
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    if (!form.ariaBusy || form.ariaBusy === "false") submit(kept)
  })
}

/** @param {ConcernForm} kept */
async function empty(kept) {
  kept.clear()
  await dropDraft(kept.address).catch(() => undefined)
  showFaults(kept.form, {})
  const told = part("draft", kept.form)
  if (told) told.hidden = true
}

/** @param {ConcernForm} kept */
async function submit(kept) {
  const lacks = missing(kept)
  showFaults(kept.form, lacks)
  if (Object.keys(lacks).length) return
  busy(kept.form, true)
  const at = Date.now()
  const news = { why: "", words: "", number: "", url: "", kept_at: at, next_at: at, tries: 0 }
  /** @type {Concern} */
  const concern = { ...kept.close(), ...news, state: "waiting" }
  const is_safe = await keepConcern(concern).then(() => true, () => false)
  tell()
  const outcome = is_safe ? (await drain(true)).get(concern.id) : await send(concern)
  await settle(kept, concern, outcome, is_safe)
  busy(kept.form, false)
}

/**
 * @param {ConcernForm} kept
 * @param {Concern} concern
 * @param {Outcome | undefined} outcome
 * @param {boolean} is_safe
 */
async function settle(kept, concern, outcome, is_safe) {
  if (outcome?.state === "sent") {
    await empty(kept)
    location.assign(outcome.url)
    return
  }
  if (outcome?.state === "attention") {
    if (outcome.why === "id_taken") kept.name()
    if (is_safe) await takeBack({ ...concern, id: kept.value("id"), token: kept.value("token") })
    showFaults(kept.form, outcome.faults, outcome.words)
    return
  }
  if (!is_safe) {
    showFaults(kept.form, {}, part("not-kept", kept.form)?.textContent ?? "")
    return
  }
  await empty(kept)
  const heading = document.getElementById("kept")
  heading?.parentElement?.removeAttribute("hidden")
  heading?.focus()
}

/** @param {ConcernForm} kept @returns {Record<string, string>} a field and, once it is shown, its sentence */
function missing(kept) {
  const { category, words, phone } = kept.read()
  /** @type {Record<string, string>} */
  const found = {}
  if (!category) found.category = ""
  if (!words.trim() && !kept.photos.length) found.words = ""
  if (phone && !PHONE.test(phone.normalize("NFKC").replace(/[\s()./-]/g, ""))) found.phone = ""
  return found
}

/**
 * Each fault at its field, the first one in sight; an empty sentence means the one that stands there.
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} faults
 * @param {string} [words] what concerns no field
 */
function showFaults(form, faults, words = "") {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-lack]"))) {
    const name = place.dataset.lack ?? ""
    place.hidden = !(name in faults)
    if (faults[name]) place.lastElementChild?.replaceChildren(faults[name])
    mark(form, name, name in faults)
  }
  const refusal = part("refusal", form)
  if (refusal) refusal.hidden = !words || Object.keys(faults).length > 0
  refusal?.lastElementChild?.replaceChildren(words)
  const first = form.querySelector("[aria-invalid=true]") ?? (refusal?.hidden ? null : refusal)
  if (first instanceof HTMLElement) first.focus()
}

/** @param {HTMLFormElement} form @param {string} name @param {boolean} is_wrong */
function mark(form, name, is_wrong) {
  const field = form.querySelector(`[name=${name}]`)
  if (is_wrong) field?.setAttribute("aria-invalid", "true")
  else field?.removeAttribute("aria-invalid")
}

/** @param {HTMLFormElement} form @param {boolean} is_busy */
function busy(form, is_busy) {
  form.ariaBusy = String(is_busy)
  form.inert = is_busy
  const button = part("send", form)
  if (!(button instanceof HTMLButtonElement)) return
  button.disabled = is_busy
  const { words = "", sending = "" } = button.dataset
  button.textContent = is_busy ? sending : words
}
