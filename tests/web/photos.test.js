import assert from "node:assert/strict"
import { test } from "node:test"
import { STEPS, fitted } from "/static/sync/photo.js"
import { nextPart, queue } from "/static/sync/photos.js"

const KiB = 1024

test("parts grow on a quick line and shrink on a slow one, within their limits", () => {
  assert.equal(nextPart(96 * KiB, 900, 512 * KiB), 192 * KiB)
  assert.equal(nextPart(96 * KiB, 5_000, 512 * KiB), 96 * KiB)
  assert.equal(nextPart(96 * KiB, 9_000, 512 * KiB), 48 * KiB)
  assert.equal(nextPart(48 * KiB, 60_000, 512 * KiB), 48 * KiB)
  assert.equal(nextPart(512 * KiB, 100, 512 * KiB), 512 * KiB)
  assert.equal(nextPart(512 * KiB, 100, 100 * KiB), 100 * KiB)
})

const photo = (sha256, bytes, more = {}) => ({ sha256, bytes, state: "waiting", is_here: true, ...more })
const naming = (names, receipt = { verdict: "applied" }) => ({
  receipt,
  photos: names.map((sha256) => ({ sha256 })),
})

test("photos follow the words, smallest first", () => {
  const changes = [naming(["a", "b"]), naming(["c"], null)]
  const photos = [photo("a", 900), photo("b", 100), photo("c", 1)]

  assert.deepEqual(queue(changes, photos).map(({ sha256 }) => sha256), ["b", "a"])
})

test("what arrived, was refused or is gone is not sent", () => {
  const changes = [naming(["a", "b", "c", "d"])]
  const photos = [
    photo("a", 1, { state: "stored" }),
    photo("b", 1, { state: "refused" }),
    photo("c", 1, { is_here: false }),
    photo("d", 1),
  ]

  assert.deepEqual(queue(changes, photos).map(({ sha256 }) => sha256), ["d"])
})

test("a photo two reports share is sent once", () => {
  assert.equal(queue([naming(["a"]), naming(["a"])], [photo("a", 5)]).length, 1)
})

test("pictures keep their shape and never grow", () => {
  assert.deepEqual(fitted(4000, 3000, 1600), { width: 1600, height: 1200 })
  assert.deepEqual(fitted(3000, 4000, 1600), { width: 1200, height: 1600 })
  assert.deepEqual(fitted(640, 480, 1600), { width: 640, height: 480 })
  assert.deepEqual(fitted(9000, 1, 1600), { width: 1600, height: 1 })
})

test("each step of shrinking asks for less than the one before", () => {
  for (let i = 1; i < STEPS.length; i += 1) {
    const [side, quality] = STEPS[i]
    assert.ok(side < STEPS[i - 1][0] || quality < STEPS[i - 1][1])
  }
})
