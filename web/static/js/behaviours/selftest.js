// @ts-check
// What this browser can do, tried one by one, in words.
import { t } from "/words.js"
import { makeKeys, publicKey } from "/static/sync/signing.js"
import { storage } from "/static/sync/health.js"
import { mark, setMark } from "/static/sync/db.js"
import { fill, part, setIcon, toast } from "../lib/dom.js"
import { canOpen, isReady } from "../lib/worker.js"

const YES = () => t("yes")

/**
 * Each answers with words for what was found; "" or a fault means it cannot. Their names are the page's.
 * @type {Record<string, () => Promise<string> | string>}
 */
const TRIALS = {
  secure: () => (isSecureContext ? YES() : ""),
  keeps,
  key: keepsKey,
  offline: async () => ((await isReady()) && (await canOpen("/app/start")) ? YES() : ""),
  closed: async () => ((await navigator.serviceWorker?.getRegistration())?.sync ? YES() : ""),
  shrinks,
  locks: () => (navigator.locks ? YES() : ""),
  awake: () => ("wakeLock" in navigator ? YES() : ""),
  room,
  browser: () => navigator.userAgent,
}

/** @param {HTMLElement} section */
export default async function selftest(section) {
  /** @type {string[]} */
  const lines = []
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (section.querySelectorAll("[data-trial]"))) {
    const found = await Promise.resolve().then(TRIALS[row.dataset.trial ?? ""]).catch(() => "")
    setIcon(row.querySelector("svg"), found ? "check" : "attention")
    fill(row, { found: found || t("no") })
    lines.push(`${part("what", row)?.textContent}: ${found || t("no")}`)
  }
  part("copy", section)?.addEventListener("click", async () => {
    await navigator.clipboard.writeText(lines.join("\n")).catch(() => {})
    toast(t("Copied."))
  })
}

async function keeps() {
  await setMark("selftest", "here")
  return (await mark("selftest")) === "here" ? YES() : ""
}

async function keepsKey() {
  const keys = await makeKeys()
  await setMark("selftest-key", keys)
  const kept = await mark("selftest-key")
  return (await publicKey(kept)) === (await publicKey(keys)) && !kept.privateKey.extractable ? YES() : ""
}

async function shrinks() {
  const canvas = new OffscreenCanvas(8, 8)
  canvas.getContext("2d")?.fillRect(0, 0, 4, 4)
  const { type } = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.5 })
  return type === "image/jpeg" ? YES() : ""
}

async function room() {
  const { storage: found } = await storage()
  if (!found) return ""
  const free = ((found.quota - found.usage) / 1e9).toFixed(1)
  return found.persisted ? t("is not cleared by itself, {free} GB left", { free }) : t("{free} GB left, not protected", { free })
}
