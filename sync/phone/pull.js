// @ts-check
// Learning what others wrote: rows and cursors of every scope, stored together.
import { say } from "./broadcast.js"
import { write, read } from "./db.js"
import { Stop } from "./stop.js"
import { identity } from "./identity.js"
import { outcomeOf } from "./outcome.js"
import { askJson } from "./request.js"
import { enterEpoch, fallBack } from "./restore.js"

/** @typedef {import("./types.js").ScopeState} ScopeState */
/** @typedef {import("./types.js").Row} Row */

const LIMIT = 500
const MOST_PAGES = 400

/**
 * What one scope's answer means for what is held of it. Pure.
 * @param {ScopeState | undefined} held
 * @param {[number, number, boolean]} told cursor, cold, more
 */
export function scopeStep(held, [cursor, cold, more]) {
  const is_fresh_start = cold !== 0 && (!held || held.cursor === 0 || held.cold !== cold)
  const is_whole = cold !== 0 && !more
  return {
    mark_all: is_fresh_start,
    drop_marked: is_whole,
    state: { cursor, cold: is_whole ? 0 : cold },
  }
}

/**
 * Pulls until every scope is told up to the head.
 * @param {string} owner
 * @returns {Promise<any>} the last answer
 */
export async function pullAll(owner) {
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const who = await identity(owner)
    if (!who) return null
    const scopes = await read(owner, ["scopes"], (tx) => tx.objectStore("scopes").getAll())
    const cursors = Object.fromEntries(scopes.map(({ scope, cursor, cold }) => [scope, [cursor, cold]]))
    const answer = await askJson(who, "/sync/v1/pull", {
      v: 1,
      community: who.community,
      device: who.device,
      epoch: who.epoch,
      cursors,
      min_seq: who.seq,
      limit: LIMIT,
    })
    const outcome = outcomeOf(answer)
    if (outcome.act === "epoch") {
      await enterEpoch(owner, outcome.epoch ?? who.epoch, outcome.acked ?? 0)
      continue
    }
    if (outcome.act !== "go") throw new Stop(outcome)
    await take(owner, answer.json, new Map(scopes.map((state) => [state.scope, state])))
    if (answer.json.epoch !== who.epoch) {
      await enterEpoch(owner, answer.json.epoch, answer.json.acked)
      continue
    }
    if (answer.json.acked < who.acked) await fallBack(owner, answer.json.acked)
    const states = /** @type {[number, number, boolean][]} */ (Object.values(answer.json.scopes))
    if (!states.some(([, , more]) => more)) return answer.json
  }
  return null
}

/**
 * Stores one answer. A scope that has moved on since it was asked for has newer news already.
 * @param {string} owner
 * @param {any} told
 * @param {Map<string, ScopeState>} asked
 */
async function take(owner, told, asked) {
  await write(owner, ["rows", "scopes", "facts"], async (tx) => {
    const rows = tx.objectStore("rows")
    const scopes = tx.objectStore("scopes")
    for (const scope of told.leave) {
      await rows.delete(within(scope))
      await scopes.delete(scope)
    }
    /** @type {string[]} */
    const whole = []
    const fresh = new Set()
    for (const [scope, state] of Object.entries(told.scopes)) {
      const held = await scopes.get(scope)
      if (!isSame(held, asked.get(scope))) continue
      fresh.add(scope)
      const step = scopeStep(held, /** @type {any} */ (state))
      if (step.mark_all) await markAll(rows, scope)
      if (step.drop_marked) whole.push(scope)
      await scopes.put({ scope, ...step.state })
    }
    for (const [scope, kind, id, seq, row, gone] of told.changes) {
      if (!fresh.has(scope)) continue
      if (gone) await rows.delete([scope, kind, id])
      else await rows.put({ scope, kind, id, seq, row, is_stale: false })
    }
    for (const scope of whole) await dropMarked(rows, scope)
    const facts = tx.objectStore("facts")
    const who = await facts.get("identity")
    await facts.put({ ...who, durable: Math.max(who.durable, told.durable) }, "identity")
    await facts.put(told.now, "pulled_at")
  })
  say({ type: "rows" })
}

/** @param {ScopeState | undefined} a @param {ScopeState | undefined} b */
const isSame = (a, b) => a?.cursor === b?.cursor && a?.cold === b?.cold

/** @param {string} scope */
const within = (scope) => IDBKeyRange.bound([scope], [scope, []])

/** @param {any} rows @param {string} scope */
async function markAll(rows, scope) {
  for (const row of await rows.getAll(within(scope))) await rows.put({ ...row, is_stale: true })
}

/** @param {any} rows @param {string} scope */
async function dropMarked(rows, scope) {
  for (const row of await rows.getAll(within(scope))) {
    if (row.is_stale) await rows.delete([scope, row.kind, row.id])
  }
}

/** Everything held, whatever its scope. @param {string} owner @returns {Promise<Row[]>} */
export const rowsOf = (owner) => read(owner, ["rows"], (tx) => tx.objectStore("rows").getAll())
