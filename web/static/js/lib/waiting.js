// @ts-check
// Why nothing goes just now, in words: what is safe, what happened, what to do, which is mostly nothing.
import { t } from "/words.js"
import { clockTime, correction } from "./time.js"

/** @type {Record<string, () => string>} */
const SENTENCES = {
  silent: () => t("No signal. Carry on; everything is kept on the phone."),
  captive: () =>
    t("Wi-Fi is on but asks for a login first. Log in with the browser, or switch Wi-Fi off. Everything is safe on the phone."),
  server: () => t("Something broke on the server's side and has been noted. Your things are on the phone and go later by themselves."),
  malformed: () => t("One thing could not be sent as it is; see below. Everything is safe on the phone."),
  relink: () =>
    t("This phone must be recognised once more before it can send. Everything is here; go on writing, and scan a code when you meet the coordinator."),
  revoked: () =>
    t("This phone has been reported lost. It shows no lists and takes no new work. What is unsent is still here; please bring it to the station."),
}

/** @param {import("/static/sync/exchange.js").Result} result "" when all went well */
export async function waitWords({ done, why = "", until, elsewhere }) {
  if (elsewhere) return t("Two pages are open; the other one does the sending. Nothing goes twice.")
  if (done) return ""
  if (why === "busy" && until) {
    return t("Many are sending just now; next try in {seconds} seconds.", { seconds: Math.max(1, Math.round((until - Date.now()) / 1000)) })
  }
  const told = (SENTENCES[why] ?? SENTENCES.silent)()
  if (!until || why === "relink" || why === "revoked") return told
  const time = clockTime(until + (await correction()))
  return `${told}${t("Next try at {time}, or press now.", { time })}`
}
