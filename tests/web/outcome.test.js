import assert from "node:assert/strict"
import { test } from "node:test"
import { batch, heldUntil, outcomeOf, pause } from "/static/sync/outcome.js"
import { examples } from "./examples.js"

/** An answer of the server itself, unless said otherwise. */
const answer = (status, json = {}, more = {}) => ({
  status,
  json,
  bytes: new ArrayBuffer(0),
  headers: new Headers(more.headers),
  is_ours: more.is_ours ?? true,
})
const acts = (...args) => outcomeOf(answer(...args)).act

test("a push that was answered is settled, anything else that went well goes on", () => {
  assert.equal(acts(200, { receipts: [] }), "settle")
  assert.equal(acts(200, { scopes: {} }), "go")
  assert.equal(acts(201, { device: "…" }), "go")
})

test("nobody's answer means later", () => {
  assert.deepEqual(outcomeOf(null), { act: "wait", why: "silent" })
})

test("a captive portal is recognised whatever it answers", () => {
  for (const status of [0, 200, 201, 301, 302, 400, 401, 403, 404, 409, 511 - 100]) {
    const { act, why } = outcomeOf(answer(status, null, { is_ours: false }))
    assert.equal(`${act} ${why}`, "wait captive", String(status))
  }
  assert.equal(acts(200, { receipts: [] }, { is_ours: false }), "wait")
})

test("only the server itself can say that a phone is unknown or its signature wrong", () => {
  assert.equal(acts(401, { error: "signature" }), "relink")
  assert.equal(acts(404, { error: "unknown_device" }), "relink")
  assert.equal(acts(401, { error: "signature" }, { is_ours: false }), "wait")
  assert.equal(acts(404, { error: "not_found" }), "missing")
  assert.equal(acts(404, null), "missing")
  assert.equal(acts(403, { error: "revoked" }), "revoked")
  assert.equal(acts(403, { error: "already_renewed" }), "relink")
})

test("the procedures of the protocol keep their figures", () => {
  assert.deepEqual(outcomeOf(answer(409, { error: "gap", expected: 7 })), { act: "gap", expected: 7 })
  assert.deepEqual(outcomeOf(answer(409, { error: "fork", agreed: 6 })), { act: "fork", agreed: 6 })
  assert.deepEqual(outcomeOf(answer(409, { error: "fork", agreed: null })), { act: "fork", agreed: null })
  assert.deepEqual(outcomeOf(answer(409, { error: "epoch", epoch: 2, acked: 40 })), {
    act: "epoch",
    epoch: 2,
    acked: 40,
  })
  assert.equal(acts(409, { error: "offset", offset: 9 }), "offset")
  assert.equal(acts(409, { error: "something new" }), "wait")
})

test("too much is halved, even when a proxy says so", () => {
  assert.equal(acts(413, { error: "too_large" }), "halve")
  assert.equal(acts(413, null, { is_ours: false }), "halve")
})

test("a busy server says how long, in its body or in its header", () => {
  assert.equal(outcomeOf(answer(503, { retry_after_s: 40 })).after_s, 40)
  assert.equal(outcomeOf(answer(429, {}, { headers: { "Retry-After": "12" } })).after_s, 12)
  assert.equal(outcomeOf(answer(503, null, { is_ours: false, headers: { "Retry-After": "9" } })).after_s, 9)
  for (const odd of ["soon", "-5", "", "NaN"]) {
    assert.equal(outcomeOf(answer(503, {}, { headers: { "Retry-After": odd } })).after_s, 0)
  }
})

test("a broken server is waited for, a broken envelope is shown", () => {
  assert.deepEqual(outcomeOf(answer(500, {})), { act: "wait", why: "server" })
  assert.deepEqual(outcomeOf(answer(502, null, { is_ours: false })), { act: "wait", why: "server" })
  assert.equal(acts(400, { error: "malformed", problem: "wrong_form" }), "malformed")
})

test("photos have outcomes of their own", () => {
  assert.equal(acts(422, { error: "photo_hash" }), "restart")
  assert.equal(acts(404, { error: "photo_unknown" }), "restart")
  assert.equal(acts(460, { error: "checksum" }), "checksum")
})

const waits = examples("waits")

for (const { name, failures, after_s, chance, wait } of waits.pauses) {
  test(`a pause: ${name}`, () => assert.equal(pause(failures, after_s, chance), wait))
}

for (const { name, wait, now, by, until } of waits.held) {
  const how = { force: by === "network", hand: by === "hand" }
  test(`a wait: ${name}`, () => assert.equal(heldUntil(wait, now, how), until))
}

test("a wait that an older edition wrote down ends for whoever presses", () => {
  assert.equal(heldUntil({ since: 1_000, until: 9_000 }, 2_000, { hand: true }), 0)
  assert.equal(heldUntil({ since: 1_000, until: 9_000 }, 2_000, {}), 9_000)
})

test("who waits for the server when it fails asks again within two minutes", () => {
  assert.ok(pause(100, 0, 0.999_999) < 120_000)
})

const change = (n, size = 100) => ({ n, raw: new ArrayBuffer(size) })

test("a push holds as many changes as there is room for, in order", () => {
  const waiting = [1, 2, 3, 4].map((n) => change(n))
  const numbers = (room) => batch(waiting, room).map(({ n }) => n)

  assert.deepEqual(numbers({ changes: 200, bytes: 1_000 }), [1, 2, 3, 4])
  assert.deepEqual(numbers({ changes: 3, bytes: 1_000 }), [1, 2, 3])
  assert.deepEqual(numbers({ changes: 200, bytes: 250 }), [1, 2])
})

test("a single change that is too large goes alone: the server says so itself", () => {
  assert.deepEqual(batch([change(1, 9_000), change(2)], { changes: 200, bytes: 100 }).length, 1)
})
