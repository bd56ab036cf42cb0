// @ts-check
import { readPhoto } from "/static/sync/chunks.js"

/**
 * An address for a photo kept on this phone: whole, or what is left of it when it has gone its way.
 * @param {string} owner
 * @param {import("/static/sync/types.js").Photo} photo
 * @param {boolean} [isSmall] its small picture will do
 */
export async function picture(owner, photo, isSmall = true) {
  if (isSmall && photo.thumb) return addressOf(photo.thumb, "image/jpeg")
  const found = await readPhoto(owner, photo.sha256)
  if (found) return addressOf(found.bytes, photo.type)
  return photo.thumb ? addressOf(photo.thumb, "image/jpeg") : ""
}

/** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes @param {string} type */
const addressOf = (bytes, type) => URL.createObjectURL(new Blob([bytes], { type }))
