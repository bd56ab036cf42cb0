// @ts-check
// Fills a blank row with what this phone knows of a record.
import { t } from "/words.js"
import { photosOf } from "/static/sync/chunks.js"
import { fill, part, setIcon } from "./dom.js"
import { names } from "./names.js"
import { ownName } from "./owner.js"
import { detailOf, showState } from "./state.js"
import { correction, when } from "./time.js"

/** @typedef {import("/static/sync/projection.js").Seen} Seen */
/** @typedef {import("/static/sync/state.js").Item} Item */

/** @param {HTMLElement} row @param {Seen} record */
export async function fillRow(row, { id, kind, now, over }) {
  const known = await names()
  const by = await correction()
  const time = when(now.happened_at + by, Date.now() + by)
  const last = /** @type {Item} */ (over.at(-1))
  fill(row, {
    title: kind === "report" ? known.category(now.category) : last.change.title,
    note: [now.spot, time].filter(Boolean).join(" · "),
  })
  const link = /** @type {HTMLAnchorElement | null} */ (part("title", row))
  if (link && kind === "report") link.href = `/app/reports/one#${id}`
  const urgent = part("emergency", row)
  if (urgent) urgent.hidden = !now.emergency
  const stage = part("stage", row)
  if (stage) stage.hidden = true
  const state = part("state", row)
  if (state) state.hidden = false
  showState(state, last.state, detailOf(last))
  row.classList.toggle("row--waiting", last.state !== "delivered")
  await showPicture(row, now, known.picture(now.category))
}

/**
 * The first photo as it is kept here, else the category's picture.
 * @param {HTMLElement} row
 * @param {Record<string, any>} now
 * @param {string} otherwise
 */
async function showPicture(row, now, otherwise) {
  const image = /** @type {HTMLImageElement | null} */ (part("photo", row))
  if (!image || image.src.startsWith("blob:")) return
  const first = now.photos?.[0]?.sha256
  const kept = first ? (await photosOf(await ownName())).find(({ sha256 }) => sha256 === first) : undefined
  image.src = kept?.thumb ? URL.createObjectURL(new Blob([kept.thumb], { type: "image/jpeg" })) : otherwise
  image.alt = ""
}

/** @type {Record<string, { icon: string, words: () => string }>} */
const DEEDS = {
  "report.filed@1": { icon: "send", words: () => t("Noted down") },
  "report.added_to@1": { icon: "plus", words: () => t("Added") },
  "report.corrected@1": { icon: "draft", words: () => t("Corrected") },
  "report.withdrawn@1": { icon: "undo", words: () => t("Withdrawn") },
}

/** @param {string} kind */
export const deedWords = (kind) => DEEDS[kind]?.words() ?? ""

/** A change of this phone laid over a row of the server's. @param {HTMLElement} line @param {Item} item */
export async function fillOver(line, item) {
  const by = await correction()
  const { kind, body, wall } = item.change
  setIcon(line.querySelector("svg"), DEEDS[kind]?.icon ?? "draft")
  fill(line, {
    "over-words": deedWords(kind),
    "over-note": [body.words ?? "", when(wall + by, Date.now() + by)].filter(Boolean).join(" · "),
  })
  showState(part("state", line), item.state, detailOf(item))
}
