// @ts-check
// From a picture of the camera to what is kept: small, turned the right way, without where it was
// taken. One at a time, because a phone's memory is short.

export const MAX_PHOTOS = 5
const LONG_SIDE = 1600
const SMALL_SIDE = 1280
const ENOUGH = 145 * 1024
const THUMB_SIDE = 160
const KEEP_UNREAD = 4 * 1024 * 1024
/** Side and quality, the best first: the first that is small enough is taken, else the last. */
export const STEPS = [
  [LONG_SIDE, 0.72],
  [LONG_SIDE, 0.6],
  [LONG_SIDE, 0.48],
  [SMALL_SIDE, 0.56],
  [SMALL_SIDE, 0.44],
  [1024, 0.5],
  [1024, 0.38],
  [800, 0.35],
]

/** The picture cannot be used: `reason` is photo_type, photo_broken or photo_too_large. */
export class Unusable extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super(reason)
    this.reason = reason
  }
}

/**
 * The size a picture is drawn at. Pure.
 * @param {number} width
 * @param {number} height
 * @param {number} side
 */
export function fitted(width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/**
 * @param {ArrayBuffer} bytes copied out of the file at once: a File's own bytes may be gone later
 * @param {string} type
 * @returns {Promise<{ bytes: ArrayBuffer, type: string, thumb: ArrayBuffer | null }>}
 */
export async function prepared(bytes, type) {
  if (!bytes.byteLength) throw new Unusable("photo_broken")
  const picture = await decoded(bytes, type)
  if (!picture) return unread(bytes, type)
  try {
    const shrunk = await shrink(picture)
    if (!shrunk) return unread(bytes, type)
    const small = drawn(picture, THUMB_SIDE)
    const thumb = small && (await jpeg(small, 0.5))
    return { bytes: shrunk, type: "image/jpeg", thumb }
  } finally {
    picture.close()
  }
}

/** @param {ArrayBuffer} bytes @param {string} type */
async function decoded(bytes, type) {
  const blob = new Blob([bytes], { type })
  try {
    return await createImageBitmap(blob, { imageOrientation: "from-image" })
  } catch {
    return null
  }
}

/**
 * What no decoder here reads may still be a picture: kept as it is when it is small enough.
 * @param {ArrayBuffer} bytes
 * @param {string} type
 */
function unread(bytes, type) {
  if (!/^image\/(jpeg|png|webp)$/.test(type)) throw new Unusable("photo_type")
  if (bytes.byteLength > KEEP_UNREAD) throw new Unusable("photo_too_large")
  return { bytes, type, thumb: null }
}

/** @param {ImageBitmap} picture */
async function shrink(picture) {
  let best = null
  /** @type {OffscreenCanvas | null} */
  let sheet = null
  for (const [side, quality] of STEPS) {
    const { width } = fitted(picture.width, picture.height, side)
    if (sheet?.width !== width) sheet = drawn(picture, side)
    if (!sheet) return best
    best = (await jpeg(sheet, quality)) ?? best
    if (best && best.byteLength <= ENOUGH) return best
  }
  return best
}

/**
 * Drawing takes the picture's hidden data away with it. Null when the sheet came out empty.
 * @param {ImageBitmap} picture
 * @param {number} side
 */
function drawn(picture, side) {
  const { width, height } = fitted(picture.width, picture.height, side)
  const sheet = new OffscreenCanvas(width, height)
  const pen = sheet.getContext("2d", { alpha: false })
  if (!pen) return null
  pen.drawImage(picture, 0, 0, width, height)
  return isBlank(sheet) && !isBlank(picture) ? null : sheet
}

/** @param {OffscreenCanvas} sheet @param {number} quality */
async function jpeg(sheet, quality) {
  const blob = await sheet.convertToBlob({ type: "image/jpeg", quality })
  return blob.type === "image/jpeg" && blob.size ? blob.arrayBuffer() : null
}

/**
 * Some phones draw a black or white sheet when memory is short.
 * @param {OffscreenCanvas | ImageBitmap} picture
 */
function isBlank(picture) {
  const pen = new OffscreenCanvas(8, 8).getContext("2d", { alpha: false, willReadFrequently: true })
  if (!pen) return false
  pen.drawImage(picture, 0, 0, 8, 8)
  const { data } = pen.getImageData(0, 0, 8, 8)
  const first = data[0]
  return (first === 0 || first === 255) && data.every((value, i) => i % 4 === 3 || value === first)
}
