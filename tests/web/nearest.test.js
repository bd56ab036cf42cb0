import assert from "node:assert/strict"
import { test } from "node:test"
import { distance, lettersOf, metresFrom } from "/static/js/lib/nearest.js"

const lane = { line: [[0, 0], [60, 8], [120, 0]], isArea: false }
const compound = { line: [[-40, 20], [0, 20], [0, 60], [-40, 60]], isArea: true }

test("a position on earth is so many metres east and north of the old well", () => {
  const [east, north] = metresFrom({ latitude: 25.901, longitude: 117.401 }, [25.9, 117.4])

  assert.ok(Math.abs(north - 111.3) < 0.1)
  assert.ok(Math.abs(east - 100.1) < 0.1)
})

test("a lane is as far as its nearest stretch", () => {
  assert.equal(distance([60, 8], lane), 0)
  assert.ok(Math.abs(distance([30, 104], lane) - 99.12) < 0.1)
  assert.equal(distance([-30, -40], lane), 50)
})

test("a compound is no distance from inside, and its wall from outside", () => {
  assert.equal(distance([-20, 40], compound), 0)
  assert.equal(distance([-50, 40], compound), 10)
})

test("a place of one point has a distance too", () => {
  assert.equal(distance([3, 4], { line: [[0, 0]], isArea: false }), 5)
})

test("a plate's code is read however it is written, also out of its square code", () => {
  for (const typed of ["SQ-L02", "sq l02", "ＳＱ－Ｌ０２", "https://lanes.example.org/l/SQ-L02?from=plate"]) {
    assert.equal(lettersOf(typed), "SQL02")
  }
})
