// @ts-check
// How this phone is: whose, whether it works without network, room, clock, contact, edition.
import { t } from "/words.js"
import { noteOffline, report } from "/static/sync/health.js"
import { APP } from "/static/sync/version.js"
import { listen } from "/static/sync/broadcast.js"
import { fill } from "../lib/dom.js"
import { owner } from "../lib/owner.js"
import { correction, when } from "../lib/time.js"
import { canOpen } from "../lib/worker.js"

const MINUTE_MS = 60_000

/** @param {HTMLElement} section */
export default async function phoneHealth(section) {
  const now = await owner()
  fill(section, { edition: APP })
  if (!now) return fill(section, { who: t("nobody's yet") })
  const draw = async () => {
    const found = await report(now.name)
    const by = await correction()
    const opens = await canOpen("/app/")
    await noteOffline(now.name, opens)
    fill(section, {
      who: `${now.member_name} · ${now.community_name}`,
      offline: opens ? t("works, {n} pages are here", { n: found.pack?.pages.length ?? 0 }) : t("only while a page is open"),
      room: roomWords(found.room),
      clock: clockWords(found.hello?.offset),
      contact: found.hello ? when(found.hello.wall + by, Date.now() + by) : t("not yet"),
    })
  }
  listen(({ type }) => {
    if (type === "drain" || type === "pack") draw()
  })
  await draw()
}

/** @param {{ persisted: boolean, usage: number, quota: number } | null} room */
function roomWords(room) {
  if (!room) return t("this browser does not say")
  const free = ((room.quota - room.usage) / 1e9).toFixed(1)
  if (room.persisted) return t("is not cleared by itself, {free} GB left", { free })
  return t("may be cleared when space is short, {free} GB left; installing the app makes it safer", { free })
}

/** @param {number | undefined} offset */
function clockWords(offset) {
  if (offset === undefined) return t("not compared yet")
  const minutes = Math.round(Math.abs(offset) / MINUTE_MS)
  if (minutes < 2) return t("set right")
  return t("{minutes} minutes off; records are corrected by themselves", { minutes })
}
