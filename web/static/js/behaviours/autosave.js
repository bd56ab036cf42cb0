// @ts-check
// Keeps every field while it is typed. Says when it was kept, and when the camera closed the page.
import { t } from "/words.js"
import { fill, part } from "../lib/dom.js"
import { draftOf } from "../lib/form-draft.js"
import { clockTime, correction } from "../lib/time.js"

/** @param {HTMLFormElement} form */
export default async function autosave(form) {
  const draft = draftOf(form)
  form.addEventListener("input", () => draft.touch())
  form.addEventListener("change", () => draft.touch())
  addEventListener("pagehide", () => draft.timer && draft.save())
  draft.addEventListener("kept", () => show(form, draft))
  await draft.ready
  if (draft.isKept) await show(form, draft)
  if (draft.wasCameraOpen) {
    const told = part("camera-killed")
    if (told) told.hidden = false
    await draft.save({ is_camera_open: false })
  }
}

/** @param {HTMLFormElement} form @param {import("../lib/form-draft.js").FormDraft} draft */
async function show(form, draft) {
  const time = clockTime(draft.draft.wall + (await correction()))
  const state = part("draft-state")
  if (state) state.hidden = false
  fill(document, { "draft-time": t("{time} noted", { time }) })
}
