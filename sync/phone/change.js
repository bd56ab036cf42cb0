// @ts-check
// Freezing: one fact, one line of bytes, one number, in one transaction.
import { utf8 } from "./bytes.js"
import { say } from "./broadcast.js"
import { isWhole, notHere } from "./chunks.js"
import { watch } from "./clock.js"
import { write } from "./db.js"
import { readClock } from "./identity.js"
import { MAX_BYTES, TooLong, clean, line, link } from "./line.js"

/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").PhotoRef} PhotoRef */

/** Kinds that bring a record into being. */
const ONCE = new Set(["report.filed@1", "patrol.walked@1", "patrol.excused@1"])

/** Minutes this phone's zone is ahead of UTC. */
const zone = () => -new Date().getTimezoneOffset()

/** @param {Record<string, any>} body @param {PhotoRef[]} photos */
const withPhotos = (body, photos) =>
  photos.length
    ? { ...body, photos: photos.map(({ sha256, bytes, type, role }) => ({ sha256, bytes, type, role })) }
    : body

/** Another window took the number in between. */
class Taken extends Error {}

/** Another window has made the same record already. */
export class Made extends Error {}

/**
 * Keeps a fact: number, bytes, chain, its photos and the end of its draft are stored together or not
 * at all. When this has returned it is on disk. Photos that are gone from the phone are left out and
 * named in `lost`.
 * @param {string} owner
 * @param {{ kind: string, about: string, body: Record<string, any>, title?: string,
 *   seen?: Record<string, string>, photos?: PhotoRef[], form?: string, replaces?: string }} fact
 *   `title`: what it is called on this phone; `form`: the draft it was; `replaces`: a refused change
 * @returns {Promise<{ change: Change, lost: PhotoRef[] }>}
 */
export async function freeze(owner, fact) {
  const asked = fact.photos ?? []
  const lost = await notHere(owner, asked)
  const photos = asked.filter((photo) => !lost.includes(photo))
  const jumped = watch.jumped()
  for (;;) {
    try {
      const change = await attempt(owner, { ...fact, photos }, jumped)
      lost.push(...(await broken(owner, photos)))
      say({ type: "outbox" })
      return { change, lost }
    } catch (fault) {
      if (!(fault instanceof Taken)) throw fault
    }
  }
}

/**
 * @param {string} owner
 * @param {any} fact
 * @param {boolean} jumped
 * @returns {Promise<Change>}
 */
async function attempt(owner, fact, jumped) {
  const { clock, who } = await write(owner, ["facts"], async (tx) => ({
    clock: await readClock(tx, jumped),
    who: await tx.objectStore("facts").get("identity"),
  }))
  const body = withPhotos(clean(fact.body), fact.photos)
  const raw = utf8(line({ ...fact, ...clock, zone: zone(), body }))
  if (raw.length > MAX_BYTES) throw new TooLong()
  /** @type {Change} */
  const change = {
    uid: crypto.randomUUID(),
    device: who.device,
    n: who.n + 1,
    kind: fact.kind,
    about: fact.about,
    raw: raw.buffer,
    chain: await link(who.chain, raw),
    wall: clock.wall,
    title: fact.title ?? "",
    body,
    seen: fact.seen ?? {},
    photos: fact.photos,
    is_attempted: false,
    trouble: "",
    receipt: null,
    seq: 0,
    settled_at: 0,
    settled_wall: 0,
    replaced_by: "",
  }
  await keep(owner, who, change, fact)
  return change
}

/**
 * @param {string} owner
 * @param {import("./types.js").Identity} who as it was when the number was chosen
 * @param {Change} change
 * @param {{ form?: string, replaces?: string }} fact
 */
const keep = (owner, who, change, fact) =>
  write(owner, ["facts", "changes", "photos", "drafts"], async (tx) => {
    const facts = tx.objectStore("facts")
    const now = await facts.get("identity")
    if (now.n !== who.n || now.device !== who.device) throw new Taken()
    const changes = tx.objectStore("changes")
    const others = await changes.index("about").getAll(change.about)
    if (others.some(({ kind }) => kind === change.kind && ONCE.has(kind))) throw new Made()
    await changes.add(change)
    await facts.put({ ...now, n: change.n, chain: change.chain }, "identity")
    if (fact.form) await tx.objectStore("drafts").delete(fact.form)
    const before = fact.replaces ? await changes.get(fact.replaces) : undefined
    if (before) await changes.put({ ...before, replaced_by: change.uid })
  })

/**
 * Reads the photos back from disk; what is not as it was taken is marked missing.
 * @param {string} owner
 * @param {PhotoRef[]} photos
 */
async function broken(owner, photos) {
  const found = []
  for (const photo of photos) if (!(await isWhole(owner, photo.sha256))) found.push(photo)
  return found
}
