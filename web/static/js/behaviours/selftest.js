// @ts-check
// What this browser can do, tried one by one, in words.
import { t } from "/words.js"
import { makeKeys, publicKey } from "/static/sync/signing.js"
import { storage } from "/static/sync/health.js"
import { mark, setMark } from "/static/sync/db.js"
import { blank, fill, part, setIcon, toast } from "../lib/dom.js"
import { canOpen, isReady } from "../lib/worker.js"

/**
 * Each answers with words for what was found; "" or a fault means it cannot.
 * @type {{ what: () => string, look: () => Promise<string> | string }[]}
 */
const TRIALS = [
  { what: () => t("Encrypted connection"), look: () => (isSecureContext ? t("yes") : "") },
  { what: () => t("Keeps what is written"), look: keeps },
  { what: () => t("Keeps a key nobody can take out"), look: keepsKey },
  { what: () => t("Opens without network"), look: async () => ((await isReady()) && (await canOpen("/app/start")) ? t("yes") : "") },
  { what: () => t("Sends with the page closed"), look: async () => ((await navigator.serviceWorker?.getRegistration())?.sync ? t("yes") : "") },
  { what: () => t("Makes photos smaller"), look: shrinks },
  { what: () => t("Two pages never send twice"), look: () => (navigator.locks ? t("yes") : "") },
  { what: () => t("Screen stays on while sending"), look: () => ("wakeLock" in navigator ? t("yes") : "") },
  { what: () => t("Storage"), look: room },
  { what: () => t("Browser"), look: () => navigator.userAgent },
]

/** @param {HTMLElement} section */
export default async function selftest(section) {
  /** @type {string[]} */
  const lines = []
  for (const { what, look } of TRIALS) {
    const row = blank("blank-result")
    fill(row, { what: what(), found: "" })
    part("results", section)?.append(row)
    const found = await Promise.resolve().then(look).catch(() => "")
    setIcon(row.querySelector("svg"), found ? "check" : "attention")
    fill(row, { found: found || t("no") })
    lines.push(`${what()}: ${found || t("no")}`)
  }
  part("copy", section)?.addEventListener("click", async () => {
    await navigator.clipboard.writeText(lines.join("\n")).catch(() => {})
    toast(t("Copied."))
  })
}

async function keeps() {
  await setMark("selftest", "here")
  return (await mark("selftest")) === "here" ? t("yes") : ""
}

async function keepsKey() {
  const keys = await makeKeys()
  await setMark("selftest-key", keys)
  const kept = await mark("selftest-key")
  return (await publicKey(kept)) === (await publicKey(keys)) && !kept.privateKey.extractable ? t("yes") : ""
}

async function shrinks() {
  const canvas = new OffscreenCanvas(8, 8)
  canvas.getContext("2d")?.fillRect(0, 0, 4, 4)
  const { type } = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.5 })
  return type === "image/jpeg" ? t("yes") : ""
}

async function room() {
  const { storage: found } = await storage()
  if (!found) return ""
  const free = ((found.quota - found.usage) / 1e9).toFixed(1)
  return found.persisted ? t("is not cleared by itself, {free} GB left", { free }) : t("{free} GB left, not protected", { free })
}
