// @ts-check
// What places and categories are called here, out of the page for a new report, which lists them all.
import { label } from "/words.js"
import { keptPage } from "/static/sync/pack.js"
import { owner } from "./owner.js"

/** @typedef {{ place: (id: string) => string, category: (key: string) => string,
 *   picture: (key: string) => string }} Names */

const LIST = "/app/reports/new"

/** @type {Promise<Names> | undefined} */
let found

/** @returns {Promise<Names>} */
export const names = () => (found ??= look())

async function look() {
  const now = await owner()
  const html = now ? await keptPage(now.member, LIST) : null
  const page = html ? new DOMParser().parseFromString(html, "text/html") : document
  const places = new Map()
  for (const option of page.querySelectorAll("[data-place-name]")) {
    places.set(option.getAttribute("data-place"), option.getAttribute("data-place-name"))
  }
  const categories = new Map()
  const pictures = new Map()
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (page.querySelectorAll("input[name=category]"))) {
    const tile = input.closest("label")
    categories.set(input.value, tile?.querySelector(".picker__word")?.textContent?.trim())
    pictures.set(input.value, tile?.querySelector("img")?.getAttribute("src"))
  }
  return {
    place: (/** @type {string} */ id) => places.get(id) ?? "",
    category: (/** @type {string} */ key) => categories.get(key) ?? label("category", key),
    picture: (/** @type {string} */ key) => pictures.get(key) ?? "/static/pictures/category/other.svg",
  }
}
