// @ts-check
// The page that opens when no other could: finds out whose phone this is, and shows the page that was
// asked for, from the phone or fresh from the server.
import { t } from "/words.js"
import { keptPage, page } from "/static/sync/pack.js"
import { fill, part } from "../lib/dom.js"
import { owner } from "../lib/owner.js"

export default async function boot() {
  const now = await owner()
  const asked = location.pathname
  const isStart = asked === "/app/start"
  if (!now || location.hash.length > 1) return open("enrol")
  if (isStart) return location.replace("/app/")
  const html = (await keptPage(now.member, asked)) ?? (await fetched(now.name, asked + location.search))
  if (html) show(html)
  else open("no-page")
}

/** @param {string} name */
function open(name) {
  for (const step of document.querySelectorAll("[data-step]")) {
    step.toggleAttribute("hidden", step.getAttribute("data-step") !== name)
  }
  fill(document, { opening: "" })
  part(`${name}-first`)?.focus()
}

/** @param {string} name @param {string} path */
async function fetched(name, path) {
  fill(document, { opening: t("Fetching the page") })
  try {
    const bytes = await page(name, path)
    return bytes && new TextDecoder().decode(bytes)
  } catch {
    return null
  }
}

/**
 * Puts a page in the place of this one. Its scripts are ours and run already.
 * @param {string} html
 */
function show(html) {
  const found = new DOMParser().parseFromString(html, "text/html")
  document.title = found.title
  document.body.replaceWith(found.body)
  import("../phone.js").then(({ begin }) => begin())
}
