// @ts-check
// From a form to the body of a change, and what is still missing in it.

/** @typedef {import("/static/sync/types.js").PhotoRef} PhotoRef */

/**
 * Fields that say nothing are left out; data-as="flag" becomes true, "number" a number.
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} fields
 */
export function bodyOf(form, fields) {
  /** @type {Record<string, any>} */
  const body = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value.trim() === "") continue
    const kind = form.querySelector(`[name="${name}"]`)?.getAttribute("data-as")
    body[name] = kind === "flag" ? true : kind === "number" ? Number(value) : value.trim()
  }
  return body
}

/**
 * The first thing a report still lacks, by field and the reason's name.
 * @param {Record<string, any>} body
 * @param {PhotoRef[]} photos
 * @returns {{ field: string, reason: string } | null}
 */
export function lackOf(body, photos) {
  if (!body.place) return { field: "place", reason: "place_missing" }
  if (!body.category) return { field: "category", reason: "category_missing" }
  if (!body.words && !photos.length) return { field: "words", reason: "words_missing" }
  const saysHow = body.done || photos.some(({ role }) => role === "after")
  if (body.level === "on_the_spot" && !saysHow) return { field: "done", reason: "done_missing" }
  return null
}
