// @ts-check
// The form of one lane and what is kept of it: one draft, shared by its behaviours.
import { nonce, recordId } from "/static/sync/bytes.js"
import { draftAt, dropDraft, keepDraft } from "./concerns.js"
import { KeptForm, shared } from "./kept-form.js"

/** @typedef {import("./concerns.js").Draft} Draft */
/** @typedef {import("./concerns.js").KeptPhoto} KeptPhoto */

const NAMES = ["category", "words", "spot", "phone"]

export class ConcernForm extends KeptForm {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    super(form)
    this.address = form.getAttribute("action") ?? location.pathname
    /** @type {KeptPhoto[]} */
    this.photos = []
    this.wasKept = false
    this.name()
    this.ready = this.restore()
  }

  /** Fresh names: a page out of a cache bears those of the time before. */
  name() {
    this.set("id", recordId())
    this.set("token", nonce())
  }

  /** @param {string} name @returns {string} */
  value(name) {
    const found = this.form.elements.namedItem(name)
    return found && "value" in found ? String(found.value) : ""
  }

  /** @param {string} name @param {string} value */
  set(name, value) {
    const found = this.form.elements.namedItem(name)
    if (found && "value" in found) found.value = value
  }

  async restore() {
    const kept = await draftAt(this.address)
    if (!kept) return
    for (const name of ["id", "token"]) this.set(name, kept[/** @type {"id"} */ (name)])
    this.write(kept.fields)
    this.photos = kept.photos
    this.wasKept = true
    this.dispatchEvent(new Event("photos"))
  }

  /** @param {Record<string, string>} fields */
  write(fields) {
    for (const name of NAMES) this.set(name, fields[name] ?? "")
    if (!fields.category) for (const radio of this.radios()) radio.checked = false
    const more = this.form.querySelector("details")
    if (more) more.open = Boolean(more.querySelector(":checked"))
    this.form.dispatchEvent(new Event("written"))
  }

  radios() {
    return [.../** @type {NodeListOf<HTMLInputElement>} */ (this.form.querySelectorAll("[name=category]"))]
  }

  /** @returns {Record<string, string>} */
  read() {
    return Object.fromEntries(NAMES.map((name) => [name, this.value(name)]))
  }

  /** @returns {Draft} */
  draft() {
    const tile = this.radios().find((radio) => radio.checked)?.closest("label")
    return {
      id: this.value("id"),
      token: this.value("token"),
      address: this.address,
      place: this.form.dataset.place ?? "",
      kind: tile?.querySelector(".picker__word")?.textContent?.trim() ?? "",
      fields: this.read(),
      photos: [...this.photos],
    }
  }

  get isEmpty() {
    return !this.photos.length && Object.values(this.read()).every((value) => value === "")
  }

  /** Kept now. */
  async save() {
    this.still()
    await (this.isEmpty ? dropDraft(this.address) : keepDraft(this.draft()))
  }

  /** What is to be sent, with the moment the form was opened; nothing is written after it. */
  close() {
    this.still()
    const { fields, ...rest } = this.draft()
    return { ...rest, fields: { ...fields, opened: this.value("opened") } }
  }

  /** An empty form for the next one. */
  clear() {
    this.still()
    this.photos = []
    this.wasKept = false
    this.name()
    this.write({})
    this.dispatchEvent(new Event("photos"))
  }
}

export const concernForm = shared(ConcernForm)
