// @ts-check
// WebKit never ends what a page was reading or writing when it is left, nor frees what that locks:
// every later page waits for ever. So a page is left when nothing runs, and reads no more meanwhile.

const MOST_MS = 1_000
const STAYED_MS = 2_000

/** @type {Set<Promise<unknown>>} */
const running = new Set()
/** @type {Promise<void> | null} */
let leaving = null

/** A transaction runs until `done`. @param {Promise<unknown>} done */
export function runs(done) {
  running.add(done)
  const over = () => running.delete(done)
  done.then(over, over)
}

/** Waits while the page is being left; goes on if it was not. */
export async function staying() {
  while (leaving) await leaving
}

/** Waits until nothing runs on this page, which is about to be left. */
async function atRest() {
  leave()
  let isLate = false
  const late = new Promise((resolve) => setTimeout(resolve, MOST_MS)).then(() => (isLate = true))
  while (running.size && !isLate) await Promise.race([late, Promise.allSettled(running)])
}

/** Opens another page. @param {string} address */
export async function goTo(address) {
  await atRest()
  location.assign(address)
}

/** Opens this page anew. */
export async function reload() {
  await atRest()
  location.reload()
}

/** A download, or a person who stays after all, ends it too. */
function leave() {
  leaving ??= new Promise((resolve) => {
    const stay = () => {
      leaving = null
      resolve()
    }
    addEventListener("pageshow", stay, { once: true })
    setTimeout(stay, STAYED_MS)
  })
}

/** @param {MouseEvent} event */
function onClick(event) {
  const link = /** @type {Element} */ (event.target).closest("a")
  if (!link || !isLeft(event, link)) return
  if (!running.size) return leave()
  event.preventDefault()
  goTo(link.href)
}

/** Whether a click on a link leaves this page. @param {MouseEvent} event @param {HTMLAnchorElement} link */
function isLeft(event, link) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return false
  if (!link.href || link.target || link.hasAttribute("download") || link.origin !== location.origin) return false
  return link.pathname !== location.pathname || link.search !== location.search
}

globalThis.addEventListener?.("beforeunload", leave)
globalThis.document?.addEventListener("click", onClick)
