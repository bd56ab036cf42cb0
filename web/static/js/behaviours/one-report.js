// @ts-check
// One report as this phone knows it: what the server told, what waits here over it, and, for its
// author, what can be added, corrected or taken back.
import { label, t } from "/words.js"
import { listen } from "/static/sync/broadcast.js"
import { isSending } from "/static/sync/exchange.js"
import { identity } from "/static/sync/identity.js"
import { reload } from "/static/sync/leaving.js"
import { list } from "/static/sync/outbox.js"
import { project } from "/static/sync/projection.js"
import { rowsOf } from "/static/sync/pull.js"
import { blank, fill, part } from "../lib/dom.js"
import { names } from "../lib/names.js"
import { owner } from "../lib/owner.js"
import { beginOwn } from "../lib/own-report.js"
import { showPhotos } from "../lib/report-photos.js"
import { fillOver } from "../lib/row.js"
import { detailOf, showState } from "../lib/state.js"
import { correction, when } from "../lib/time.js"

/** @typedef {import("/static/sync/projection.js").Seen} Seen */

/** @param {HTMLElement} article @param {import("../lib/behaviour.js").Start} start */
export default async function oneReport(article, start) {
  const now = await owner()
  if (!now) return
  let isBegun = false
  const draw = async () => {
    const record = await find(now.name)
    const missing = part("missing", article)
    if (missing) missing.hidden = record !== undefined
    if (!record) return
    await show(article, now.name, record)
    if (!isBegun && isOwn(record, now.member)) {
      isBegun = true
      beginOwn(record, (await identity(now.name))?.device ?? "", start)
    }
  }
  listen(({ type }) => {
    if (type === "outbox" || type === "rows" || type === "drain") draw()
  })
  addEventListener("hashchange", reload)
  await draw()
}

/** @param {string} name */
async function find(name) {
  const [rows, items] = await Promise.all([rowsOf(name), list(name, await isSending())])
  const id = location.hash.slice(1)
  const own = rows.filter((row) => row.id === id)
  const upto = Math.max(0, ...rows.map(({ seq }) => seq))
  return project({ rows: own, upto, items }).get(id)
}

/** @param {Seen} record @param {string} member */
const isOwn = ({ now }, member) => (now.is_mine || now.member === member) && now.state !== "withdrawn"

/** @param {HTMLElement} article @param {string} name @param {Seen} record */
async function show(article, name, record) {
  const { now, row, over } = record
  const known = await names()
  const by = await correction()
  const time = when(row ? now.happened_at : now.happened_at + by, Date.now() + by)
  fill(article, {
    place: known.place(now.place),
    title: known.category(now.category),
    note: [now.spot, time, now.by, now.number].filter(Boolean).join(" · "),
    words: now.words ?? "",
    done: now.done ? t("Put right: {done}", { done: now.done }) : "",
    answer: now.case?.answer ?? "",
    reason: now.reason ? t("Not accepted: {reason}", { reason: now.reason }) : "",
    stage: row ? label("public_status", now.status) : "",
  })
  const { dataset } = /** @type {HTMLElement} */ (part("stage", article))
  dataset.status = now.status
  const urgent = part("emergency", article)
  if (urgent) urgent.hidden = !now.emergency
  const state = part("state", article)
  const last = over.at(-1)
  if (state) state.hidden = !last || row !== null
  if (last) showState(state, last.state, detailOf(last))
  await showPhotos(/** @type {HTMLElement} */ (part("photos", article)), name, now.photos ?? [])
  showAdditions(article, now.additions ?? [], by)
  await showOver(article, row ? over : over.slice(1))
}

/** @param {HTMLElement} article @param {any[]} additions @param {number} by */
function showAdditions(article, additions, by) {
  // What waits here is told below, with its state.
  const lines = additions.filter((one) => !one.is_mine).map((one) => {
    const line = blank("blank-addition")
    const who = one.kind === "question" ? t("The coordinator asks") : one.by
    fill(line, { by: who, at: when(one.at, Date.now() + by), text: one.words })
    return line
  })
  part("additions", article)?.replaceChildren(...lines)
}

/** @param {HTMLElement} article @param {import("/static/sync/state.js").Item[]} over */
async function showOver(article, over) {
  const lines = []
  for (const item of over) {
    const line = blank("blank-over")
    await fillOver(line, item)
    lines.push(line)
  }
  part("waiting", article)?.replaceChildren(...lines)
}
