// @ts-check
// Takes pictures into the form: copied at once, made small one after the other, kept on disk before
// they are shown as kept.
import { t } from "/words.js"
import { dropPhoto, keepPhoto, readPhoto } from "/static/sync/chunks.js"
import { MAX_PHOTOS, Unusable, prepared } from "/static/sync/photo.js"
import { isFull } from "/static/sync/health.js"
import { blank, fill, part, toast } from "../lib/dom.js"
import { draftOf } from "../lib/form-draft.js"
import { ownName } from "../lib/owner.js"
import { reasonWords } from "../lib/reasons.js"
import { showState } from "../lib/state.js"

/** @typedef {import("/static/sync/types.js").PhotoRef} PhotoRef */

/** @param {HTMLFormElement} form */
export default async function photoPicker(form) {
  const draft = draftOf(form)
  const tray = part("tray", form)
  if (!tray) return
  await draft.ready
  for (const photo of draft.draft.photos) await show(form, tray, photo)
  let queue = Promise.resolve()
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=file]"))) {
    input.addEventListener("click", () => draft.save({ is_camera_open: true }))
    input.addEventListener("cancel", () => draft.save({ is_camera_open: false }))
    const take = () => {
      const files = [...(input.files ?? [])]
      // The bytes are copied before anything else happens: later the file may be gone.
      const copies = files.map((file) => ({ type: file.type, bytes: file.arrayBuffer() }))
      queue = queue.then(() => takeAll(form, tray, copies, input.dataset.role ?? "other"))
      draft.waitFor(queue)
      queue.then(() => (input.value = ""))
    }
    input.addEventListener("change", take)
    if (input.files?.length) take() // chosen before we listened
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} tray
 * @param {{ type: string, bytes: Promise<ArrayBuffer> }[]} copies
 * @param {string} role
 */
async function takeAll(form, tray, copies, role) {
  const draft = draftOf(form)
  for (const { type, bytes } of copies) {
    if (draft.draft.photos.length >= MAX_PHOTOS) {
      toast(t("At most {max} photos each. Add the others after sending.", { max: MAX_PHOTOS }))
      break
    }
    const figure = place(form, tray)
    try {
      const photo = await prepared(await bytes, type)
      const kept = { ...(await keepPhoto(await ownName(), photo)), role }
      figure.remove()
      const isNew = !draft.draft.photos.some(({ sha256 }) => sha256 === kept.sha256)
      if (!isNew) continue
      await draft.save({ is_camera_open: false, photos: [...draft.draft.photos, kept] })
      await show(form, tray, kept)
    } catch (fault) {
      figure.remove()
      toast(refusal(fault))
    }
  }
  await draft.save({ is_camera_open: false })
}

/** @param {any} fault */
function refusal(fault) {
  if (fault instanceof Unusable) return reasonWords(fault.reason)
  if (isFull(fault)) {
    return t("The phone is full and this photo does not fit; your words are safe. Delete some old videos and take it again.")
  }
  return t("This photo cannot be opened; choose another or take it again.")
}

/** @param {HTMLFormElement} form @param {HTMLElement} tray */
function place(form, tray) {
  const figure = blank("blank-photo")
  showState(part("state", figure), "sending", "", t("Keeping it"))
  tray.insertBefore(figure, part("tray-add", form))
  return figure
}

/** @param {HTMLFormElement} form @param {HTMLElement} tray @param {PhotoRef} photo */
async function show(form, tray, photo) {
  const owner = await ownName()
  const found = await readPhoto(owner, photo.sha256)
  const figure = blank("blank-photo")
  const image = /** @type {HTMLImageElement} */ (figure.querySelector("img"))
  const count = tray.querySelectorAll("figure").length + 1
  image.alt = t("Photo {n}; tap to take it out", { n: count })
  figure.dataset.sha256 = photo.sha256
  if (found) image.src = URL.createObjectURL(new Blob([found.bytes], { type: found.photo.type }))
  showState(part("state", figure), found ? "saved" : "attention", "", found ? t("Kept") : t("Missing"))
  figure.className = `photo is-${found ? "saved" : "attention"}`
  figure.querySelector("button")?.addEventListener("click", () => remove(form, figure, photo))
  tray.insertBefore(figure, part("tray-add", form))
  countPhotos(form)
}

/** @param {HTMLFormElement} form */
function countPhotos(form) {
  const n = form.querySelectorAll("figure[data-sha256]").length
  fill(form, { "photo-count": t("{n} of {max} photos", { n, max: MAX_PHOTOS }) })
}

/** @param {HTMLFormElement} form @param {HTMLElement} figure @param {PhotoRef} photo */
async function remove(form, figure, photo) {
  const { ask } = await import("../lib/ask.js")
  const words = t("Delete this photo? The original goes too and cannot be brought back.")
  if (!(await ask(words, { yes: t("Delete it"), no: t("Keep the photo") }))) return
  const draft = draftOf(form)
  figure.remove()
  countPhotos(form)
  part("tray-add", form)?.querySelector("input")?.focus()
  await draft.save({ photos: draft.draft.photos.filter(({ sha256 }) => sha256 !== photo.sha256) })
  await dropPhoto(await ownName(), photo.sha256, true)
}
