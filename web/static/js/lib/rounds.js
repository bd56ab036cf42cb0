// @ts-check
// The day's rounds as this phone knows them: what the server told, what waits here, what was begun.
import { draftsOf } from "/static/sync/drafts.js"
import { list } from "/static/sync/outbox.js"
import { project, roundsOf } from "/static/sync/projection.js"
import { rowsOf } from "/static/sync/pull.js"
import { ownName } from "./owner.js"

/** @typedef {import("/static/sync/projection.js").Seen} Seen */

/** @param {string} day YYYY-MM-DD */
export async function roundsToday(day) {
  const owner = await ownName()
  const [rows, items, drafts] = await Promise.all([rowsOf(owner), list(owner), draftsOf(owner)])
  const upto = Math.max(0, ...rows.map(({ seq }) => seq))
  const begun = new Map(
    drafts
      .filter(({ form }) => form.startsWith("patrol ") && form.endsWith(day))
      .map((draft) => [draft.form.slice(7, -11), draft]),
  )
  return { rounds: roundsOf(project({ rows, upto, items }).values(), day), begun }
}

/** What a draft of a round is called. @param {string} place @param {string} period @param {string} day */
export const roundForm = (place, period, day) => `patrol ${place} ${period} ${day}`
