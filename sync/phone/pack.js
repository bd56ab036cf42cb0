// @ts-check
// The pages a person needs without signal, kept where the worker finds them.
import { say } from "./broadcast.js"
import { fact, setFact } from "./db.js"
import { Stop } from "./stop.js"
import { identity } from "./identity.js"
import { outcomeOf } from "./outcome.js"
import { ask } from "./request.js"

/** @typedef {import("./types.js").Identity} Identity */
/** @typedef {{ url: string, hash: string }} Page */
/** @typedef {{ pack: string, seq: number, as_of: number, pages: Page[] }} Pack */

/** @param {string} member */
export const cacheName = (member) => `pack-${member}`

/** Only a page that says it is this person's may be stored. @param {string | null} header @param {string} member */
export function mayKeep(header, member) {
  const [what, ...rest] = (header ?? "").split(";").map((part) => part.trim())
  return what === "pack" && rest.includes(`owner=${member}`)
}

/**
 * Pages that differ from what is held. Pure.
 * @param {Pack | null} held
 * @param {Pack} wanted
 * @param {Set<string>} stored addresses in the cache
 */
export function missing(held, wanted, stored) {
  const known = new Map((held?.pages ?? []).map(({ url, hash }) => [url, hash]))
  return wanted.pages.filter(({ url, hash }) => known.get(url) !== hash || !stored.has(url))
}

/** @param {Cache} cache */
async function addresses(cache) {
  const kept = await cache.keys()
  return new Set(kept.map((request) => new URL(request.url)).map(({ pathname, search }) => pathname + search))
}

/**
 * Brings the pack up to date, page by page; what is fetched stays, even when it breaks off.
 * @param {string} owner
 * @param {(done: number, all: number) => void} [told]
 */
export async function refresh(owner, told = () => {}) {
  const who = await identity(owner)
  if (!who || typeof caches === "undefined") return
  const list = await ask(who, "GET", "/sync/v1/pack")
  const outcome = outcomeOf(list)
  if (outcome.act !== "go") throw new Stop(outcome)
  /** @type {Pack} */
  const wanted = list.json
  const cache = await caches.open(cacheName(who.member))
  const due = missing(await fact(owner, "pack"), wanted, await addresses(cache))
  for (const [i, page] of due.entries()) {
    told(i, due.length)
    await fetchPage(who, cache, page, wanted.as_of)
  }
  const named = new Set(wanted.pages.map(({ url }) => url))
  for (const url of await addresses(cache)) if (!named.has(url)) await cache.delete(url)
  await setFact(owner, "pack", wanted)
  told(due.length, due.length)
  if (due.length) say({ type: "pack" })
}

/** @param {Identity} who @param {Cache} cache @param {Page} page @param {number} asOf */
async function fetchPage(who, cache, page, asOf) {
  const answer = await ask(who, "GET", page.url, { page: true })
  const outcome = outcomeOf(answer)
  if (outcome.act === "missing") return
  if (outcome.act !== "go") throw new Stop(outcome)
  if (!mayKeep(answer.headers.get("X-Lane-Cache"), who.member)) return
  await cache.put(page.url, kept(answer, asOf))
}

/** The page as it is stored: without what was only for the way. @param {import("./types.js").Answer} answer @param {number} asOf */
function kept(answer, asOf) {
  const headers = new Headers({ "Lane-As-Of": String(asOf) })
  for (const name of ["Content-Type", "Content-Security-Policy", "X-Lane-Cache", "Lane-Seq"]) {
    const value = answer.headers.get(name)
    if (value) headers.set(name, value)
  }
  return new Response(answer.bytes, { headers })
}

/**
 * A page or a photo fresh from the server, kept when it is of the pack. Null when it cannot be had.
 * @param {string} owner
 * @param {string} url
 * @returns {Promise<ArrayBuffer | null>}
 */
export async function page(owner, url) {
  const who = await identity(owner)
  if (!who?.keys) return null
  const answer = await ask(who, "GET", url, { page: true })
  if (!answer.is_ours || answer.status !== 200) return null
  if (mayKeep(answer.headers.get("X-Lane-Cache"), who.member) && typeof caches !== "undefined") {
    const cache = await caches.open(cacheName(who.member))
    if (await cache.match(url)) await cache.put(url, kept(answer, Date.now()))
  }
  return answer.bytes
}

/** A page as it was fetched last. @param {string} member @param {string} url */
export async function keptPage(member, url) {
  if (typeof caches === "undefined") return null
  const found = await (await caches.open(cacheName(member))).match(url)
  return found ? found.text() : null
}

/** Nobody reads this person's pages here any more. @param {string} member */
export const dropPack = (member) =>
  typeof caches === "undefined" ? Promise.resolve(false) : caches.delete(cacheName(member))
