// @ts-check
// The line a change is for ever, and how lines are chained. Pure.
import { joined, sha256, unhex } from "./bytes.js"

export const MAX_BYTES = 16 * 1024

/** The words are too many for one change. */
export class TooLong extends Error {}

/** The next value of a chain. @param {string} chain @param {ArrayBuffer | Uint8Array} raw */
export const link = async (chain, raw) => sha256(joined([unhex(chain), new Uint8Array(raw)]))

/**
 * Words as the server can take them: what no text may hold is replaced, spaces around go.
 * @param {any} value
 * @returns {any}
 */
export function clean(value) {
  if (typeof value === "string") {
    return value
      .replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, (found) =>
        found.length === 2 ? found : "\uFFFD",
      )
      .replaceAll("\0", "")
      .trim()
  }
  if (Array.isArray(value)) return value.map(clean)
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, clean(held)]))
  }
  return value
}

/**
 * The line a change is for ever.
 * @param {{ kind: string, about: string, segment: number, wall: number, zone: number,
 *   seen?: Record<string, string>, body: Record<string, any> }} fact
 */
export function line({ kind, about, segment, wall, zone, seen, body }) {
  const has_seen = seen && Object.keys(seen).length
  return JSON.stringify({
    k: kind,
    o: about,
    t: [segment, wall, zone],
    ...(has_seen ? { seen } : {}),
    b: body,
  })
}
