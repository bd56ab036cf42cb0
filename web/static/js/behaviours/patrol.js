// @ts-check
// One round in three taps: begun on the page before, the rest is fine, done. A line that is not right
// opens the form for a report and comes back here.
import { t } from "/words.js"
import { listen } from "/static/sync/broadcast.js"
import { reading } from "/static/sync/identity.js"
import { goTo } from "/static/sync/leaving.js"
import { list } from "/static/sync/outbox.js"
import { draftOf, open } from "../lib/form-draft.js"
import { showFinish } from "../lib/finish.js"
import { showFound, showProgress } from "../lib/checklist.js"
import { kept } from "../lib/keep.js"
import { ownName } from "../lib/owner.js"
import { roundForm } from "../lib/rounds.js"
import { correction, localDay } from "../lib/time.js"

/** @typedef {import("../lib/form-draft.js").FormDraft} FormDraft */

/**
 * Listens at once; what is pressed before the draft is here waits for it.
 * @param {HTMLFormElement} form
 */
export default function patrol(form) {
  const begun = begin(form)
  const draw = async () => {
    const { draft } = await begun
    showProgress(form, draft)
    await showFound(form, draft.draft.id)
  }
  form.addEventListener("change", (event) => begun.then(({ draft }) => changed(form, draft, event)).then(draw))
  for (const tally of /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("[data-tally]"))) {
    begun.then(() => showTally(form, tally))
    tally.addEventListener("click", () => begun.then(({ draft }) => count(form, draft, tally)))
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    begun.then(({ draft, day }) => {
      if (restOf(form).length) markRest(form, draft).then(draw)
      else finish(form, draft, day)
    })
  })
  listen(({ type }) => {
    if (type === "outbox") draw()
  })
  open(form)
  draw()
}

/**
 * The draft of this day's round, begun when the page was first opened.
 * @param {HTMLFormElement} form
 */
async function begin(form) {
  const { place = "", period = "" } = form.dataset
  const asked = new URLSearchParams(location.search).get("day")
  const day = asked ?? localDay(Date.now() + (await correction()))
  form.dataset.form = roundForm(place, period, day)
  const draft = draftOf(form)
  await draft.ready
  if (!draft.draft.fields.started) await readStart(form, draft)
  return { draft, day }
}

/**
 * The clock's reading when the round began, kept with the first mark.
 * @param {HTMLFormElement} form
 * @param {FormDraft} draft
 */
async function readStart(form, draft) {
  const { segment, wall } = await reading(await ownName())
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("started"))
  field.value = `${segment} ${wall}`
  draft.draft.fields.started = field.value
}

/** @param {HTMLFormElement} form */
const itemsOf = (form) =>
  [...form.querySelectorAll("[role=radiogroup]")].map((group) => group.querySelector("input")?.name ?? "")

/** Lines nobody has marked. @param {HTMLFormElement} form */
const restOf = (form) => itemsOf(form).filter((name) => !form.querySelector(`[name="${name}"]:checked`))

/** @param {HTMLFormElement} form @param {FormDraft} draft */
async function markRest(form, draft) {
  for (const name of restOf(form)) {
    const fine = /** @type {HTMLInputElement} */ (form.querySelector(`[name="${name}"][value=ok]`))
    fine.checked = true
  }
  await draft.save()
}

/** @param {HTMLFormElement} form @param {FormDraft} draft @param {Event} event */
async function changed(form, draft, event) {
  const mark = /** @type {HTMLInputElement} */ (event.target)
  await draft.save()
  if (mark.value !== "not_ok") return
  const owner = await ownName()
  const told = (await list(owner)).some(
    ({ change: { body } }) => body.patrol === draft.draft.id && body.item === mark.name,
  )
  if (!told) goTo(reportAddress(form, draft, mark.name))
}

/** @param {HTMLFormElement} form @param {FormDraft} draft @param {string} item */
function reportAddress(form, draft, item) {
  const found = /** @type {HTMLElement | null} */ (form.querySelector(`[data-found="${item}"]`))
  const asked = new URLSearchParams({
    place: form.dataset.place ?? "",
    patrol: draft.draft.id,
    item,
    category: found?.dataset.category ?? "",
    back: location.pathname,
  })
  return `/app/reports/new?${asked}`
}

/** @param {HTMLFormElement} form @param {HTMLButtonElement} button */
const fieldOf = (form, button) =>
  /** @type {HTMLInputElement} */ (form.elements.namedItem(`tally ${button.dataset.tally}`))

/** @param {HTMLFormElement} form @param {HTMLButtonElement} button */
function showTally(form, button) {
  const output = button.querySelector("output")
  if (output) output.value = fieldOf(form, button).value || "0"
}

/** @param {HTMLFormElement} form @param {FormDraft} draft @param {HTMLButtonElement} button */
function count(form, draft, button) {
  const field = fieldOf(form, button)
  field.value = String(Math.min(999, Number(field.value) + 1))
  showTally(form, button)
  return draft.save()
}

/** @param {HTMLFormElement} form @param {FormDraft} draft @param {string} day */
async function finish(form, draft, day) {
  await draft.close()
  const { id, fields, title } = draft.draft
  const body = roundBody(form, fields, day)
  const fact = { kind: "patrol.walked@1", about: id, body, title, form: draft.name }
  const isKept = await kept(fact, () => form.requestSubmit())
  if (isKept) await showFinish(form, id, body)
}

/** @param {HTMLFormElement} form @param {Record<string, string>} fields @param {string} day */
function roundBody(form, fields, day) {
  const { place, period, checklist, version } = form.dataset
  const marks = Object.fromEntries(itemsOf(form).map((name) => [name, fields[name] ?? "not_seen"]))
  const tallies = Object.entries(fields)
    .filter(([name, times]) => name.startsWith("tally ") && Number(times) > 0)
    .map(([name, times]) => [name.slice(6), Number(times)])
  const started = (fields.started ?? "").split(" ").map(Number)
  return {
    ...{ place, period, day, checklist },
    version: Number(version),
    marks,
    tallies: Object.fromEntries(tallies),
    started,
  }
}
