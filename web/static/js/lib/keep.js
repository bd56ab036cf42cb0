// @ts-check
// Keeping a fact, and what a person sees when the phone has no room for it.
import { t } from "/words.js"
import { Made, freeze } from "/static/sync/change.js"
import { giveWay, isFull, log } from "/static/sync/health.js"
import { TooLong } from "/static/sync/line.js"
import { blank, button, fill, part, toast } from "./dom.js"
import { somethingWaits } from "./exchanging.js"
import { ownName } from "./owner.js"
import { reasonWords } from "./reasons.js"

/** @typedef {Parameters<typeof freeze>[1]} Fact */

/**
 * True once it is on disk. On a full phone the reserve is given up for it; when that does not help
 * the form stays as it is, with the words to copy.
 * @param {Fact} fact
 * @param {() => void} again what "keep it again" does
 */
export async function kept(fact, again) {
  try {
    const { lost } = await frozen(fact)
    hideTrouble()
    if (lost.length) toast(reasonWords("photo_missing"))
    somethingWaits()
    return true
  } catch (fault) {
    if (fault instanceof Made) return true
    if (fault instanceof TooLong) toast(reasonWords("too_large"))
    else await showTrouble(fact, fault, again)
    return false
  }
}

/** @param {Fact} fact */
async function frozen(fact) {
  const owner = await ownName()
  try {
    return await freeze(owner, fact)
  } catch (fault) {
    if (!isFull(fault) || !(await giveWay())) throw fault
    return freeze(owner, fact)
  }
}

/** @param {Fact} fact @param {any} fault @param {() => void} again */
async function showTrouble(fact, fault, again) {
  log(await ownName(), "not kept", String(fault))
  hideTrouble()
  const banner = blank("blank-trouble")
  banner.dataset.part = "trouble"
  const words = isFull(fault)
    ? t("There is no room at all and this is not saved. Do not close the page: press “Copy the words”, or make room and press “Keep it again”.")
    : t("Not saved; do not close the page. Press “Keep it again”, or copy the words and send them to the coordinator.")
  fill(banner, { "trouble-words": words })
  banner.append(
    button("button button--primary", t("Keep it again"), again),
    button("button", t("Copy the words"), () => copy(fact)),
  )
  const main = document.querySelector("main")
  main?.prepend(banner)
  banner.scrollIntoView({ block: "center" })
}

const hideTrouble = () => part("trouble")?.remove()

/** @param {Fact} fact */
async function copy({ title = "", body }) {
  const words = Object.values(body).filter((value) => typeof value === "string" && !/^[0-9a-f-]{36}$/.test(value))
  try {
    await navigator.clipboard.writeText([title, ...words].join("\n"))
    toast(t("Copied. Paste it into a message to the coordinator."))
  } catch {
    toast(words.join("\n"))
  }
}
