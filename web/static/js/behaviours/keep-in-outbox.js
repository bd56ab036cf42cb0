// @ts-check
// Puts what a form says in the outbox before the network hears of it.
import { goTo } from "/static/sync/leaving.js"
import { bodyOf, lackOf } from "../lib/body.js"
import { part } from "../lib/dom.js"
import { draftOf, open } from "../lib/form-draft.js"
import { kept } from "../lib/keep.js"
import { reasonWords } from "../lib/reasons.js"

/** @param {HTMLFormElement} form data-kind, data-form; data-next: where to go then */
export default async function keepInOutbox(form) {
  form.noValidate = true
  let isBusy = false
  const keep = async () => {
    if (isBusy) return
    isBusy = true
    try {
      await keepForm(form)
    } finally {
      isBusy = false
    }
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    keep()
  })
  await draftOf(form).ready
  open(form)
}

/** @param {HTMLFormElement} form */
async function keepForm(form) {
  const draft = draftOf(form)
  await draft.close()
  const { id, fields, photos, title } = draft.draft
  const body = bodyOf(form, fields)
  const lack = form.dataset.kind === "report.filed@1" ? lackOf(body, photos) : null
  showLack(form, lack)
  if (lack) return
  const fact = { kind: form.dataset.kind ?? "", about: id, body, photos, title, form: draft.name }
  if (await kept(fact, () => form.requestSubmit())) goTo(nextOf(form, body))
}

/**
 * Back to where the form was opened from, else to the page it names.
 * @param {HTMLFormElement} form
 * @param {Record<string, any>} body
 */
function nextOf(form, body) {
  const back = new URLSearchParams(location.search).get("back") ?? ""
  if (/^\/app\/[\w/-]*$/.test(back)) return back
  return (form.dataset.next ?? "/app/").replace("{place}", body.place ?? "")
}

/** @param {HTMLFormElement} form @param {{ field: string, reason: string } | null} lack */
function showLack(form, lack) {
  for (const told of form.querySelectorAll("[data-lack]")) told.textContent = ""
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid")
  if (!lack) return
  const told = /** @type {HTMLElement | null} */ (form.querySelector(`[data-lack="${lack.field}"]`))
  const field = /** @type {HTMLElement | null} */ (form.querySelector(`[name="${lack.field}"]`))
  if (told) told.textContent = reasonWords(lack.reason)
  field?.setAttribute("aria-invalid", "true")
  const group = part(`field-${lack.field}`, form) ?? told
  group?.scrollIntoView({ block: "center" })
  field?.focus({ preventScroll: true })
}
