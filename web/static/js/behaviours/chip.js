// @ts-check
// The truth about everything kept, in the header of every page and on the tab.
import { t } from "/words.js"
import { listen } from "/static/sync/broadcast.js"
import { fact } from "/static/sync/db.js"
import { isSending } from "/static/sync/exchange.js"
import { list } from "/static/sync/outbox.js"
import { tallied } from "/static/sync/state.js"
import { icon } from "../lib/dom.js"
import { owner } from "../lib/owner.js"
import { clockTime, correction } from "../lib/time.js"

/** @param {HTMLElement} chip */
export default async function showChip(chip) {
  const now = await owner()
  if (!now) return
  const draw = async () => {
    const found = tallied(await list(now.name, await isSending()))
    const standing = (await fact(now.name, "identity"))?.standing
    const { look, words } = saying(found, standing, await correction())
    chip.className = `chip is-${look}`
    chip.replaceChildren(icon(look), words)
    chip.hidden = words === ""
    const open = found.waiting + found.attention
    for (const count of document.querySelectorAll("[data-pending-count]")) {
      count.textContent = open ? String(open) : ""
    }
    badge(open)
  }
  listen(({ type }) => {
    if (type === "outbox" || type === "drain") draw()
  })
  await draw()
}

/**
 * @param {{ waiting: number, attention: number, delivered_wall: number }} found
 * @param {string} standing
 * @param {number} by
 */
function saying({ waiting, attention, delivered_wall }, standing, by) {
  if (attention) return { look: "attention", words: t("Needs attention {n}", { n: attention }) }
  if (standing === "relink" || standing === "unknown") {
    return { look: "attention", words: t("Waiting to be linked again") }
  }
  if (waiting) return { look: "saved", words: t("On phone {n} · waiting", { n: waiting }) }
  if (!delivered_wall) return { look: "delivered", words: "" }
  return { look: "delivered", words: t("All delivered · {time}", { time: clockTime(delivered_wall + by) }) }
}

/** The number on the app's icon, where there is one. @param {number} open */
function badge(open) {
  const counted = open ? navigator.setAppBadge?.(open) : navigator.clearAppBadge?.()
  counted?.catch(() => {})
}
