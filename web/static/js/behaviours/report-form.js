// @ts-check
// What belongs to the form for a report alone: the name of its place, what is asked of a thing put right, the
// numbers to call first, and what was told of this place lately.
import { t } from "/words.js"
import { list } from "/static/sync/outbox.js"
import { project } from "/static/sync/projection.js"
import { rowsOf } from "/static/sync/pull.js"
import { blank, fill, part, parts } from "../lib/dom.js"
import { draftOf } from "../lib/form-draft.js"
import { names } from "../lib/names.js"
import { ownName } from "../lib/owner.js"
import { correction, when } from "../lib/time.js"

const LATELY_MS = 14 * 86_400_000

/** @param {HTMLFormElement} form */
export default async function reportForm(form) {
  const isUrgent = urgency()
  const look = () => {
    const { place, level, category } = chosen(form)
    showPlace(form, place)
    toggle("field-done", level === "on_the_spot")
    const words = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("words")).value
    if (isUrgent(words, category)) warn(form)
    else toggle("urgent", false)
    showSimilar(place, category, draftOf(form).draft.id)
  }
  form.addEventListener("change", look)
  form.addEventListener("restored", look)
  form.addEventListener("input", look)
  await draftOf(form).ready
  look()
}

/** @param {HTMLFormElement} form */
function chosen(form) {
  const found = new FormData(form)
  return {
    place: String(found.get("place") ?? ""),
    level: String(found.get("level") ?? ""),
    category: String(found.get("category") ?? ""),
  }
}

/** @param {string} name @param {boolean} isShown */
function toggle(name, isShown) {
  const found = part(name)
  if (found) found.hidden = !isShown
}

/** The numbers to call, where the person is just now. @param {HTMLFormElement} form */
function warn(form) {
  const card = part("urgent")
  const isWriting = document.activeElement === form.elements.namedItem("words")
  if (card?.hidden) part(isWriting ? "field-words" : "field-category")?.after(card)
  toggle("urgent", true)
}

/** @param {HTMLFormElement} form @param {string} place */
function showPlace(form, place) {
  const input = form.querySelector(`[name=place][value="${CSS.escape(place)}"]`)
  fill(form, { "place-name": input?.getAttribute("data-place-name") ?? "" })
}

/** Words and kinds for which the telephone comes first; they never block. */
function urgency() {
  const list = /** @type {HTMLTemplateElement | null} */ (document.getElementById("urgent-words"))
  const texts = (/** @type {string} */ tag) =>
    [...(list?.content.querySelectorAll(tag) ?? [])].map((element) => element.textContent ?? "")
  const words = texts("i")
  const kinds = new Set(texts("b"))
  return (/** @type {string} */ text, /** @type {string} */ category) =>
    kinds.has(category) || words.some((word) => text.includes(word))
}

/** @param {string} place @param {string} category @param {string} own */
async function showSimilar(place, category, own) {
  const section = part("similar")
  const rows = part("similar-rows")
  if (!section || !rows) return
  const found = place && category ? await similar(place, category, own) : []
  const known = await names()
  const by = await correction()
  rows.replaceChildren(
    ...found.map(({ id, now }) => {
      const row = blank("blank-similar")
      const time = when(now.happened_at, Date.now() + by)
      const told = [now.spot, time, now.number].filter(Boolean).join(" · ")
      fill(row, { title: now.words || known.category(now.category), note: told })
      part("title", row)?.setAttribute("href", `/app/reports/one#${id}`)
      return row
    }),
  )
  section.hidden = !found.length
  const words = t("{n} similar things were told about {place} lately. Is it the same?", {
    n: found.length,
    place: known.place(place),
  })
  for (const title of parts("similar-title")) title.textContent = words
}

/** @param {string} place @param {string} category @param {string} own */
async function similar(place, category, own) {
  const owner = await ownName()
  const seen = project({ rows: await rowsOf(owner), upto: Infinity, items: await list(owner) })
  const since = Date.now() + (await correction()) - LATELY_MS
  return [...seen.values()]
    .filter(({ kind, id, now }) => kind === "report" && id !== own && now.place === place)
    .filter(({ now }) => now.category === category && now.happened_at >= since)
    .filter(({ now }) => now.state === "screening" || now.state === "accepted")
    .slice(0, 3)
}
