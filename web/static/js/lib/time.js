// @ts-check
// Times as people say them, by the server's clock where this phone knows how far it is off.
import { language, t } from "/words.js"
import { fact } from "/static/sync/db.js"
import { ownName } from "./owner.js"

const WORTH_CORRECTING = 120_000

/** How far to move a reading of this phone so that it tells the right time. */
export async function correction() {
  const hello = await fact(await ownName(), "hello").catch(() => null)
  return hello && Math.abs(hello.offset) > WORTH_CORRECTING ? hello.offset : 0
}

/** @param {Date} date @param {Intl.DateTimeFormatOptions} how */
const written = (date, how) => new Intl.DateTimeFormat(language === "en" ? "en-GB" : "zh-CN", how).format(date)

/** The local day, YYYY-MM-DD. @param {number} at */
export function localDay(at) {
  const date = new Date(at)
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0")
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** 10:42 @param {number} at */
export const clockTime = (at) =>
  written(new Date(at), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })

/**
 * 10:42, yesterday 10:42, 5 March 10:42.
 * @param {number} at
 * @param {number} now
 */
export function when(at, now) {
  if (localDay(at) === localDay(now)) return clockTime(at)
  if (localDay(at) === localDay(now - 86_400_000)) return t("yesterday {time}", { time: clockTime(at) })
  const day = written(new Date(at), { month: "long", day: "numeric" })
  return `${day} ${clockTime(at)}`
}

/** @param {number} at */
export const dayName = (at) =>
  written(new Date(at), { month: "long", day: "numeric", weekday: "short" }).replace("日周", "日 周")
