// @ts-check
// Photos follow the words: smallest first, in parts, from wherever the last attempt ended.
import { say } from "./broadcast.js"
import { sha256 } from "./bytes.js"
import { dropPhoto, isWhole, markPhoto, readPhoto } from "./chunks.js"
import { read } from "./db.js"
import { Stop } from "./stop.js"
import { identity } from "./identity.js"
import { outcomeOf } from "./outcome.js"
import { ask, askJson } from "./request.js"

/** @typedef {import("./types.js").Photo} Photo */
/** @typedef {import("./types.js").Identity} Identity */

const LEAST_PART = 48 * 1024
const MOST_PART = 512 * 1024
const SLOW_MS = 8_000

/**
 * The next part's size: twice as much while a part takes less than half the time we allow it,
 * half as much when it takes longer. Pure.
 * @param {number} size
 * @param {number} tookMs
 * @param {number} most
 */
export function nextPart(size, tookMs, most) {
  if (tookMs > SLOW_MS) size /= 2
  else if (tookMs < SLOW_MS / 2) size *= 2
  return Math.min(Math.max(Math.round(size), LEAST_PART), MOST_PART, most)
}

/**
 * Photos whose words have arrived and which have not arrived themselves, smallest first. Pure.
 * @param {import("./types.js").Change[]} changes
 * @param {Photo[]} photos
 */
export function queue(changes, photos) {
  const named = new Set(
    changes.filter(({ receipt }) => receipt).flatMap((change) => change.photos.map((p) => p.sha256)),
  )
  return photos
    .filter(({ sha256: name, state, is_here }) => state === "waiting" && is_here && named.has(name))
    .sort((a, b) => a.bytes - b.bytes)
}

/**
 * Sends every photo that is due. One that is refused is laid aside; the others go on.
 * @param {string} owner
 * @param {{ photo_bytes?: number, part_bytes?: number }} limits
 * @param {(left: number) => void} told
 */
export async function sendPhotos(owner, limits, told) {
  const who = await identity(owner)
  if (!who) return
  const { changes, photos } = await read(owner, ["changes", "photos"], async (tx) => ({
    changes: await tx.objectStore("changes").getAll(),
    photos: await tx.objectStore("photos").getAll(),
  }))
  const due = queue(changes, photos)
  let part = LEAST_PART * 2
  for (const [i, photo] of due.entries()) {
    told(due.length - i)
    part = await sendPhoto(owner, who, photo, part, limits.part_bytes ?? MOST_PART)
    say({ type: "outbox" })
  }
  await clear(owner)
}

/**
 * @param {string} owner
 * @param {Identity} who
 * @param {Photo} photo
 * @param {number} part
 * @param {number} most
 * @returns {Promise<number>} the size of part that suits this line
 */
async function sendPhoto(owner, who, photo, part, most) {
  const found = await readPhoto(owner, photo.sha256)
  if (!found) {
    await markPhoto(owner, photo.sha256, { state: "missing", is_here: false })
    return part
  }
  const { sha256: name, bytes, type } = photo
  const offer = await askJson(who, "/sync/v1/photos", { v: 1, sha256: name, bytes, type })
  let at = await told(owner, name, offer, photo.offset)
  for (let turns = 0; at < bytes && turns < 2_000; turns += 1) {
    const piece = found.bytes.slice(at, at + part)
    const began = performance.now()
    const answer = await ask(who, "PATCH", `/sync/v1/photos/${name}`, {
      body: piece,
      headers: {
        "Content-Type": "application/octet-stream",
        "Upload-Offset": String(at),
        "Upload-Checksum": `sha256 ${await sha256(piece)}`,
      },
      patience: 30_000,
    })
    part = nextPart(part, performance.now() - began, most)
    at = await told(owner, name, answer, at)
  }
  return part
}

/**
 * Where to go on after an answer about a photo; infinity when nothing is left to send now.
 * @param {string} owner
 * @param {string} name
 * @param {import("./types.js").Answer} answer
 * @param {number} at where the part began
 */
async function told(owner, name, answer, at) {
  const { act } = outcomeOf(answer)
  if (act === "offset" || act === "checksum" || act === "go") {
    const { state, offset = at, reason = "" } = answer.json
    if (state === "stored") await markPhoto(owner, name, { state: "stored", reason: "" })
    if (state === "refused") await markPhoto(owner, name, { state: "refused", reason })
    if (state === "stored" || state === "refused") return Infinity
    await markPhoto(owner, name, { offset })
    return offset
  }
  if (act === "restart") {
    // The server threw the parts away. Ours are looked at again; the next exchange begins at 0.
    await isWhole(owner, name)
    await markPhoto(owner, name, { offset: 0 })
    return Infinity
  }
  if (act === "malformed" || act === "halve") {
    await markPhoto(owner, name, { state: "refused", reason: answer.json?.error ?? "" })
    return Infinity
  }
  throw new Stop(outcomeOf(answer))
}

/**
 * Takes bytes off the phone that are with the server for good, together with every change that
 * names them.
 * @param {string} owner
 */
async function clear(owner) {
  const who = await identity(owner)
  const { changes, photos, drafts } = await read(owner, ["changes", "photos", "drafts"], async (tx) => ({
    changes: /** @type {import("./types.js").Change[]} */ (await tx.objectStore("changes").getAll()),
    photos: /** @type {Photo[]} */ (await tx.objectStore("photos").getAll()),
    drafts: /** @type {import("./types.js").Draft[]} */ (await tx.objectStore("drafts").getAll()),
  }))
  const open = changes.filter(
    ({ receipt, device, n }) => !receipt || (device === who?.device && n > who.durable),
  )
  const needed = new Set([...open, ...drafts].flatMap((one) => one.photos.map((p) => p.sha256)))
  for (const { sha256: name, state, is_here } of photos) {
    if (is_here && state === "stored" && !needed.has(name)) await dropPhoto(owner, name)
  }
}
