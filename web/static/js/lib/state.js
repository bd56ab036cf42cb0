// @ts-check
// The few fixed words for where a kept thing stands.
import { label, t } from "/words.js"
import { icon } from "./dom.js"

/** @type {Record<string, string>} */
const LOOKS = {
  draft: "draft",
  saved: "saved",
  sending: "sending",
  text_ok: "sending",
  delivered: "delivered",
  attention: "attention",
  waiting_link: "attention",
  waiting_space: "attention",
}

/**
 * @param {Element | null} element
 * @param {string} state
 * @param {string} [detail] k/n, or the number
 * @param {string} [words] instead of the fixed ones
 */
export function showState(element, state, detail = "", words = label("sync_state", state)) {
  if (!element) return
  const look = LOOKS[state]
  element.className = element.className.replace(/\bis-\w+/g, "").trim()
  element.classList.add(`is-${look}`)
  element.setAttribute("data-state", state)
  element.replaceChildren(icon(look), detail ? `${words} ${detail}` : words)
}

/** What belongs to the word: the number, or how much has gone. @param {import("/static/sync/state.js").Item} item */
export function detailOf({ state, change, k, n }) {
  if (state === "delivered") return change.receipt?.number ?? ""
  if (state === "sending" && n > 1) return `${k}/${n}`
  if (state === "text_ok") return t("photo {k}/{n}", { k: k - 1, n: n - 1 })
  return ""
}
