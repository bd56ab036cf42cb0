// @ts-check
// The wall of today's rounds and the one to walk next, for the day and hour it is now.
import { t } from "/words.js"
import { listen } from "/static/sync/broadcast.js"
import { fill, part, setIcon } from "../lib/dom.js"
import { roundsToday } from "../lib/rounds.js"
import { correction, dayName, localDay } from "../lib/time.js"

/** @typedef {{ name: string, label: string, hours: string, starts: number, ends: number,
 *   icon: SVGElement | null }} Period */
/** @typedef {{ look: "laid" | "part" | "missed" | "now" | "later", words: string, icon: string,
 *   isDone: boolean, isSaved: boolean }} Brick */

/** @param {HTMLElement} wall */
export default async function dayWall(wall) {
  const draw = () => redraw(wall)
  listen(({ type }) => {
    if (type === "outbox" || type === "rows") draw()
  })
  setInterval(draw, 60_000)
  await draw()
}

/** @param {HTMLElement} wall */
async function redraw(wall) {
  const now = Date.now() + (await correction())
  const day = localDay(now)
  const date = new Date(now)
  const minutes = date.getHours() * 60 + date.getMinutes()
  fill(document, { day: dayName(now) })
  const { rounds, begun } = await roundsToday(day)
  const periods = [...wall.querySelectorAll("th[data-period]")].map(periodOf)
  /** @type {{ link: HTMLAnchorElement, period: Period, brick: Brick }[]} */
  const bricks = []
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (wall.querySelectorAll("[data-brick]"))) {
    const key = link.dataset.brick ?? ""
    const period = /** @type {Period} */ (periods.find(({ name }) => key.endsWith(` ${name}`)))
    const told = day === wall.dataset.day ? link.dataset.told : undefined
    const brick = brickOf(rounds.get(key), told, begun.has(key), period, minutes)
    show(link, brick)
    bricks.push({ link, period, brick })
  }
  const walked = bricks.filter(({ brick }) => brick.isDone && brick.look !== "missed").length
  fill(wall, { counted: t("walked {n} of {all} rounds", { n: walked, all: bricks.length }) })
  showNext(wall, bricks, minutes)
}

/** @param {Element} head @returns {Period} */
const periodOf = (head) => {
  const { period = "", name = "", hours = "", starts, ends } = /** @type {HTMLElement} */ (head).dataset
  return { name: period, label: name, hours, starts: Number(starts), ends: Number(ends), icon: head.querySelector("svg") }
}

/**
 * @param {import("/static/sync/projection.js").Seen | undefined} round
 * @param {string | undefined} told by the page: state seen asked
 * @param {boolean} isBegun
 * @param {Period} period
 * @param {number} minutes
 * @returns {Brick}
 */
function brickOf(round, told, isBegun, period, minutes) {
  const [state, seen, asked] = round ? [round.now.state, round.now.seen, round.now.asked] : (told ?? "").split(" ")
  const isSaved = (round?.over.length ?? 0) > 0 && round?.over.every(({ change }) => !change.receipt) === true
  if (state === "excused") return { look: "missed", words: t("could not go"), icon: "undo", isDone: true, isSaved }
  if (state) {
    const left = Number(asked) - Number(seen)
    if (left > 0) return { look: "part", words: t("{n} not seen", { n: left }), icon: "clock", isDone: true, isSaved }
    return { look: "laid", words: t("walked"), icon: "check", isDone: true, isSaved }
  }
  const open = { isDone: false, isSaved: false }
  if (isBegun) return { look: "part", words: t("begun"), icon: "clock", ...open }
  if (minutes >= period.ends) return { look: "missed", words: t("walk late"), icon: "next", ...open }
  if (minutes >= period.starts) return { look: "now", words: t("go"), icon: "next", ...open }
  return { look: "later", words: t("to walk"), icon: "clock", ...open }
}

/** @param {HTMLAnchorElement} link @param {Brick} brick */
function show(link, { look, words, icon, isSaved }) {
  link.className = `brick brick--${look}${isSaved && look === "laid" ? " brick--saved" : ""}`
  setIcon(link.querySelector("svg"), icon)
  link.querySelector("svg")?.toggleAttribute("hidden", look === "later")
  fill(link, { word: words })
}

/**
 * The round to walk now, else the next one of the day.
 * @param {HTMLElement} wall
 * @param {{ link: HTMLAnchorElement, period: Period, brick: Brick }[]} bricks
 * @param {number} minutes
 */
function showNext(wall, bricks, minutes) {
  const open = bricks.filter(({ brick }) => !brick.isDone)
  const due = open.filter(({ period }) => minutes < period.ends).sort((a, b) => a.period.starts - b.period.starts)
  const next = due[0]
  toggle(wall, "next", next !== undefined)
  toggle(wall, "all-done", !open.length && bricks.length > 0)
  if (!next) return
  const { period, link } = next
  const left = due.filter((brick) => brick.period === period).length
  fill(wall, {
    "period-name": period.label,
    "period-hours": period.hours,
    left: t("{n} places left. Next:", { n: left }),
    "next-place": link.dataset.placeName ?? "",
    "next-latin": link.dataset.latin ?? "",
    "begin-words": t("Start the {period}", { period: period.label }),
  })
  if (period.icon) part("period-icon", wall)?.replaceChildren(period.icon.cloneNode(true))
  part("begin", wall)?.setAttribute("href", link.href)
}

/** @param {HTMLElement} wall @param {string} name @param {boolean} isShown */
function toggle(wall, name, isShown) {
  const found = part(name, wall)
  if (found) found.hidden = !isShown
}
