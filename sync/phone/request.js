// @ts-check
// One request, with a time limit that covers the answer's body too: on a dead line nothing ever ends
// by itself.
import { gzip, utf8 } from "./bytes.js"
import { authorization } from "./signing.js"

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {{ community: string, device: string, keys: CryptoKeyPair | null }} Who */

const PATIENCE_MS = 20_000
const WORTH_PACKING = 1_024
const NOTHING = new Uint8Array(0)

/** Nobody answered, or not in time. */
export class Unreachable extends Error {}

/**
 * @param {string} path
 * @param {RequestInit} init
 * @param {number} patience
 * @returns {Promise<Answer>} `is_ours` is for the caller to judge by the nonce
 */
async function fetched(path, init, patience) {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), patience)
  try {
    const answer = await fetch(path, {
      ...init,
      signal: limit.signal,
      credentials: "omit",
      cache: "no-store",
      redirect: "manual",
    })
    const bytes = await answer.arrayBuffer()
    const is_json = (answer.headers.get("Content-Type") ?? "").startsWith("application/json")
    const json = is_json ? parsed(bytes) : null
    return { status: answer.status, json, bytes, headers: answer.headers, is_ours: false }
  } catch (fault) {
    throw new Unreachable(String(fault))
  } finally {
    clearTimeout(timer)
  }
}

/** @param {ArrayBuffer} bytes */
function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}

/**
 * A signed request. The answer is ours when it bears our nonce and, unless a page is asked for, is
 * JSON; anything else came from somebody on the way.
 * @param {Who} who
 * @param {string} method
 * @param {string} path
 * @param {{ body?: Uint8Array<ArrayBuffer>, headers?: Record<string, string>, pack?: boolean,
 *   page?: boolean, patience?: number }} [how]
 */
export async function ask(who, method, path, how = {}) {
  /** @type {Record<string, string>} */
  const headers = { ...how.headers }
  let body = how.body ?? NOTHING
  if (how.pack && body.length > WORTH_PACKING) {
    const packed = await gzip(body)
    if (packed) {
      body = packed
      headers["Content-Encoding"] = "gzip"
    }
  }
  const signed = await authorization(who, method, path, body)
  headers.Authorization = signed.header
  const init = { method, headers, body: method === "GET" ? undefined : body }
  const answer = await fetched(path, init, how.patience ?? PATIENCE_MS)
  const is_known = answer.headers.get("Lane-Nonce") === signed.nonce
  return { ...answer, is_ours: is_known && (how.page || answer.json !== null) }
}

/** A signed request with a JSON body. @param {Who} who @param {string} path @param {any} value */
export const askJson = (who, path, value) =>
  ask(who, "POST", path, {
    body: utf8(JSON.stringify(value)),
    headers: { "Content-Type": "application/json" },
  })

/** An unsigned request with a JSON body: only enrolment. @param {string} path @param {any} value */
export async function tell(path, value) {
  const init = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(value),
  }
  const answer = await fetched(path, init, PATIENCE_MS)
  return { ...answer, is_ours: answer.json !== null && typeof answer.json === "object" }
}
