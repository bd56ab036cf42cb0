// @ts-check
// Lays what waits on this phone over a list of the server's: the same row, filled by hand. A row of
// the server's comes before a receipt, a receipt before what still waits.
import { listen } from "/static/sync/broadcast.js"
import { isSending } from "/static/sync/exchange.js"
import { list } from "/static/sync/outbox.js"
import { project } from "/static/sync/projection.js"
import { blank } from "../lib/dom.js"
import { ownName } from "../lib/owner.js"
import { fillOver, fillRow } from "../lib/row.js"

/** @typedef {import("/static/sync/projection.js").Seen} Seen */

/** @param {HTMLElement} rows data-kind, data-blank, data-seq; data-place: only of that place */
export default async function overlay(rows) {
  const draw = async () => {
    const items = await list(await ownName(), await isSending())
    const seen = project({ rows: [], upto: Number(rows.dataset.seq), items })
    await lay(rows, [...seen.values()].filter((record) => belongs(rows, record)))
  }
  listen(({ type }) => {
    if (type === "outbox" || type === "drain") draw()
  })
  await draw()
}

/** @param {HTMLElement} rows @param {Seen} record */
function belongs({ dataset }, { kind, now, id }) {
  if (kind !== dataset.kind) return false
  return !dataset.place || now.place === dataset.place || document.getElementById(`${kind}-${id}`) !== null
}

/** @param {HTMLElement} rows @param {Seen[]} records */
async function lay(rows, records) {
  const named = new Set()
  for (const record of records) {
    const name = `${record.kind}-${record.id}`
    named.add(name)
    const shown = document.getElementById(name)
    if (shown && !shown.hasAttribute("data-pending")) await over(shown, record)
    else await fillRow(shown ?? pending(rows, name), record)
  }
  for (const row of rows.querySelectorAll("[data-pending]")) if (!named.has(row.id)) row.remove()
  for (const row of rows.querySelectorAll("[data-over]")) {
    if (!named.has(row.parentElement?.id)) row.remove()
  }
  const empty = rows.parentElement?.querySelector("[data-empty]")
  if (empty) empty.toggleAttribute("hidden", rows.children.length > 0)
}

/** @param {HTMLElement} rows @param {string} name */
function pending(rows, name) {
  const row = blank(rows.dataset.blank ?? "")
  row.id = name
  row.setAttribute("data-pending", "")
  rows.prepend(row)
  return row
}

/** @param {HTMLElement} row @param {Seen} record */
async function over(row, record) {
  for (const old of row.querySelectorAll("[data-over]")) old.remove()
  for (const item of record.over) {
    const made = blank("blank-over")
    made.setAttribute("data-over", item.change.uid)
    await fillOver(made, item)
    row.append(made)
  }
}
