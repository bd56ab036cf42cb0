// @ts-check
// What its author can do with a report: add, correct, take back. Each is a change of its own.
import { t } from "/words.js"
import { reload } from "/static/sync/leaving.js"
import { seenBy } from "/static/sync/projection.js"
import { ask } from "./ask.js"
import { part, toast } from "./dom.js"
import { draftOf } from "./form-draft.js"
import { kept } from "./keep.js"
import { reasonWords } from "./reasons.js"

/** @typedef {import("/static/sync/projection.js").Seen} Seen */

const ENDED = /settled|declined/

/** @param {Seen} record @param {string} device @param {import("./behaviour.js").Start} start */
export function beginOwn(record, device, start) {
  const own = part("own")
  if (!own) return
  own.hidden = false
  // What has come to an end can be added to, not undone.
  if (!ENDED.test(record.now.status)) part("own-open")?.removeAttribute("hidden")
  beginAdding(record, start)
  beginCorrecting(record, device)
  part("withdraw")?.addEventListener("click", () => withdraw(record))
}

/** @param {Seen} record */
const titleOf = (record) => record.over[0]?.change.title || part("title")?.textContent || ""

/** @param {Seen} record @param {import("./behaviour.js").Start} start */
function beginAdding(record, start) {
  const form = /** @type {HTMLFormElement} */ (part("add"))
  form.dataset.form = `report-add ${record.id}`
  form.dataset.about = record.id
  form.dataset.title = titleOf(record)
  form.dataset.behaviour = "autosave photo-picker"
  start(form)
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const draft = draftOf(form)
    await draft.close()
    const { fields, photos, title } = draft.draft
    const words = (fields.words ?? "").trim()
    if (!words && !photos.length) return lack(form, "words_missing")
    const fact = { kind: "report.added_to@1", about: record.id, body: words ? { words } : {}, photos, title, form: draft.name }
    if (await kept(fact, () => form.requestSubmit())) reload()
  })
}

/** @param {HTMLFormElement} form @param {string} reason */
function lack(form, reason) {
  const told = form.querySelector("[data-lack]")
  if (told) told.textContent = reasonWords(reason)
}

/** @param {Seen} record @param {string} device */
function beginCorrecting(record, device) {
  const form = /** @type {HTMLFormElement} */ (part("correct"))
  const before = { words: record.now.words ?? "", spot: record.now.spot ?? "" }
  for (const [name, value] of Object.entries(before)) {
    /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = value
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const found = new FormData(form)
    const changed = Object.entries(before)
      .map(([name, old]) => [name, String(found.get(name) ?? "").trim(), old])
      .filter(([, value, old]) => value !== old)
    if (!changed.length) return toast(t("Nothing has been changed."))
    const body = Object.fromEntries(changed.map(([name, value]) => [name, value]))
    if (body.words === "" && !record.now.photos?.length) return lack(form, "words_missing")
    const seen = seenBy(record, Object.keys(body), device)
    const fact = { kind: "report.corrected@1", about: record.id, body, seen, title: titleOf(record) }
    if (await kept(fact, () => form.requestSubmit())) reload()
  })
}

/** @param {Seen} record */
async function withdraw(record) {
  const words = t("Once withdrawn, the community stops working on it. Withdraw?")
  if (!(await ask(words, { yes: t("Take it back"), no: t("Do not withdraw") }))) return
  const fact = { kind: "report.withdrawn@1", about: record.id, body: { reason: "" }, title: titleOf(record) }
  if (await kept(fact, () => withdraw(record))) reload()
}
