// A database in memory that keeps idb's manners: transactions one after the other, all or nothing,
// over when nothing more is asked of them. What is stored is a copy.

const rank = (key) => (typeof key === "number" ? 0 : typeof key === "string" ? 1 : 2)

function compare(a, b) {
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (!Array.isArray(a)) return a < b ? -1 : a > b ? 1 : 0
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const found = compare(a[i], b[i])
    if (found) return found
  }
  return a.length - b.length
}

class Range {
  constructor(lower, upper) {
    this.lower = lower
    this.upper = upper
  }

  has(key) {
    const isAbove = this.lower === undefined || compare(key, this.lower) >= 0
    return isAbove && (this.upper === undefined || compare(key, this.upper) <= 0)
  }

  static bound = (lower, upper) => new Range(lower, upper)
  static upperBound = (upper) => new Range(undefined, upper)
}
globalThis.IDBKeyRange = /** @type {any} */ (Range)

const ranged = (query) => {
  if (query instanceof Range || query === undefined) return query ?? new Range()
  return new Range(query, query)
}
const at = (value, path) => (Array.isArray(path) ? path.map((one) => value[one]) : value[path])

/** What a transaction sees of one store, or of one of its indexes. */
class View {
  constructor(tx, store, path) {
    this.tx = tx
    this.store = store
    this.path = path
  }

  /** [key in this view, key in the store, value], in order. */
  entries(query) {
    const range = ranged(query)
    return [...this.store.rows.values()]
      .map(([key, value]) => [this.path === undefined ? key : at(value, this.path), key, value])
      .filter(([key]) => range.has(key))
      .sort(([a], [b]) => compare(a, b))
  }

  get = (query) => this.tx.ask(() => structuredClone(this.entries(query)[0]?.[2]))
  count = (query) => this.tx.ask(() => this.entries(query).length)
  getAll = (query, most = Infinity) =>
    this.tx.ask(() => this.entries(query).slice(0, most).map(([, , value]) => structuredClone(value)))

  index = (name) => new View(this.tx, this.store, this.store.indexes.get(name))

  put = (value, key) => this.tx.ask(() => this.keep(structuredClone(value), key))
  add = (value, key) =>
    this.tx.ask(() => {
      const name = this.keyOf(value, key)
      if (this.store.rows.has(JSON.stringify(name))) throw new Error("ConstraintError")
      return this.keep(structuredClone(value), name)
    })
  delete = (query) =>
    this.tx.ask(() => {
      for (const [, key] of this.entries(query)) this.store.rows.delete(JSON.stringify(key))
    })
  clear = () => this.tx.ask(() => this.store.rows.clear())

  keyOf(value, key) {
    if (this.store.keyPath) return at(value, this.store.keyPath)
    return key ?? (this.store.last += 1)
  }

  keep(value, key) {
    const name = this.keyOf(value, key)
    this.store.rows.set(JSON.stringify(name), [name, value])
    return name
  }
}

class Transaction {
  constructor(stores, names, before) {
    this.stores = names.map((name) => [name, stores.get(name)])
    this.kept = []
    this.asked = 0
    this.done = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }))
    this.done.catch(() => {})
    this.begun = before.then(() => {
      this.kept = this.stores.map(([, store]) => new Map(store.rows))
      this.rest()
    })
  }

  objectStore = (name) => new View(this, Object.fromEntries(this.stores)[name])

  async ask(work) {
    this.asked += 1
    try {
      await this.begun
      return work()
    } finally {
      this.asked -= 1
      this.rest()
    }
  }

  rest = () => setImmediate(() => this.asked || this.resolve())

  abort() {
    for (const [i, [, store]] of this.stores.entries()) if (this.kept[i]) store.rows = this.kept[i]
    this.reject(new Error("AbortError"))
  }
}

class Database {
  constructor(stores) {
    this.stores = stores
    this.last = Promise.resolve()
  }

  createObjectStore(name, { keyPath } = {}) {
    const store = { keyPath, rows: new Map(), indexes: new Map(), last: 0 }
    this.stores.set(name, store)
    return { createIndex: (index, path) => store.indexes.set(index, path) }
  }

  transaction(names, _mode) {
    const tx = new Transaction(this.stores, names, this.last)
    this.last = tx.done.catch(() => {})
    return tx
  }

  close() {}
}

/** @type {Map<string, Database>} */
const databases = new Map()

export async function openDB(name, _version, { upgrade }) {
  if (!databases.has(name)) {
    databases.set(name, new Database(new Map()))
    upgrade(databases.get(name))
  }
  return databases.get(name)
}

/** Another phone: nothing is stored here. */
export const wipe = () => databases.clear()
