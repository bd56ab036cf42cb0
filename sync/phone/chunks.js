// @ts-check
// Photos on disk, in pieces small enough to stay inside the database: larger values are put into
// loose files that cleaners delete, and whole Blobs are lost by some browsers.
import { joined, sha256 } from "./bytes.js"
import { read, write } from "./db.js"

/** @typedef {import("./types.js").Photo} Photo */
/** @typedef {import("./types.js").PhotoRef} PhotoRef */

export const CHUNK = 48 * 1024

/** @param {string} name */
const allOf = (name) => IDBKeyRange.bound([name, 0], [name, Infinity])

/**
 * Stores a photo and says its name. The same photo twice is one photo.
 * @param {string} owner
 * @param {{ bytes: ArrayBuffer, type: string, thumb: ArrayBuffer | null }} photo
 * @returns {Promise<PhotoRef>}
 */
export async function keepPhoto(owner, { bytes, type, thumb }) {
  const name = await sha256(bytes)
  const count = Math.ceil(bytes.byteLength / CHUNK)
  await write(owner, ["photos", "chunks"], async (tx) => {
    const photos = tx.objectStore("photos")
    const before = await photos.get(name)
    const chunks = tx.objectStore("chunks")
    for (let i = 0; i < count; i += 1) {
      await chunks.put(bytes.slice(i * CHUNK, (i + 1) * CHUNK), [name, i])
    }
    /** @type {Photo} */
    const photo = {
      sha256: name,
      bytes: bytes.byteLength,
      type,
      chunks: count,
      state: before?.state === "stored" ? "stored" : "waiting",
      offset: before?.offset ?? 0,
      reason: "",
      kept_wall: Date.now(),
      thumb,
      is_here: true,
    }
    await photos.put(photo)
  })
  if (!(await isWhole(owner, name))) throw new Error("the photo did not stay on disk")
  return { sha256: name, bytes: bytes.byteLength, type, role: "other" }
}

/**
 * A photo's bytes, or null when pieces are missing.
 * @param {string} owner
 * @param {string} name
 * @returns {Promise<{ photo: Photo, bytes: Uint8Array<ArrayBuffer> } | null>}
 */
export async function readPhoto(owner, name) {
  const found = await read(owner, ["photos", "chunks"], async (tx) => ({
    photo: /** @type {Photo | undefined} */ (await tx.objectStore("photos").get(name)),
    pieces: await tx.objectStore("chunks").getAll(allOf(name)),
  }))
  if (!found.photo || found.pieces.length !== found.photo.chunks) return null
  const bytes = joined(found.pieces.map((piece) => new Uint8Array(piece)))
  return bytes.length === found.photo.bytes ? { photo: found.photo, bytes } : null
}

/**
 * True when what lies on disk still has the name it was given; otherwise it is marked missing.
 * @param {string} owner
 * @param {string} name
 */
export async function isWhole(owner, name) {
  const found = await readPhoto(owner, name)
  if (found && (await sha256(found.bytes)) === name) return true
  await markPhoto(owner, name, { state: "missing", is_here: false })
  return false
}

/**
 * Those whose pieces are not all there.
 * @param {string} owner
 * @param {PhotoRef[]} photos
 */
export const notHere = (owner, photos) =>
  read(owner, ["photos", "chunks"], async (tx) => {
    const gone = []
    for (const photo of photos) {
      const kept = await tx.objectStore("photos").get(photo.sha256)
      const count = await tx.objectStore("chunks").count(allOf(photo.sha256))
      if (!kept || count !== kept.chunks) gone.push(photo)
    }
    return gone
  })

/** @param {string} owner @param {string} name @param {Partial<Photo>} news */
export const markPhoto = (owner, name, news) =>
  write(owner, ["photos"], async (tx) => {
    const photos = tx.objectStore("photos")
    const before = await photos.get(name)
    if (before) await photos.put({ ...before, ...news })
  })

/**
 * Takes a photo's bytes off the phone; its small picture and its story stay unless `whole`.
 * @param {string} owner
 * @param {string} name
 * @param {boolean} [whole]
 */
export const dropPhoto = (owner, name, whole = false) =>
  write(owner, ["photos", "chunks"], async (tx) => {
    await tx.objectStore("chunks").delete(allOf(name))
    const photos = tx.objectStore("photos")
    const before = await photos.get(name)
    if (whole) await photos.delete(name)
    else if (before) await photos.put({ ...before, is_here: false })
  })

/** @param {string} owner @returns {Promise<Photo[]>} */
export const photosOf = (owner) =>
  read(owner, ["photos"], (tx) => tx.objectStore("photos").getAll())
