// @ts-check
// Makes this browser somebody's phone: the code, the key, the pages, and the proof that it opens
// without a network. Only then the green tick.
import { t } from "/words.js"
import { enrol } from "/static/sync/enrolment.js"
import { noteOffline, protect, reserve } from "/static/sync/health.js"
import { hello } from "/static/sync/hello.js"
import { keptPage, refresh } from "/static/sync/pack.js"
import { pullAll } from "/static/sync/pull.js"
import { Unreachable } from "/static/sync/request.js"
import { blank, fill, icon, part } from "../lib/dom.js"
import { canOpen, isReady } from "../lib/worker.js"

// A demo's token comes from the page one tap before this; a real phone's owner taps once more.
const TOKEN = /^#(demo\.)?([A-Za-z0-9_-]{22})$/

/** @param {HTMLFormElement} form */
export default function enrolPhone(form) {
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("code"))
  const [, isDemo, token] = TOKEN.exec(location.hash) ?? []
  hint()
  if (token) {
    for (const row of form.querySelectorAll("[data-by-hand]")) row.toggleAttribute("hidden", true)
    input.required = false
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const code = token ?? input.value.replace(/\D/g, "")
    if (code.length !== 8 && !token) return say(t("These 8 digits are not right. Compare with the screen."))
    const submit = /** @type {HTMLButtonElement} */ (document.querySelector("[form=enrol], #enrol button[type=submit]"))
    submit.disabled = true
    say("")
    try {
      const { owner, error } = await enrol(code)
      if (owner) await settle(owner, token ? "" : input.value)
      else say(errorWords(error ?? ""))
    } catch (fault) {
      say(fault instanceof Unreachable ? errorWords("captive") : String(fault))
    }
    submit.disabled = false
  })
  if (isDemo) form.requestSubmit()
}

/** Where enrolling does not work as it is, the way round comes first. */
function hint() {
  const agent = navigator.userAgent
  const isInstalled = matchMedia("(display-mode: standalone)").matches
  const name = /MicroMessenger/.test(agent) ? "wechat" : /iPhone|iPad/.test(agent) && !isInstalled ? "install" : ""
  const told = name && part(`hint-${name}`)
  if (told) told.hidden = false
}

/** @param {string} words */
const say = (words) => fill(document, { "enrol-error": words })

/** @param {string} error */
function errorWords(error) {
  switch (error) {
    case "code_unknown":
      return t("These 8 digits are not right. Compare with the screen.")
    case "code_expired":
      return t("The code is older than 15 minutes. The coordinator can make another at once.")
    case "code_used":
      return t("The code has been used. If not by you, tell the coordinator right away.")
    case "slow_down":
      return t("Too many tries. Wait a moment, then try again.")
    default:
      return t("There is no network just now. The code stays good; try again where there is signal.")
  }
}

/** @param {import("/static/sync/types.js").Owner} owner @param {string} digits */
async function settle(owner, digits) {
  history.replaceState(null, "", "/app/start")
  showReady(owner, digits)
  tick(t("This phone is recognised"))
  // Some browsers ask the person first; nothing waits for the answer.
  protect().then((agreed) => agreed && tick(t("This phone has agreed not to clear this app's data.")))
  await reserve()
  const hasWorker = await isReady()
  await refresh(owner.name, (done, all) => {
    fill(document, { fetching: done < all ? t("Fetching {k} of {n}", { k: done + 1, n: all }) : "" })
  })
  await pullAll(owner.name)
  tick(t("Lists and places are here"))
  const places = await lanesOf(owner)
  if (places) {
    const words = t("All set, {name}. Your places: {places}.", { name: owner.member_name, places })
    fill(document, { "ready-name": words })
  }
  const opens = hasWorker && (await canOpen("/app/"))
  if (opens) tick(t("Tried without network: it opens"))
  await noteOffline(owner.name, opens)
  hello(owner.name).catch(() => {}) // the desk waits for this word; the next exchange says it too
  const ready = part("ready-words")
  if (ready) ready.hidden = !opens
  const limited = part("ready-limited")
  if (limited) limited.hidden = opens
  const on = part("ready-on")
  if (on) on.hidden = false
}

/** @param {import("/static/sync/types.js").Owner} owner @param {string} digits */
function showReady(owner, digits) {
  for (const step of document.querySelectorAll("[data-step]")) {
    step.toggleAttribute("hidden", step.getAttribute("data-step") !== "ready")
  }
  fill(document, {
    "ready-name": t("All set, {name}.", { name: owner.member_name }),
    "ready-code": digits ? t("{code}, used up now", { code: digits.replace(/(\d{4})(\d{4})/, "$1 $2") }) : t("The picture, used up now"),
    "community-name": owner.community_name,
  })
}

/** @param {import("/static/sync/types.js").Owner} owner */
async function lanesOf({ member }) {
  const html = (await keptPage(member, "/app/lanes")) ?? ""
  const page = new DOMParser().parseFromString(html, "text/html")
  return [...page.querySelectorAll(".row__title")].map((link) => link.textContent).join("、")
}

/** @param {string} words */
function tick(words) {
  const line = blank("blank-tick")
  line.replaceChildren(icon("check"), words)
  part("ticks")?.append(line)
}
