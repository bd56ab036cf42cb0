// @ts-check
// Exchanges the plain file fields for a tray: pictures are made small, kept on the phone, and shown.
import { prepared } from "/static/sync/photo.js"
import { concernForm } from "../lib/concern-form.js"
import { blank, part } from "../lib/dom.js"

/** @typedef {import("../lib/concern-form.js").ConcernForm} ConcernForm */
/** @typedef {import("../lib/concerns.js").KeptPhoto} KeptPhoto */

const MOST = 3
const MOST_BYTES = 12 * 1024 * 1024

/** @param {HTMLFormElement} form */
export default async function photoTray(form) {
  const kept = concernForm(form)
  const fields = part("photo-fields", form)
  const tray = part("tray", form)
  const input = /** @type {HTMLInputElement | null} */ (tray?.querySelector("input[type=file]"))
  if (!fields || !tray || !input) return
  try {
    await kept.ready
  } catch {
    return
  }
  fields.remove()
  tray.hidden = false
  kept.addEventListener("photos", () => draw(kept, tray))
  draw(kept, tray)
  let queue = Promise.resolve()
  input.addEventListener("change", () => {
    // Copied before anything else happens: later the file may be gone.
    const copies = [...(input.files ?? [])].map((file) => ({ type: file.type, bytes: file.arrayBuffer() }))
    input.value = ""
    queue = queue.then(() => takeAll(kept, copies))
  })
}

/** @param {ConcernForm} kept @param {{ type: string, bytes: Promise<ArrayBuffer> }[]} copies */
async function takeAll(kept, copies) {
  complain(kept, "")
  for (const { type, bytes } of copies) {
    if (kept.photos.length >= MOST) return complain(kept, "too_many")
    try {
      kept.photos.push(await small(await bytes, type))
    } catch (fault) {
      complain(kept, /** @type {any} */ (fault).reason ?? "photo_broken")
      continue
    }
    await kept.save()
    kept.dispatchEvent(new Event("photos"))
  }
}

/**
 * The picture made small; where this browser cannot draw, as it is: the server decides.
 * @param {ArrayBuffer} bytes
 * @param {string} type
 * @returns {Promise<KeptPhoto>}
 */
async function small(bytes, type) {
  if (typeof OffscreenCanvas === "undefined" && bytes.byteLength <= MOST_BYTES) return { bytes, type }
  const made = await prepared(bytes, type)
  return { bytes: made.bytes, type: made.type }
}

/** @param {ConcernForm} kept @param {string} reason nothing: no complaint any more */
function complain(kept, reason) {
  const place = part("photo-error", kept.form)
  if (!place) return
  place.hidden = !reason
  const words = document.getElementById("blank-photo")?.dataset ?? {}
  place.lastElementChild?.replaceChildren(words[reason] ?? words.photo_broken ?? "")
}

/** @param {ConcernForm} kept @param {HTMLElement} tray */
function draw(kept, tray) {
  for (const figure of tray.querySelectorAll("figure")) {
    URL.revokeObjectURL(figure.querySelector("img")?.src ?? "")
    figure.remove()
  }
  const add = part("tray-add", tray)
  kept.photos.forEach((photo, i) => tray.insertBefore(figureOf(kept, photo, i), add))
  if (add) add.hidden = kept.photos.length >= MOST
}

/** @param {ConcernForm} kept @param {KeptPhoto} photo @param {number} i */
function figureOf(kept, photo, i) {
  const figure = blank("blank-photo")
  const image = /** @type {HTMLImageElement} */ (figure.querySelector("img"))
  const alt = document.getElementById("blank-photo")?.dataset.alt ?? ""
  image.alt = alt.replace("{n}", String(i + 1))
  image.src = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }))
  figure.querySelector("button")?.addEventListener("click", async () => {
    kept.photos = kept.photos.filter((one) => one !== photo)
    kept.dispatchEvent(new Event("photos"))
    await kept.save()
    part("tray-add", kept.form)?.querySelector("input")?.focus()
  })
  return figure
}
