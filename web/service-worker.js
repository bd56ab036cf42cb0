// @ts-check
// The worker only reads: it hands out pages and files without a network, and wakes the exchange when
// the page is gone. The server writes `shell` (version, path → start of its SHA-256) into the first line.
importScripts("/static/sync.js")
const { exchange } = lane.exchange
const { currentOwner } = lane.db
const { cacheName } = lane.pack
const { hex } = lane.bytes

const NAME = `shell-${shell.version}`
const PUBLIC = "public"
const START = "/app/start"
const SYNC = "lane-exchange"
const PATIENCE_MS = 3_000
const INSTALL_MS = 30_000
const AT_ONCE = 4

/** Who gets which answer; everything else goes its way as if we were not here. */
const routes = [
  { when: isShellPage, answer: fromShell },
  { when: isPersonalPage, answer: fromPack },
  { when: isPhoto, answer: packElseNetwork },
  { when: isShellFile, answer: fileFor },
  { when: isPublicPage, answer: freshElseKept },
]

addEventListener("install", (event) => event.waitUntil(install()))
addEventListener("activate", (event) => event.waitUntil(activate()))
addEventListener("message", (event) => onMessage(event))
addEventListener("sync", (event) => {
  if (event.tag === SYNC) event.waitUntil(exchangeOrFail())
})
addEventListener("fetch", (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== "GET" || url.origin !== location.origin) return
  if (request.headers.has("Range") || request.headers.has("Authorization")) return
  const route = routes.find(({ when }) => when(request, url.pathname))
  if (route) event.respondWith(route.answer(request, url.pathname, event))
})

/** @param {Request} request @param {string} path */
function isShellPage(request, path) {
  return request.mode === "navigate" && path in shell.files
}

/** @param {Request} request @param {string} path */
function isPersonalPage(request, path) {
  return request.mode === "navigate" && (path === "/app" || path.startsWith("/app/"))
}

/** @param {Request} _request @param {string} path */
function isPhoto(_request, path) {
  return path.startsWith("/media/")
}

/** @param {Request} _request @param {string} path */
function isShellFile(_request, path) {
  return path in shell.files || path in shell.public
}

/** @param {Request} request @param {string} path */
function isPublicPage(request, path) {
  return request.mode === "navigate" && (path === "/" || path.startsWith("/l/"))
}

/** @param {Request} request @param {string} path */
async function fromShell(request, path) {
  const cache = await caches.open(NAME)
  return (await cache.match(path)) ?? fetch(request)
}

/**
 * The page of whoever this phone belongs to; without one, the page that finds out.
 * @param {Request} request
 * @param {string} path
 */
async function fromPack(request, path) {
  const found = await packed(path)
  return found ?? fromShell(request, START)
}

/** @param {Request} request @param {string} path */
async function packElseNetwork(request, path) {
  return (await packed(path)) ?? fetch(request)
}

/** @param {string} path */
async function packed(path) {
  const owner = await currentOwner().catch(() => undefined)
  if (!owner || !(await caches.has(cacheName(owner.member)))) return undefined
  const cache = await caches.open(cacheName(owner.member))
  const found = await cache.match(path === "/app" ? "/app/" : path, { ignoreSearch: true })
  return found?.headers.get("X-Lane-Cache") ? found : undefined
}

/**
 * A phone's pages take their files from the shell they were made with; others take new ones.
 * @param {Request} request
 * @param {string} path
 * @param {FetchEvent} event
 */
async function fileFor(request, path, event) {
  const client = await clients.get(event.clientId)
  const page = client ? new URL(client.url).pathname : ""
  if (page.startsWith("/app") || page === "/selftest") return fromShell(request, path)
  try {
    return await fresh(request)
  } catch {
    return fromShell(request, path)
  }
}

/** @param {Request} request */
async function freshElseKept(request) {
  const cache = await caches.open(PUBLIC)
  try {
    const answer = await fresh(request)
    const may_keep = answer.status === 200 && answer.type === "basic" && !answer.redirected
    if (may_keep && answer.headers.get("X-Lane-Cache") === "public") {
      await cache.put(request.url, answer.clone())
    }
    return answer
  } catch {
    return (await cache.match(request.url, { ignoreSearch: true })) ?? Response.error()
  }
}

/**
 * An answer within our patience, its body included: on a bad line the body is what never ends.
 * @param {Request} request
 * @param {number} [patience]
 */
async function fresh(request, patience = PATIENCE_MS) {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), patience)
  try {
    const answer = await fetch(request, { signal: limit.signal })
    await answer.clone().arrayBuffer()
    return answer
  } finally {
    clearTimeout(timer)
  }
}

/** All or nothing, but what is there already, here or in an older shell, is not fetched again. */
async function install() {
  const cache = await caches.open(NAME)
  const older = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== NAME)
  // A phone that has opened a public page before keeps its files through the change of editions.
  const hasPublic = await anyHolds(older, Object.keys(shell.public)[0])
  await fill(cache, older, { ...shell.files, ...(hasPublic ? shell.public : {}) })
}

/** @param {string[]} names @param {string} path */
async function anyHolds(names, path) {
  for (const name of names) if (await (await caches.open(name)).match(path)) return true
  return false
}

/** @param {Cache} cache @param {string[]} older @param {Record<string, string>} files */
async function fill(cache, older, files) {
  const wanted = Object.entries(files)
  const lanes = Array.from({ length: AT_ONCE }, async (_, lane) => {
    for (let i = lane; i < wanted.length; i += AT_ONCE) await obtain(cache, older, ...wanted[i])
  })
  await Promise.all(lanes)
  for (const [path, hash] of wanted) {
    if (!(await isHeld(cache, path, hash))) throw new Error(`${path} is not in the shell`)
  }
}

/** @param {Cache} cache @param {string} path @param {string} hash */
async function isHeld(cache, path, hash) {
  return (await cache.match(path))?.headers.get("Lane-Hash") === hash
}

/** @param {Cache} cache @param {string[]} older @param {string} path @param {string} hash */
async function obtain(cache, older, path, hash) {
  if (await isHeld(cache, path, hash)) return
  for (const name of older) {
    const kept = await (await caches.open(name)).match(path)
    if (kept?.headers.get("Lane-Hash") === hash) return cache.put(path, kept)
  }
  const answer = await fresh(new Request(path, { cache: "no-cache" }), INSTALL_MS)
  const body = await answer.arrayBuffer()
  const found = hex(await crypto.subtle.digest("SHA-256", body)).slice(0, hash.length)
  if (answer.status !== 200 || found !== hash) throw new Error(`${path} is not what was promised`)
  const headers = new Headers(answer.headers)
  headers.set("Lane-Hash", hash)
  headers.delete("Content-Encoding")
  headers.delete("Content-Length")
  await cache.put(path, new Response(body, { headers }))
}

/** The newest other shell stays, for pages that are still open. */
async function activate() {
  const others = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== NAME)
  for (const name of others.slice(0, -1)) await caches.delete(name)
  await clients.claim()
}

/** The browser knows that there is a network again, and how often to try: no pause of ours counts. */
async function exchangeOrFail() {
  const { done, elsewhere } = await exchange({ force: true })
  // A failed sync event is repeated by the browser; a finished one is not.
  if (!done && !elsewhere) throw new Error("something still waits")
}

/** @param {MessageEvent & ExtendableEvent} event */
function onMessage(event) {
  const { type, path } = event.data ?? {}
  if (type === "take-over") skipWaiting()
  if (type === "public") event.waitUntil(caches.open(NAME).then((cache) => fill(cache, [], shell.public)))
  if (type === "can-open") event.waitUntil(tellWhether(path, event.ports[0]))
  if (type === "version") event.ports[0]?.postMessage(shell.version)
}

/** Whether a page would open without any network. @param {string} path @param {MessagePort} port */
async function tellWhether(path, port) {
  const found = path in shell.files ? await (await caches.open(NAME)).match(path) : await packed(path)
  port.postMessage(found?.status === 200)
}
