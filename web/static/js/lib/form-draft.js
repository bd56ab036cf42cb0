// @ts-check
// A form and what is kept of it: one draft, shared by all behaviours of the form.
import { recordId } from "/static/sync/bytes.js"
import { dropDraft, loadDraft, saveDraft } from "/static/sync/drafts.js"
import { part } from "./dom.js"
import { KeptForm, shared } from "./kept-form.js"
import { ownName } from "./owner.js"

/** @typedef {import("/static/sync/types.js").Draft} Draft */
/** @typedef {import("/static/sync/types.js").PhotoRef} PhotoRef */
/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

export class FormDraft extends KeptForm {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    super(form)
    this.name = nameOf(form)
    this.isKept = false
    this.wasCameraOpen = false
    /** @type {Draft} */
    this.draft = this.empty()
    this.ready = this.restore()
    /** @type {Promise<unknown>} */
    this.work = this.ready
  }

  /** @returns {Draft} */
  empty() {
    return {
      form: this.name,
      kind: this.form.dataset.kind ?? "",
      id: this.form.dataset.about || recordId(),
      address: location.pathname + location.search,
      title: "",
      fields: {},
      photos: [],
      wall: Date.now(),
      is_camera_open: false,
    }
  }

  async restore() {
    const kept = await loadDraft(await ownName(), this.name)
    if (!kept) return write(this.form, Object.fromEntries(new URLSearchParams(location.search)), true)
    this.draft = kept
    this.isKept = true
    this.wasCameraOpen = kept.is_camera_open
    write(this.form, kept.fields)
  }

  /** Kept now. @param {Partial<Draft>} [news] */
  async save(news = {}) {
    this.still()
    Object.assign(this.draft, news, { fields: read(this.form), wall: Date.now() })
    this.draft.title = titleOf(this.form)
    this.isKept = true
    this.dispatchEvent(new Event("change"))
    await saveDraft(await ownName(), { ...this.draft, photos: [...this.draft.photos] })
    this.dispatchEvent(new Event("kept"))
  }

  /** Something of the form is still being made ready, such as a photo. @param {Promise<unknown>} work */
  waitFor(work) {
    this.work = Promise.allSettled([this.work, work])
  }

  /** Waits for what is being made ready and written, and writes no more: the form is about to
   * become a change. */
  async close() {
    await this.ready
    await this.work
    this.still()
    this.draft.fields = read(this.form)
    this.draft.title = titleOf(this.form)
  }

  async discard() {
    this.still()
    await dropDraft(await ownName(), this.name)
    this.draft = this.empty()
    this.isKept = false
    this.dispatchEvent(new Event("change"))
  }
}

export const draftOf = shared(FormDraft)

/** @param {HTMLFormElement} form @returns {Field[]} */
const fieldsOf = (form) =>
  /** @type {Field[]} */ ([...form.elements]).filter(({ name, type }) => name && type !== "file")

/** What stands in a form, by name. @param {HTMLFormElement} form */
export function read(form) {
  /** @type {Record<string, string>} */
  const found = {}
  for (const field of fieldsOf(form)) {
    if (!isChoice(field) || field.checked) found[field.name] = field.value
  }
  return found
}

/**
 * What a draft is called: the form, and what of its address tells two of them apart.
 * @param {HTMLFormElement} form
 */
function nameOf(form) {
  const { form: name = "", formBy = "" } = form.dataset
  const asked = new URLSearchParams(location.search)
  return [name, ...formBy.split(" ").map((key) => asked.get(key))].filter(Boolean).join(" ")
}

/** What people would call it: the parts of the form that are named so. @param {HTMLFormElement} form */
export function titleOf(form) {
  const category = form.querySelector("[name=category]:checked")?.closest("label")
  const words = [part("place-name", form), category && category.querySelector(".picker__word")]
  const found = words.map((element) => element?.textContent?.trim() ?? "").filter(Boolean)
  return form.dataset.title || found.join(" · ")
}

/**
 * Puts values where nobody has written anything yet.
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} values
 * @param {boolean} [onlyNamed] leave fields alone that no value is given for
 */
export function write(form, values, onlyNamed = false) {
  const touched = new Set(fieldsOf(form).filter(isTouched).map(({ name }) => name))
  for (const field of fieldsOf(form)) {
    if (touched.has(field.name) || (onlyNamed && !(field.name in values))) continue
    if (isChoice(field)) field.checked = values[field.name] === field.value
    else if (field.name in values) field.value = values[field.name]
  }
  form.dispatchEvent(new Event("restored"))
}

/** @param {Field} field @returns {field is HTMLInputElement} */
const isChoice = (field) => field.type === "radio" || field.type === "checkbox"

/** True when a person was quicker than this script. @param {Field} field */
function isTouched(field) {
  if (isChoice(field)) return field.checked !== field.defaultChecked
  return !("selectedIndex" in field) && field.type !== "hidden" && field.value !== field.defaultValue
}

/** A form can be kept as soon as its script listens. @param {HTMLFormElement} form */
export function open(form) {
  const { id } = form
  for (const button of document.querySelectorAll(`button[form="${id}"], #${id} button`)) {
    button.removeAttribute("disabled")
  }
}
