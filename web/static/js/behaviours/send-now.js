// @ts-check
// Sends at once, and keeps the screen on meanwhile: a locked phone stops sending.
import { toast } from "../lib/dom.js"
import { exchangeNow } from "../lib/exchanging.js"
import { waitWords } from "../lib/waiting.js"

/** @param {HTMLButtonElement} button */
export default function sendNow(button) {
  button.addEventListener("click", async () => {
    button.disabled = true
    const awake = await navigator.wakeLock?.request("screen").catch(() => null)
    const result = await exchangeNow({ hand: true })
    await awake?.release()
    button.disabled = false
    const words = await waitWords(result)
    if (words) toast(words)
  })
}
