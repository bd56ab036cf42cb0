// @ts-check
// Starts what a page asks for by name: data-behaviour="autosave photo-picker". A behaviour's module
// is fetched only by pages that use it.
import { starter } from "./lib/behaviour.js"

const everywhere = {
  "type-size": () => import("./behaviours/type-size.js"),
}

const phone = {
  ...everywhere,
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
  "who-is-here": () => import("./behaviours/who-is-here.js"),
}

const isPhone = document.body.classList.contains("phone")
export const start = starter(isPhone ? phone : everywhere)

start(document.body)
if (isPhone) import("./phone.js").then(({ begin }) => begin(start))
if (document.body.classList.contains("public")) import("./public.js").then(({ begin }) => begin())
if (document.body.classList.contains("desk")) import("./desk.js").then(({ begin }) => begin(start))
