// @ts-check
// What every page of a steward's phone does, and the behaviours its pages ask for by name:
// data-behaviour="autosave photo-picker".
import { starter } from "./lib/behaviour.js"
import { beginExchanging } from "./lib/exchanging.js"
import { owner } from "./lib/owner.js"
import { register } from "./lib/worker.js"

const start = starter({
  autosave: () => import("./behaviours/autosave.js"),
  boot: () => import("./behaviours/boot.js"),
  "day-wall": () => import("./behaviours/day-wall.js"),
  enrol: () => import("./behaviours/enrol.js"),
  excuse: () => import("./behaviours/excuse.js"),
  "export-outbox": () => import("./behaviours/export-outbox.js"),
  "install-hint": () => import("./behaviours/install-hint.js"),
  "keep-in-outbox": () => import("./behaviours/keep-in-outbox.js"),
  "one-report": () => import("./behaviours/one-report.js"),
  "outbox-list": () => import("./behaviours/outbox-list.js"),
  overlay: () => import("./behaviours/overlay.js"),
  "own-photo": () => import("./behaviours/own-photo.js"),
  patrol: () => import("./behaviours/patrol.js"),
  "phone-health": () => import("./behaviours/phone-health.js"),
  "photo-picker": () => import("./behaviours/photo-picker.js"),
  "place-picker": () => import("./behaviours/place-picker.js"),
  "report-form": () => import("./behaviours/report-form.js"),
  selftest: () => import("./behaviours/selftest.js"),
  "send-now": () => import("./behaviours/send-now.js"),
  "show-age": () => import("./behaviours/show-age.js"),
  tabs: () => import("./behaviours/tabs.js"),
  "type-size": () => import("./behaviours/type-size.js"),
  "who-is-here": () => import("./behaviours/who-is-here.js"),
})

/** Once for each page, and for a page that takes another's place. */
export async function begin() {
  start(document.body)
  const chip = document.querySelector("[data-chip]")
  if (chip) import("./behaviours/chip.js").then(({ default: behave }) => behave(/** @type {HTMLElement} */ (chip)))
  register().then(async (registration) => {
    if (registration) (await import("./behaviours/update.js")).offerUpdates(registration)
  })
  if (await owner()) await beginExchanging()
}

begin()
