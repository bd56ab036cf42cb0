import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"
import { START, clock, enrolled, life, says, server } from "./street.js"

/** @type {ReturnType<typeof clock>} */ let time
/** @type {ReturnType<typeof server>} */ let there
/** @type {string} */ let name
/** @type {any} */ let phone

beforeEach(async () => {
  time = clock()
  there = server()
  name = await enrolled()
  phone = await life()
})
afterEach(() => time.end())

const writes = (words) =>
  phone.freeze(name, { kind: "report.added_to@1", about: "0".repeat(36), body: { words } })
const busy = (after_s, what = "push") => (path) =>
  path.endsWith(what) ? says(503, { error: "busy", retry_after_s: after_s }) : null
const kept = async () => (await phone.list(name)).map(({ change, state }) => [change.n, state]).sort()

/** How long it is, in s, until an exchange in some way asks the server again; tried every `step`. */
async function quiet(how, step = 1) {
  const before = there.heard.length
  for (let s = 0; s < 7_200; s += step) {
    await phone.exchange(how)
    if (there.heard.length > before) return s
    time.passes(step * 1_000)
  }
  return Infinity
}

test("nothing is asked before the time the server wanted, and up to half more", async () => {
  await writes("one")
  there.busy = busy(40)
  await phone.exchange()
  assert.deepEqual(there.paths(), ["hello", "push"])

  const passed = await quiet()

  assert.ok(passed >= 40 && passed <= 61, String(passed))
})

test("the wait holds over a restart, and then the same bytes go", async () => {
  await writes("one")
  there.busy = busy(40)
  await phone.exchange()
  const lines = there.heard[1].text.split("\n").slice(1)

  phone = await life()
  time.passes(39_000)
  assert.equal((await phone.exchange()).why, "busy")
  assert.equal((await phone.exchange({ force: true })).why, "busy")
  assert.equal(there.heard.length, 2)
  there.busy = () => null
  await quiet()

  assert.deepEqual(there.heard[3].text.split("\n").slice(1), lines)
  assert.deepEqual(await kept(), [[1, "delivered"]])
})

test("a bad header mutes nobody for more than an hour", async () => {
  await writes("one")
  there.busy = (path) => path.endsWith("push") && says(503, {}, { "Retry-After": "999999999" })
  await phone.exchange()

  assert.equal(await quiet({}, 60), 3_600)
})

test("a hand shortens a long wait to a minute, and then it is short for everybody", async () => {
  await writes("one")
  there.busy = busy(1_000)
  await phone.exchange()

  const { done, until } = await phone.exchange({ hand: true })
  assert.deepEqual([done, until - Date.now()], [false, 60_000])

  assert.equal(await quiet(), 60)
})

test("the network's return ends a pause of the phone's own", async () => {
  await writes("one")
  there.busy = (path) => path.endsWith("push") && says(500, {})
  for (let times = 0; times < 6; times += 1) await quiet()
  assert.ok((await phone.exchange()).until - Date.now() > 60_000)

  assert.equal(await quiet({ force: true }), 0)
})

test("who fails for an hour is back within two minutes of the server's return", async () => {
  await writes("one")
  there.busy = () => says(502, {})
  while (Date.now() < START + 3_600_000) {
    const { until } = await phone.exchange()
    time.passes(Math.max(1, until - Date.now()))
  }
  await phone.exchange()
  there.busy = () => null

  assert.ok((await quiet()) <= 120)
  assert.deepEqual(await kept(), [[1, "delivered"]])
})

test("what was taken is settled before the phone waits, and the rest follows", async () => {
  for (const words of ["one", "two", "three"]) await writes(words)
  Object.assign(there, { after_s: 8, room: 2 })
  await phone.setFact(name, "wait", { since: 0, until: 1, after_s: 0, failures: 7, why: "silent" })
  const told = await phone.exchange()

  assert.equal(told.why, "busy")
  assert.deepEqual(await kept(), [[1, "delivered"], [2, "delivered"], [3, "saved"]])
  const { failures, after_s, since, until } = await phone.fact(name, "wait")
  assert.deepEqual([failures, after_s], [0, 8])
  assert.ok(until - since >= 8_000 && until - since <= 12_000)
  assert.deepEqual(there.paths(), ["hello", "push"])
  there.after_s = 0
  assert.ok((await quiet()) >= 8)
  assert.equal(await phone.fact(name, "wait"), null)
})

test("a pull that is put off costs nothing of what was pushed", async () => {
  await writes("one")
  there.busy = busy(5, "pull")
  await phone.exchange()

  assert.deepEqual(await kept(), [[1, "delivered"]])
  assert.ok((await quiet()) >= 5)
})

test("a timer asks for news as often as the server wants, and at once when something waits", async () => {
  there.poll_s = 900
  await phone.exchange()

  const passed = await quiet({ idle: true }, 15)
  assert.ok(passed >= 900 && passed <= 915, String(passed))

  await writes("one")
  assert.equal(await quiet({ idle: true }), 0)
})

test("a clock that is set back ends a wait, and news are asked for all the same", async () => {
  await writes("one")
  there.busy = busy(1_000)
  await phone.exchange()
  time.is(START - 86_400_000)

  assert.equal(await quiet(), 0)
})

test("words stay on the phone until their photo has gone, then go when they are old", async () => {
  const month = 31 * 86_400_000
  await phone.write(name, ["photos"], (tx) =>
    tx.objectStore("photos").put({ sha256: "aa", state: "waiting", is_here: true, bytes: 1 }),
  )
  await writes("one")
  await writes("two")
  await phone.exchange()
  await phone.write(name, ["changes"], async (tx) => {
    const changes = tx.objectStore("changes")
    const [first] = await changes.index("numbered").getAll(undefined, 1)
    await changes.put({ ...first, photos: [{ sha256: "aa" }] })
  })

  await phone.prune(name, Date.now() + month)
  assert.deepEqual(await kept(), [[1, "text_ok"], [2, "delivered"]])
  await phone.markPhoto(name, "aa", { state: "stored" })
  await phone.prune(name, Date.now() + month)

  assert.deepEqual(await kept(), [[2, "delivered"]])
})
