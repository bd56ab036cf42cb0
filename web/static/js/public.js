// @ts-check
// What every public page does: the worker keeps the lane's page for the time without signal.
import { starter } from "./lib/behaviour.js"
import { register } from "./lib/worker.js"

const own = starter({})

export function begin() {
  own(document.body)
  // After the page is whole: a resident in a hurry waits for nothing.
  addEventListener("load", () => register())
  if (document.readyState === "complete") register()
}
