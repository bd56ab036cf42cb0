// @ts-check
// The truth about everything on this phone: what needs somebody, what waits, drafts, what arrived.
import { t } from "/words.js"
import { listen } from "/static/sync/broadcast.js"
import { fact } from "/static/sync/db.js"
import { draftsOf, isDirty } from "/static/sync/drafts.js"
import { isSending } from "/static/sync/exchange.js"
import { list } from "/static/sync/outbox.js"
import { tallied } from "/static/sync/state.js"
import { fill, part } from "../lib/dom.js"
import { draftRow, itemRow } from "../lib/kept-row.js"
import { owner } from "../lib/owner.js"
import { waitWords } from "../lib/waiting.js"

/** @typedef {import("/static/sync/state.js").Item} Item */

const SHOWN_SENT = 30

/** @param {HTMLElement} root */
export default async function outboxList(root) {
  const now = await owner()
  if (!now) return fill(root, { sum: t("Nobody is set up on this phone yet."), "sum-note": "" })
  let isDrawing = false
  let isStale = false
  const draw = async () => {
    isStale = true
    if (isDrawing) return
    isDrawing = true
    while (isStale) {
      isStale = false
      await redraw(root, now.name)
    }
    isDrawing = false
  }
  listen(({ type }) => {
    if (type === "outbox" || type === "drain") draw()
  })
  for (const button of root.querySelectorAll("[data-tidy]")) {
    button.addEventListener("click", () => {
      root.toggleAttribute("data-tidying")
      draw()
    })
  }
  await draw()
}

/** @param {HTMLElement} root @param {string} owner */
async function redraw(root, owner) {
  const isOn = await isSending()
  const [items, drafts, who, wait] = await Promise.all([
    list(owner, isOn),
    draftsOf(owner),
    fact(owner, "identity"),
    fact(owner, "wait"),
  ])
  const attention = items.filter(({ state }) => state === "attention")
  const sent = items.filter(({ state }) => state === "delivered")
  const waiting = items.filter((item) => !attention.includes(item) && !sent.includes(item))
  const begun = drafts.filter(isDirty)
  const wasInside = Boolean(document.activeElement?.closest(".row"))
  await Promise.all([
    section(root, "attention", t("Needs attention {n}", { n: attention.length }), attention.map(itemRow)),
    section(root, "waiting", t("Waiting {n}", { n: waiting.length }), waiting.map(itemRow)),
    section(root, "drafts", t("Drafts {n}", { n: begun.length }), begun.map(draftRow)),
    section(root, "sent", t("Delivered"), sent.slice(0, SHOWN_SENT).map(itemRow)),
  ])
  showSum(root, items, isOn)
  // What had the focus is drawn anew or gone; who cannot see the list goes on from its sum.
  if (wasInside && document.activeElement === document.body) part("sum", root)?.focus()
  await showWhy(root, who?.standing, isOn ? null : wait, waiting.length)
}

/** @param {HTMLElement} root @param {string} name @param {string} title @param {Promise<HTMLElement>[]} making */
async function section(root, name, title, making) {
  const rows = await Promise.all(making)
  fill(root, { [`${name}-title`]: title })
  for (const row of rows) {
    const deeds = part("do", row)
    if (deeds) deeds.hidden ||= name !== "attention" && !root.hasAttribute("data-tidying")
  }
  part(name, root)?.replaceChildren(...rows)
  const whole = part(`${name}-section`, root)
  if (whole) whole.hidden = !rows.length
}

/** @param {HTMLElement} root @param {Item[]} items @param {boolean} isOn */
function showSum(root, items, isOn) {
  const { waiting, attention } = tallied(items)
  const words = [
    waiting ? t("{n} waiting", { n: waiting }) : "",
    attention ? t("{n} need attention", { n: attention }) : "",
  ].filter(Boolean)
  fill(root, { sum: words.join("，") || t("Nothing waiting; everything is delivered.") })
  const open = items.filter(({ state }) => state !== "delivered" && state !== "attention")
  const bar = /** @type {HTMLProgressElement | null} */ (part("progress", root))
  const all = open.reduce((sum, { n }) => sum + n, 0)
  if (bar) {
    bar.hidden = !isOn || !all
    bar.max = all || 1
    bar.value = open.reduce((sum, { k }) => sum + k, 0)
  }
  const button = /** @type {HTMLButtonElement | null} */ (root.querySelector("[data-behaviour=send-now]"))
  if (button) button.hidden = !waiting
}

/** @param {HTMLElement} root @param {string} standing @param {any} wait @param {number} waiting */
async function showWhy(root, standing, wait, waiting) {
  const isOut = standing !== "ok"
  const banner = part("standing", root)
  if (banner) banner.hidden = !isOut
  const why = standing === "unknown" ? "relink" : standing
  const told = await waitWords({ done: !isOut, why })
  fill(root, { "standing-words": told })
  const link = part("standing-link", root)
  if (link) link.hidden = why !== "relink"
  const note = !waiting ? "" : wait && !isOut ? await waitWords({ done: false, ...wait }) : t("Sending; please keep this page open. A locked screen or a call only pauses it, nothing is lost.")
  fill(root, { "sum-note": note })
}
