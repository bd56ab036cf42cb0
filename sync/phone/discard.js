// @ts-check
// Throwing away what has never been on its way.
import { say } from "./broadcast.js"
import { dropPhoto } from "./chunks.js"
import { read, write } from "./db.js"
import { NO_CHAIN, chained } from "./identity.js"
import { find, list } from "./outbox.js"

/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Identity} Identity */

/**
 * Throws away what has never been on its way, after the person said so twice. Those behind it move
 * up, so that numbers stay without gaps. False when it may be with the server already.
 * @param {string} owner
 * @param {string} uid
 */
export async function discard(owner, uid) {
  const gone = await find(owner, uid)
  if (!gone || gone.is_attempted || gone.receipt) return false
  const { who, before, behind } = await around(owner, gone)
  const chains = await chained(before, behind)
  const done = await write(owner, ["facts", "changes"], async (tx) => {
    const facts = tx.objectStore("facts")
    const now = await facts.get("identity")
    const changes = tx.objectStore("changes")
    const again = await changes.get(uid)
    if (now.n !== who.n || now.device !== who.device || !again || again.is_attempted) return false
    await changes.delete(uid)
    for (const [i, change] of behind.entries()) {
      await changes.put({ ...change, n: change.n - 1, chain: chains[i] })
    }
    await facts.put({ ...now, n: now.n - 1, chain: chains.at(-1) ?? before }, "identity")
    return true
  })
  if (!done) return discard(owner, uid)
  await dropUnused(owner, gone.photos)
  say({ type: "outbox" })
  return true
}

/** @param {string} owner @param {Change} gone */
const around = (owner, gone) =>
  read(owner, ["facts", "changes"], async (tx) => {
    const numbered = tx.objectStore("changes").index("numbered")
    const last = await numbered.get([gone.device, gone.n - 1])
    return {
      who: /** @type {Identity} */ (await tx.objectStore("facts").get("identity")),
      before: last?.chain ?? NO_CHAIN,
      behind: /** @type {Change[]} */ (
        await numbered.getAll(
          IDBKeyRange.bound([gone.device, gone.n + 1], [gone.device, Infinity]),
        )
      ),
    }
  })

/** @param {string} owner @param {import("./types.js").PhotoRef[]} photos */
async function dropUnused(owner, photos) {
  const used = new Set((await list(owner)).flatMap(({ change }) => change.photos.map((p) => p.sha256)))
  for (const { sha256 } of photos) if (!used.has(sha256)) await dropPhoto(owner, sha256, true)
}
