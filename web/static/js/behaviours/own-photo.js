// @ts-check
// A photo of a report in a list: as it lies on this phone, else fetched once by a signed request.
import { photosOf } from "/static/sync/chunks.js"
import { identity } from "/static/sync/identity.js"
import { page } from "/static/sync/pack.js"
import { ownName } from "../lib/owner.js"
import { picture } from "../lib/picture.js"

/** @param {HTMLImageElement} image data-sha256 */
export default async function ownPhoto(image) {
  const name = image.dataset.sha256 ?? ""
  const owner = await ownName()
  const kept = (await photosOf(owner)).find(({ sha256 }) => sha256 === name)
  const address = kept ? await picture(owner, kept) : await fetched(owner, name)
  if (address) image.src = address
}

/** @param {string} owner @param {string} name */
async function fetched(owner, name) {
  const who = await identity(owner)
  if (!who || !navigator.onLine) return ""
  const bytes = await page(owner, `/media/${who.community}/${name}.thumb.jpg`).catch(() => null)
  return bytes ? URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" })) : ""
}
