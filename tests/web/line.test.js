import assert from "node:assert/strict"
import { test } from "node:test"
import { recordId, unhex, utf8 } from "/static/sync/bytes.js"
import { clean, line, link } from "/static/sync/line.js"
import { examples } from "./examples.js"

for (const { name, chain, lines, chains } of examples("chain").cases) {
  test(`chain: ${name}`, async () => {
    let now = chain

    for (const [i, text] of lines.entries()) {
      now = await link(now, utf8(text))

      assert.equal(now, chains[i])
    }
  })
}

test("a frozen line is one line, and says what the protocol says", () => {
  const text = line({
    kind: "report.filed@1",
    about: "018f2b6c-7d31-7a55-9c1e-3f1d2a4b5c6d",
    segment: 3,
    wall: 1795500100000,
    zone: 480,
    body: { words: "第一行\n第二行" },
  })

  assert.equal(
    text,
    '{"k":"report.filed@1","o":"018f2b6c-7d31-7a55-9c1e-3f1d2a4b5c6d","t":[3,1795500100000,480],"b":{"words":"第一行\\n第二行"}}',
  )
})

test("what was seen stands in the line only when something was", () => {
  const fact = { kind: "a.b@1", about: "x", segment: 1, wall: 0, zone: 0, body: {} }

  assert.ok(!line({ ...fact, seen: {} }).includes("seen"))
  assert.ok(line({ ...fact, seen: { words: "stamp" } }).includes('"seen":{"words":"stamp"}'))
})

test("words lose what no text may hold, and nothing else", () => {
  assert.equal(clean(" 灯\0不亮\ud83d 😀\ude00 "), "灯不亮\ufffd 😀\ufffd")
  assert.deepEqual(clean({ words: " a ", marks: { bins: "ok" }, photos: [{ bytes: 3 }] }), {
    words: "a",
    marks: { bins: "ok" },
    photos: [{ bytes: 3 }],
  })
})

test("a record's name is a UUIDv7", () => {
  const id = recordId(1795500100000)

  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(parseInt(id.replace("-", "").slice(0, 12), 16), 1795500100000)
})

test("a clock before 1970 still names records", () => {
  assert.match(recordId(-62135596800000), /^00000000-0000-7/)
})

test("hex goes both ways", () => {
  assert.deepEqual([...unhex("00ff10")], [0, 255, 16])
})
