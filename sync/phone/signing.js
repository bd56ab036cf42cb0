// @ts-check
// Proof of which phone asks: ECDSA P-256 over what is asked and the bytes sent with it.
import { base64url, nonce, sha256, utf8 } from "./bytes.js"

const CURVE = { name: "ECDSA", namedCurve: "P-256" }
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" }

/** A key that never leaves this browser. @returns {Promise<CryptoKeyPair>} */
export const makeKeys = () => crypto.subtle.generateKey(CURVE, false, ["sign", "verify"])

/** The public half as the server wants it. @param {CryptoKeyPair} keys */
export const publicKey = async (keys) =>
  base64url(await crypto.subtle.exportKey("raw", keys.publicKey))

/**
 * The text that is signed.
 * @param {{ method: string, path: string, community: string, device: string, nonce: string }} ask
 * @param {Uint8Array<ArrayBuffer>} body
 */
export const signedText = async (ask, body) =>
  [
    "lane-1",
    ask.method.toUpperCase(),
    ask.path,
    ask.community,
    ask.device,
    ask.nonce,
    await sha256(body),
  ].join("\n")

/**
 * The Authorization header of one request, and the nonce its answer must bear.
 * @param {{ community: string, device: string, keys: CryptoKeyPair | null }} who
 * @param {string} method
 * @param {string} path
 * @param {Uint8Array<ArrayBuffer>} body
 */
export async function authorization(who, method, path, body) {
  const ask = { method, path, community: who.community, device: who.device, nonce: nonce() }
  const text = utf8(await signedText(ask, body))
  if (!who.keys) throw new Error("this phone has no key any more")
  const signature = base64url(await crypto.subtle.sign(SIGNATURE, who.keys.privateKey, text))
  const header = `Lane v=1,community=${ask.community},device=${ask.device},nonce=${ask.nonce},signature=${signature}`
  return { header, nonce: ask.nonce }
}

/**
 * @param {CryptoKey} key
 * @param {Uint8Array<ArrayBuffer>} signature
 * @param {string} text
 */
export const isGenuine = (key, signature, text) =>
  crypto.subtle.verify(SIGNATURE, key, signature, utf8(text))
