// @ts-check
// What residents' pages do on top of being whole without script.
import { starter } from "./lib/behaviour.js"
import { register } from "./lib/worker.js"

const start = starter({
  "keep-concern": () => import("./behaviours/keep-concern.js"),
  "kept-concerns": () => import("./behaviours/kept-concerns.js"),
  "photo-tray": () => import("./behaviours/photo-tray.js"),
  "print-page": () => import("./behaviours/print-page.js"),
  "receipt-kept": () => import("./behaviours/receipt-kept.js"),
  "type-size": () => import("./behaviours/type-size.js"),
  "urgent-card": () => import("./behaviours/urgent-card.js"),
})

/** The worker fetches what public pages need, besides what a steward's phone needs. */
async function keep() {
  await register()
  const { active } = (await navigator.serviceWorker?.ready) ?? {}
  active?.postMessage({ type: "public" })
}

start(document.body)
// The page first: what makes it open without signal may come after it.
if (document.readyState === "complete") keep()
else addEventListener("load", keep)
