// @ts-check
// The photos of one report: those on this phone at once, the others by a signed request.
import { t } from "/words.js"
import { photosOf } from "/static/sync/chunks.js"
import { identity } from "/static/sync/identity.js"
import { page } from "/static/sync/pack.js"
import { picture } from "./picture.js"

/** @param {HTMLElement} tray @param {string} owner @param {{ sha256: string, state?: string }[]} photos */
export async function showPhotos(tray, owner, photos) {
  const kept = new Map((await photosOf(owner)).map((photo) => [photo.sha256, photo]))
  const shown = new Set([...tray.children].map((figure) => figure.getAttribute("data-sha256")))
  tray.querySelector(".note")?.remove()
  let isLeft = false
  for (const [i, { sha256 }] of photos.entries()) {
    if (shown.has(sha256)) continue
    const image = document.createElement("img")
    image.alt = t("Picture {n}", { n: i + 1 })
    const own = kept.get(sha256)
    const address = own ? await picture(owner, own, false) : await fetched(owner, sha256)
    if (!address) {
      isLeft = true
      continue
    }
    image.src = address
    const figure = document.createElement("figure")
    figure.className = "photo photo--wide"
    figure.dataset.sha256 = sha256
    figure.append(image)
    tray.append(figure)
  }
  if (isLeft) tray.append(note(t("The photo is with the community; it shows with a network.")))
}

/** @param {string} words */
function note(words) {
  const told = document.createElement("p")
  told.className = "note"
  told.textContent = words
  return told
}

/** @param {string} owner @param {string} name */
async function fetched(owner, name) {
  const who = await identity(owner)
  const bytes = who ? await page(owner, `/media/${who.community}/${name}.jpg`).catch(() => null) : null
  return bytes ? URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" })) : ""
}
