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
  chip: () => import("./behaviours/chip.js"),
  enrol: () => import("./behaviours/enrol.js"),
  "keep-in-outbox": () => import("./behaviours/keep-in-outbox.js"),
  overlay: () => import("./behaviours/overlay.js"),
  "photo-picker": () => import("./behaviours/photo-picker.js"),
}

const isPhone = document.body.classList.contains("phone")
export const start = starter(isPhone ? phone : everywhere)

start(document.body)
if (isPhone) import("./phone.js").then(({ begin }) => begin(start))
if (document.body.classList.contains("desk")) import("./desk.js").then(({ begin }) => begin(start))
