// @ts-check
// What a checklist shows besides its lines: how far it is, and what was found.
import { t } from "/words.js"
import { draftsOf } from "/static/sync/drafts.js"
import { list } from "/static/sync/outbox.js"
import { blank, fill, part } from "./dom.js"
import { ownName } from "./owner.js"
import { detailOf, showState } from "./state.js"
import { clockTime, correction } from "./time.js"

/** @param {HTMLFormElement} form @param {import("./form-draft.js").FormDraft} draft */
export async function showProgress(form, draft) {
  const all = form.querySelectorAll("[role=radiogroup]").length
  const marked = form.querySelectorAll("[role=radiogroup] input:checked").length
  const seen = marked - form.querySelectorAll("[role=radiogroup] input[value=not_seen]:checked").length
  const begun = Number((draft.draft.fields.started ?? "").split(" ")[1])
  const time = clockTime((begun || Date.now()) + (await correction()))
  const bar = /** @type {HTMLProgressElement | null} */ (part("progress"))
  if (bar) bar.value = marked
  fill(document, {
    "progress-words": t("begun {time} · {n} of {all} looked at", { time, n: seen, all }),
    "finish-words": marked === all ? t("Done") : marked ? t("The other {n} are fine", { n: all - marked }) : t("All looked at, all clear"),
    "finish-note": marked === all ? "" : t("One more tap, and it is done"),
  })
}

/**
 * Below each line the report that was opened from it, kept or not finished yet.
 * @param {HTMLFormElement} form
 * @param {string} round
 */
export async function showFound(form, round) {
  const owner = await ownName()
  const [items, drafts] = await Promise.all([list(owner), draftsOf(owner)])
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-found]"))) {
    const name = place.dataset.found ?? ""
    const told = items.filter(({ change: { body } }) => body.patrol === round && body.item === name)
    const open = drafts.filter(({ form: draft }) => draft === `report ${round} ${name}`)
    const check = /** @type {HTMLElement} */ (place.parentElement)
    for (const old of check.querySelectorAll(".over")) old.remove()
    check.append(
      ...told.map((item) => line(item.change.title, item.state, detailOf(item), `/app/reports/one#${item.change.about}`)),
      ...open.map((draft) => line(draft.title, "draft", "", draft.address)),
    )
  }
}

/** @param {string} title @param {string} state @param {string} detail @param {string} address */
function line(title, state, detail, address) {
  const made = blank("blank-found")
  made.setAttribute("href", address)
  fill(made, { title: title.split(" · ").at(-1) ?? "" })
  showState(part("state", made), state, detail)
  return made
}
