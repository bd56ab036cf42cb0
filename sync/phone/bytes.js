// @ts-check
// Bytes as text and back, hashes, and names made here.

const encoder = new TextEncoder()

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export const utf8 = (text) => /** @type {Uint8Array<ArrayBuffer>} */ (encoder.encode(text))

/** @param {ArrayBuffer | Uint8Array} bytes */
export function hex(bytes) {
  let text = ""
  for (const byte of new Uint8Array(bytes)) text += byte.toString(16).padStart(2, "0")
  return text
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function unhex(text) {
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/** @param {ArrayBuffer | Uint8Array} bytes */
export function base64(bytes) {
  let text = ""
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte)
  return btoa(text)
}

/** base64url without padding. @param {ArrayBuffer | Uint8Array} bytes */
export const base64url = (bytes) =>
  base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")

/** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes */
export const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes))

/** @param {Uint8Array[]} parts @returns {Uint8Array<ArrayBuffer>} */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** 16 random bytes as they stand in a request. */
export const nonce = () => base64url(crypto.getRandomValues(new Uint8Array(16)))

/** A name for a record: UUIDv7. Its time part only keeps neighbours together; nobody reads it. */
export function recordId(wall = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const ms = BigInt(Math.max(0, wall))
  for (let i = 0; i < 6; i += 1) bytes[i] = Number((ms >> BigInt(8 * (5 - i))) & 255n)
  bytes[6] = (bytes[6] & 15) | 0x70
  bytes[8] = (bytes[8] & 63) | 0x80
  return hex(bytes).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5")
}

/** Gzip where the browser can; null where it cannot. @param {Uint8Array<ArrayBuffer>} bytes */
export async function gzip(bytes) {
  if (typeof CompressionStream === "undefined") return null
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}
