// @ts-check
// A round that cannot be walked: one reason, no proof.
import { recordId } from "/static/sync/bytes.js"
import { goTo } from "/static/sync/leaving.js"
import { t } from "/words.js"
import { open } from "../lib/form-draft.js"
import { kept } from "../lib/keep.js"
import { correction, localDay } from "../lib/time.js"

/** @param {HTMLFormElement} form */
export default function excuse(form) {
  const id = recordId()
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const reason = new FormData(form).get("reason")
    const told = form.querySelector("[data-lack]")
    if (told) told.textContent = reason ? "" : t("Please choose a reason.")
    if (!reason) return
    const { place, period, title = "", kind = "" } = form.dataset
    const day = localDay(Date.now() + (await correction()))
    const fact = { kind, about: id, body: { place, period, day, reason }, title }
    if (await kept(fact, () => form.requestSubmit())) goTo("/app/")
  })
  open(form)
}
