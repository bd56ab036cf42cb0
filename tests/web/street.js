// A phone with its database in this process, and a server that answers as a test wants it to.
import { mock } from "node:test"
import { wipe } from "./memory-idb.js"

globalThis.BroadcastChannel = /** @type {any} */ (undefined)

export const START = 1_795_500_000_000
const LIMITS = { changes: 200, bytes: 2_097_152, photo_bytes: 9e6, part_bytes: 524_288 }
let lives = 0
let phones = 0

/** A page opened anew: every module starts again, only what is on disk is still there. */
export async function life() {
  lives += 1
  const load = (name) => import(`/static/sync/${name}.js?life=${lives}`)
  const names = ["exchange", "change", "db", "identity", "outbox", "signing", "journal", "chunks", "clock"]
  return Object.assign({}, ...(await Promise.all(names.map(load))))
}

/** The time is ours. `passes` lets some of it go by, in ms; `is` sets the clock. */
export function clock() {
  const end = () => mock.timers.reset()
  const is = (now) => mock.timers.enable({ apis: ["Date"], now })
  is(START)
  return { passes: (ms) => mock.timers.tick(ms), is: (now) => (end(), is(now)), end }
}

/** @param {number} status @param {any} json */
export const says = (status, json = {}, headers = {}) => ({ status, json, headers })

/** Answers by path; `heard` has every request, `busy` may answer one otherwise. */
export function server() {
  const found = {
    heard: /** @type {{ path: string, at: number, text: string }[]} */ ([]),
    busy: /** @type {(path: string) => any} */ (() => null),
    after_s: 0,
    poll_s: 60,
    acked: 0,
    room: 200,
    paths: () => found.heard.map(({ path }) => path.split("/").pop()),
  }
  globalThis.fetch = async (path, { headers, body }) => {
    const bytes = headers["Content-Encoding"] ? await unpacked(body) : (body ?? "")
    const text = typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes)
    found.heard.push({ path, at: Date.now(), text })
    const answer = found.busy(path) || ANSWERS[path](found, text)
    const nonce = headers.Authorization.match(/nonce=([^,]*)/)[1]
    const more = { "Content-Type": "application/json", "Lane-Nonce": nonce, ...answer.headers }
    return new Response(JSON.stringify(answer.json), { status: answer.status, headers: more })
  }
  return found
}

const unpacked = (body) =>
  new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()

const ANSWERS = {
  "/sync/v1/hello": ({ acked, poll_s, room }) =>
    says(200, { epoch: 1, now: Date.now(), standing: "ok", acked, poll_s, limits: { ...LIMITS, changes: room } }),
  "/sync/v1/push": (found, text) => {
    const { first, count } = JSON.parse(text.split("\n")[0])
    found.acked = Math.max(found.acked, first + count - 1)
    const next = { changes: found.room, bytes: 2_097_152, after_s: found.after_s }
    const [acked, at] = [found.acked, Date.now()]
    return says(200, { epoch: 1, received_at: at, acked, durable: acked, seq: acked, receipts: [], next })
  },
  "/sync/v1/pull": ({ acked }) =>
    says(200, { epoch: 1, now: Date.now(), acked, durable: acked, scopes: {}, leave: [], changes: [] }),
}

/** A new phone instead of the last one, enrolled. @returns the name of its database */
export async function enrolled() {
  wipe()
  phones += 1
  const { makeKeys, makeCurrent, setFact } = await life()
  const name = `lane-${phones}`
  const id = `00000000-0000-4000-8000-${String(phones).padStart(12, "0")}`
  const none = "0".repeat(64)
  await makeCurrent({ name, community: id, member: id })
  await setFact(name, "identity", {
    ...{ device: id, community: id, member: id, keys: await makeKeys(), epoch: 1, proven: 1 },
    ...{ n: 0, chain: none, acked: 0, durable: 0, seq: 0, standing: "ok" },
  })
  return name
}
