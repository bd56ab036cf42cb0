import assert from "node:assert/strict"
import { test } from "node:test"
import { mayKeep, missing } from "/static/sync/pack.js"
import { scopeStep } from "/static/sync/pull.js"

test("news of a known scope move its cursor and nothing else", () => {
  const step = scopeStep({ scope: "place:a", cursor: 10, cold: 0 }, [20, 0, false])

  assert.deepEqual(step, { mark_all: false, drop_marked: false, state: { cursor: 20, cold: 0 } })
})

test("a scope that is new starts cold; told whole, it is cold no more", () => {
  const step = scopeStep(undefined, [90, 90, false])

  assert.deepEqual(step, { mark_all: true, drop_marked: true, state: { cursor: 90, cold: 0 } })
})

test("a cold start over several pages marks once and drops once", () => {
  const first = scopeStep(undefined, [40, 90, true])
  const second = scopeStep({ scope: "a", ...first.state }, [80, 90, true])
  const third = scopeStep({ scope: "a", ...second.state }, [90, 90, false])

  assert.deepEqual([first, second, third].map(({ mark_all }) => mark_all), [true, false, false])
  assert.deepEqual([first, second, third].map(({ drop_marked }) => drop_marked), [false, false, true])
  assert.deepEqual(first.state, { cursor: 40, cold: 90 })
  assert.deepEqual(third.state, { cursor: 90, cold: 0 })
})

test("a cold start that begins anew marks again", () => {
  const step = scopeStep({ scope: "a", cursor: 40, cold: 90 }, [30, 120, true])

  assert.equal(step.mark_all, true)
  assert.deepEqual(step.state, { cursor: 30, cold: 120 })
})

test("only a page that says whose it is may be kept", () => {
  assert.equal(mayKeep("pack; owner=m1; v=abc", "m1"), true)
  assert.equal(mayKeep("pack;owner=m1;v=abc", "m1"), true)
  assert.equal(mayKeep("pack; owner=m2; v=abc", "m1"), false)
  assert.equal(mayKeep("public", "m1"), false)
  assert.equal(mayKeep(null, "m1"), false)
})

test("of a pack only what changed or is gone is fetched", () => {
  const held = { pages: [{ url: "/app/", hash: "1" }, { url: "/app/lanes", hash: "2" }] }
  const wanted = {
    pages: [
      { url: "/app/", hash: "1" },
      { url: "/app/lanes", hash: "3" },
      { url: "/app/lanes/x", hash: "4" },
    ],
  }
  const urls = (stored) => missing(held, wanted, new Set(stored)).map(({ url }) => url)

  assert.deepEqual(urls(["/app/", "/app/lanes"]), ["/app/lanes", "/app/lanes/x"])
  assert.deepEqual(urls([]), ["/app/", "/app/lanes", "/app/lanes/x"])
})
