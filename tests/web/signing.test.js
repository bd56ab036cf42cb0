import assert from "node:assert/strict"
import { test } from "node:test"
import { authorization, isGenuine, makeKeys, publicKey, signedText } from "/static/sync/signing.js"
import { examples } from "./examples.js"

const unpack = (text) => new Uint8Array(Buffer.from(text, "base64url"))
const importKey = (text) =>
  crypto.subtle.importKey("raw", unpack(text), { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"])

for (const example of examples("signing").cases) {
  test(`signing: ${example.name}`, async () => {
    const text = await signedText(example, unpack(example.body))
    const signature = unpack(/signature=([A-Za-z0-9_-]{86})/.exec(example.header)[1])

    assert.equal(text === example.text || !example.genuine, true)
    assert.equal(await isGenuine(await importKey(example.public_key), signature, text), example.genuine)
  })
}

test("what this phone signs can be checked with the key it shows", async () => {
  const keys = await makeKeys()
  const who = { community: "c".repeat(36), device: "d".repeat(36), keys }
  const body = new TextEncoder().encode("{}")

  const { header, nonce } = await authorization(who, "POST", "/sync/v1/hello", body)

  const found = /^Lane v=1,community=(.{36}),device=(.{36}),nonce=([\w-]{22}),signature=([\w-]{86})$/.exec(header)
  const text = await signedText({ method: "POST", path: "/sync/v1/hello", ...who, nonce }, body)
  assert.equal(found[3], nonce)
  assert.ok(await isGenuine(await importKey(await publicKey(keys)), unpack(found[4]), text))
})

test("the private key cannot be taken out", async () => {
  const keys = await makeKeys()

  await assert.rejects(crypto.subtle.exportKey("pkcs8", keys.privateKey))
})
