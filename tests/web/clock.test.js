import assert from "node:assert/strict"
import { test } from "node:test"
import { Watch, isJump, looked, newClock, offsetOf } from "/static/sync/clock.js"

const fakeClocks = () => {
  const at = { wall: 1_000_000, monotonic: 500 }
  return { at, clocks: { wall: () => at.wall, monotonic: () => at.monotonic } }
}

test("time that passes begins no segment", () => {
  const first = looked(newClock(), 1_000)

  assert.deepEqual(looked(first, 90_000), { segment: 1, wall: 90_000 })
})

test("a reading earlier than the last one begins a segment", () => {
  const first = looked(newClock(), 90_000)

  assert.deepEqual(looked(first, 1_000), { segment: 2, wall: 1_000 })
})

test("a jump that was noticed begins a segment, forward too", () => {
  const first = looked(newClock(), 1_000)

  assert.equal(looked(first, 5_000_000, true).segment, 2)
})

test("a clock before 1970 counts like any other", () => {
  const first = looked(newClock(), -62_135_596_800_000)

  assert.equal(first.segment, 1)
  assert.equal(looked(first, -62_135_596_700_000).segment, 1)
})

test("drift of a cheap crystal is no jump, an hour is", () => {
  assert.equal(isJump(3_600_000 + 1_900, 3_600_000), false)
  assert.equal(isJump(3_600_000 + 3_700, 3_600_000), false)
  assert.equal(isJump(3_600_000 + 4_000, 3_600_000), true)
  assert.equal(isJump(-3_600_000, 1_000), true)
})

test("a jump is told once", () => {
  const { at, clocks } = fakeClocks()
  const watch = new Watch(clocks)

  at.wall += 7_200_000
  at.monotonic += 1_000

  assert.equal(watch.jumped(), true)
  assert.equal(watch.jumped(), false)
})

test("sleep, in which one clock stands still, is not compared", () => {
  const { at, clocks } = fakeClocks()
  const watch = new Watch(clocks)

  at.wall += 7_200_000
  watch.rest()
  at.wall += 60_000
  at.monotonic += 60_000

  assert.equal(watch.jumped(), false)
})

test("the offset is taken in the middle of the exchange", () => {
  assert.equal(offsetOf(1_000, 1_400, 61_200), 60_000)
})
