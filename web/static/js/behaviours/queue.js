// @ts-check
// The coordinator's list: keys, ticks, which row is open, and news that never doubles a row.
import { parts, part } from "../lib/dom.js"

const NARROW = matchMedia("(max-width: 60em)")

/** @param {HTMLElement} main */
export default function (main) {
  main.addEventListener("change", () => countChosen(main))
  main.addEventListener("reset", () => setTimeout(() => countChosen(main)))
  main.addEventListener("htmx:beforeSwap", keepOpen)
  main.addEventListener("htmx:afterSettle", () => {
    markOpen(main)
    countChosen(main)
  })
  main.addEventListener("htmx:afterSwap", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.target?.id !== "pane") return
    main.classList.replace("panes--list", "panes--one")
    if (NARROW.matches) scrollTo(0, 0)
    goOn()
  })
  document.addEventListener("htmx:oobBeforeSwap", takeRows)
  document.addEventListener("keydown", (event) => press(main, event))
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.body.dispatchEvent(new Event("visible-again"))
  })
  markOpen(main)
  countChosen(main)
}

/**
 * Who has gone on in the pane that is open keeps it, with what was typed: the same report asked for
 * again brings nothing new.
 * @param {Event} event
 */
function keepOpen(event) {
  const { detail } = /** @type {CustomEvent} */ (event)
  const { target, requestConfig } = detail
  if (target.id !== "pane" || requestConfig.verb !== "get") return
  const isSame = requestConfig.path.includes(`/${target.dataset.report}`)
  if (isSame && target.contains(document.activeElement)) detail.shouldSwap = false
}

/** What was pressed is gone with the old pane; whoever uses keys goes on from the new one. */
function goOn() {
  if (document.activeElement !== document.body) return
  const title = document.getElementById("pane-title") ?? document.getElementById("pane")
  title?.focus()
}

/**
 * A row that is in the list already gives way to its newer self where it stands. What else is new goes
 * to the list's end; what merely changed and is not listed is left out.
 * @param {Event} event
 */
function takeRows(event) {
  const { fragment, target } = /** @type {CustomEvent} */ (event).detail
  if (target?.id !== "queue" && target?.id !== "queue-changed") return
  if (fragment.querySelector("#queue")) return // the whole list comes anew
  for (const row of fragment.querySelectorAll("[data-row]")) {
    const old = document.getElementById(row.id)
    row.classList.add("fresh")
    if (!old && target.id === "queue") continue
    old?.replaceWith(row)
    if (old) /** @type {any} */ (window).htmx.process(row)
    else row.remove()
  }
}

/** @param {HTMLElement} main */
const rows = (main) => /** @type {HTMLElement[]} */ ([...main.querySelectorAll("[data-row]")])

/** @param {HTMLElement} row */
const link = (row) => /** @type {HTMLElement} */ (row.querySelector("a"))

/** @param {HTMLElement} main */
function markOpen(main) {
  const open = main.querySelector("#pane")?.getAttribute("data-report")
  for (const row of rows(main)) {
    const isOpen = row.dataset.row === open
    row.classList.toggle("queue__row--open", isOpen)
    link(row).toggleAttribute("aria-current", isOpen)
    if (isOpen) link(row).setAttribute("aria-current", "true")
  }
}

/** @param {HTMLElement} main */
function countChosen(main) {
  const n = main.querySelectorAll("[data-row] > input:checked").length
  for (const place of parts("chosen", main)) place.textContent = String(n)
  const bulk = part("bulk", main)
  if (bulk) bulk.hidden = n === 0
}

/** Where J and K start from: the row with the focus, else the open one. @param {HTMLElement} main */
function here(main) {
  const all = rows(main)
  const focused = all.findIndex((row) => row.contains(document.activeElement))
  return focused >= 0 ? focused : all.findIndex((row) => row.classList.contains("queue__row--open"))
}

/** @param {HTMLElement} main @param {number} by */
function move(main, by) {
  const all = rows(main)
  const next = all[Math.min(Math.max(here(main) + by, 0), all.length - 1)]
  if (!next) return
  link(next).focus()
  next.scrollIntoView({ block: "nearest" })
}

/** @param {HTMLElement} main */
function choose(main) {
  const row = rows(main)[here(main)]
  /** @type {HTMLElement | null} */
  const box = row ? row.querySelector("input:not(:disabled)") : null
  box?.click()
}

/** What is chosen goes together; else the open one alone. @param {HTMLElement} main @param {string} deed */
function decide(main, deed) {
  const bulk = part("bulk", main)
  if (bulk && !bulk.hidden) {
    /** @type {HTMLElement | null} */ (bulk.querySelector(`[name="do"][value="${deed}"]`))?.click()
  } else if (deed === "accept") {
    document.getElementById("accept-go")?.focus()
  } else {
    openAct(main, deed)
  }
}

/** @param {HTMLElement} main @param {string} name */
function openAct(main, name) {
  /** @type {HTMLDetailsElement | null} */
  const act = main.querySelector(`[data-act="${name}"]`)
  if (!act) return
  act.open = true
  /** @type {HTMLElement | null} */
  const first = act.querySelector("input:not([type=hidden]), textarea, select")
  first?.focus()
}

/** @param {HTMLElement} main @param {KeyboardEvent} event */
function press(main, event) {
  const at = /** @type {HTMLElement} */ (event.target)
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return
  if (at.closest("textarea, select, [contenteditable]") || isTyped(at)) return
  /** @type {Record<string, () => void>} */
  const deeds = {
    j: () => move(main, 1),
    k: () => move(main, -1),
    x: () => choose(main),
    a: () => decide(main, "accept"),
    m: () => decide(main, "merge"),
    n: () => decide(main, "dismiss"),
    p: () => document.getElementById("owner")?.focus(),
    "/": () => document.getElementById("q")?.focus(),
    "?": () => /** @type {HTMLDialogElement | null} */ (document.getElementById("keys"))?.showModal(),
  }
  const act = deeds[event.key.toLowerCase()]
  if (!act) return
  event.preventDefault()
  act()
}

/** @param {HTMLElement} at */
const isTyped = (at) =>
  at instanceof HTMLInputElement && !["checkbox", "radio", "submit", "button"].includes(at.type)
