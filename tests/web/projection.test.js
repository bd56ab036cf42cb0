import assert from "node:assert/strict"
import { test } from "node:test"
import { project, roundsOf, seenBy } from "/static/sync/projection.js"
import { itemOf } from "/static/sync/state.js"
import { examples } from "./examples.js"

const { cases, device } = examples("projection")

/** @param {any} told */
const item = (told) => itemOf({ receipt: null, replaced_by: "", seq: 0, photos: [], trouble: "", device, seen: {}, ...told }, [], false)
/** @param {any[]} told */
const row = ([scope, kind, id, seq, value]) => ({ scope, kind, id, seq, row: value, is_stale: false })

for (const { name, rows, changes, upto, sees } of cases) {
  test(`projection: ${name}`, () => {
    const found = project({ rows: rows.map(row), upto, items: changes.map(item) })

    assert.deepEqual([...found.keys()].sort(), Object.keys(sees).sort())
    for (const [id, wanted] of Object.entries(sees)) {
      const record = found.get(id)
      for (const [field, value] of Object.entries(wanted.now)) assert.deepEqual(record.now[field], value, field)
      assert.equal(record.over.length, wanted.over)
      assert.equal(record.row === null, wanted.is_pending)
    }
  })
}

const OTHER = "11111111-1111-4111-8111-111111111111"
const told = (stamps) => row(["me:m", "report", "r1", 5, { id: "r1", state: "screening", stamps }])

test("a correction says which values were on the screen, its own left out", () => {
  const stamps = { words: `000000000000ffff.${OTHER}.7`, spot: `000000000000ffff.${device}.3` }
  const found = project({ rows: [told(stamps)], upto: 9, items: [] })

  assert.deepEqual(seenBy(found.get("r1"), ["words", "spot", "level"], device), { words: stamps.words })
})

test("over its own waiting correction a phone has nothing to say about what it saw", () => {
  const stamps = { words: `000000000000ffff.${OTHER}.7`, spot: `000000000000ffff.${OTHER}.8` }
  const waiting = item({ kind: "report.corrected@1", about: "r1", n: 1, wall: 1, body: { words: "两盏" } })
  const found = project({ rows: [told(stamps)], upto: 9, items: [waiting] })

  assert.deepEqual(seenBy(found.get("r1"), ["words", "spot"], device), { spot: stamps.spot })
})

test("the rounds of a day stand by place and period", () => {
  const walked = (about, period, day) =>
    item({ kind: "patrol.walked@1", about, n: 1, wall: 1, body: { place: "p", period, day, marks: {} } })
  const items = [walked("a", "early", "2026-03-18"), walked("b", "midday", "2026-03-17")]
  const rounds = roundsOf(project({ rows: [], upto: 0, items }).values(), "2026-03-18")

  assert.deepEqual([...rounds.keys()], ["p early"])
})

test("who walked a place after all is not shown as one who could not go", () => {
  const told = (kind, about, n) =>
    item({ kind, about, n, wall: n, body: { place: "p", period: "early", day: "2026-03-18", reason: "family" } })
  const items = [told("patrol.walked@1", "a", 1), told("patrol.excused@1", "b", 2)]
  const rounds = roundsOf(project({ rows: [], upto: 0, items }).values(), "2026-03-18")

  assert.equal(rounds.get("p early").id, "a")
})
