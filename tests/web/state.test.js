import assert from "node:assert/strict"
import { test } from "node:test"
import { itemOf, tallied } from "/static/sync/state.js"

const change = (more = {}) => ({ receipt: null, trouble: "", replaced_by: "", settled_wall: 0, ...more })
const applied = { n: 1, verdict: "applied", number: "0318-19" }
const photo = (state) => ({ state })
const stateOf = (one, photos = [], isSending = false) => itemOf(one, photos, isSending).state

test("a thing is saved, sending, then delivered", () => {
  assert.equal(stateOf(change()), "saved")
  assert.equal(stateOf(change(), [], true), "sending")
  assert.equal(stateOf(change({ receipt: applied })), "delivered")
})

test("never delivered before its receipt, whatever its photos say", () => {
  assert.equal(stateOf(change(), [photo("stored")]), "saved")
})

test("words first: while photos are on their way the words have arrived", () => {
  const one = itemOf(change({ receipt: applied }), [photo("stored"), photo("waiting")], false)

  assert.equal(one.state, "text_ok")
  assert.deepEqual([one.k, one.n], [2, 3])
})

test("a refusal needs its author, until a new change answers it", () => {
  const refused = { n: 1, verdict: "rejected", reason: "place_missing" }

  assert.equal(stateOf(change({ receipt: refused })), "attention")
  assert.equal(itemOf(change({ receipt: refused }), [], false).trouble, "place_missing")
  assert.equal(stateOf(change({ receipt: refused, replaced_by: "u2" })), "delivered")
})

test("what others decide needs nothing from the author", () => {
  for (const verdict of ["superseded", "conflict", "parked", "quarantined"]) {
    assert.equal(stateOf(change({ receipt: { n: 1, verdict } })), "delivered", verdict)
  }
})

test("a photo that was refused or is gone is shown", () => {
  assert.equal(itemOf(change({ receipt: applied }), [photo("refused")], false).trouble, "photo_refused")
  assert.equal(itemOf(change(), [photo("missing")], false).trouble, "photo_missing")
})

test("the chip counts what waits and what needs somebody", () => {
  const items = [
    itemOf(change(), [], false),
    itemOf(change({ trouble: "too_large" }), [], false),
    itemOf(change({ receipt: applied, settled_wall: 70 }), [], false),
    itemOf(change({ receipt: applied, settled_wall: 90 }), [photo("waiting")], false),
  ]

  assert.deepEqual(tallied(items), { waiting: 2, attention: 1, delivered_wall: 90 })
})
