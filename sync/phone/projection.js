// @ts-check
// What a screen shows: what the server told, and what waits on this phone laid over it. Pure.

/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./state.js").Item} Item */

/**
 * `now`: the record as this phone sees it; `row`: as the server last told it, if it did; `over`: the
 * changes of this phone that are laid over it, in their order.
 * @typedef {{ kind: string, id: string, row: Record<string, any> | null,
 *   now: Record<string, any>, over: Item[] }} Seen
 */

const FIELDS = ["place", "category", "level", "words", "spot", "emergency"]
/** Verdicts after which a change is, or is about to be, part of the record. */
const COUNTS = new Set(["applied", "conflict"])

/**
 * Lays changes over rows. `upto`: the number up to which the rows tell; what was delivered below it
 * is in them already.
 * @param {{ rows: Row[], upto: number, items: Item[] }} held
 * @returns {Map<string, Seen>} by record id
 */
export function project({ rows, upto, items }) {
  /** @type {Map<string, Seen>} */
  const seen = new Map()
  for (const { kind, id, row } of [...rows].sort((a, b) => a.seq - b.seq)) {
    seen.set(id, { kind, id, row, now: { ...row }, over: [] })
  }
  for (const item of [...items].sort((a, b) => inOrder(a.change, b.change))) {
    if (isLaidOver(item.change, upto)) lay(seen, item)
  }
  return seen
}

/** In the order they were made: numbers tell, clocks do not. @param {Change} a @param {Change} b */
const inOrder = (a, b) =>
  Number(!a.receipt) - Number(!b.receipt) || (a.device === b.device ? a.n - b.n : a.wall - b.wall)

/**
 * True while a change says something the rows do not say yet.
 * @param {Change} change
 * @param {number} upto
 */
export function isLaidOver({ receipt, seq, replaced_by }, upto) {
  if (replaced_by) return false
  if (!receipt) return true
  return COUNTS.has(receipt.verdict) && seq > upto
}

/** @param {Map<string, Seen>} seen @param {Item} item */
function lay(seen, item) {
  const { about, kind } = item.change
  const record = kind.split(".")[0]
  const under = seen.get(about) ?? { kind: record, id: about, row: null, now: {}, over: [] }
  // A creation the rows know already says nothing new.
  if (under.row && CREATES.has(kind)) return
  const rule = OVER[kind]
  if (!rule) return
  seen.set(about, { ...under, now: rule(under.now, item.change), over: [...under.over, item] })
}

const CREATES = new Set(["report.filed@1", "patrol.walked@1", "patrol.excused@1"])

/** @param {Change} change */
const born = ({ about, body, wall, receipt }) => ({
  ...body,
  id: about,
  number: receipt?.number ?? "",
  happened_at: wall,
  is_mine: true,
})

/** @param {Record<string, string>} marks */
const counted = (marks = {}) => ({
  asked: Object.keys(marks).length,
  seen: Object.values(marks).filter((mark) => mark !== "not_seen").length,
})

/** @type {Record<string, (now: Record<string, any>, change: Change) => Record<string, any>>} */
const OVER = {
  "report.filed@1": (_now, change) => ({
    words: "",
    spot: "",
    emergency: false,
    done: "",
    photos: [],
    additions: [],
    stamps: {},
    state: "screening",
    status: "received",
    ...born(change),
  }),
  "report.added_to@1": (now, { body, wall }) => ({
    ...now,
    photos: [...(now.photos ?? []), ...(body.photos ?? [])],
    additions: [...(now.additions ?? []), { kind: "addition", words: body.words ?? "", at: wall, is_mine: true }],
  }),
  "report.corrected@1": (now, { body }) => {
    const told = FIELDS.filter((name) => name in body).map((name) => [name, body[name]])
    return { ...now, ...Object.fromEntries(told) }
  },
  "report.withdrawn@1": (now) => ({ ...now, state: "withdrawn" }),
  "patrol.walked@1": (_now, change) => ({ state: "walked", ...born(change), ...counted(change.body.marks) }),
  "patrol.excused@1": (_now, change) => ({
    ...born(change),
    state: "excused",
    excuse: change.body.reason,
  }),
}

/**
 * What a person was looking at when they overwrite these fields: the stamps of the values on the
 * screen, but for those this phone wrote itself.
 * @param {Seen | undefined} record
 * @param {string[]} names
 * @param {string} device
 */
export function seenBy(record, names, device) {
  /** @type {Record<string, string>} */
  const found = {}
  const own = new Set((record?.over ?? []).flatMap(({ change }) => Object.keys(change.body)))
  for (const name of names) {
    const stamp = record?.row?.stamps?.[name]
    if (stamp && !own.has(name) && stamp.split(".")[1] !== device) found[name] = stamp
  }
  return found
}

/**
 * The rounds of one day, by place and period; the last one that was noted, a walk before an excuse.
 * @param {Iterable<Seen>} records
 * @param {string} day
 */
export function roundsOf(records, day) {
  /** @type {Map<string, Seen>} */
  const rounds = new Map()
  for (const record of records) {
    if (record.kind !== "patrol" || record.now.day !== day) continue
    const slot = `${record.now.place} ${record.now.period}`
    const isLess = record.now.state === "excused" && rounds.get(slot)?.now.state === "walked"
    if (!isLess) rounds.set(slot, record)
  }
  return rounds
}
