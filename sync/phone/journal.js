// @ts-check
// The journal of what was delivered, and the backup of what was not. A delivered change stays for 30
// days of the server's time at least.
import { base64, utf8 } from "./bytes.js"
import { readPhoto } from "./chunks.js"
import { write } from "./db.js"
import { list } from "./outbox.js"
import { itemOf } from "./state.js"

const JOURNAL_MS = 30 * 24 * 3_600_000

/**
 * Everything not delivered, with its photos, as a file for the coordinator.
 * @param {string} owner
 * @param {string} [only] one change's uid
 */
export async function exportFile(owner, only) {
  const items = (await list(owner)).filter(({ change, state }) =>
    only ? change.uid === only : state !== "delivered",
  )
  const photos = []
  for (const { sha256 } of items.flatMap(({ photos: own }) => own)) {
    const found = await readPhoto(owner, sha256)
    if (found) photos.push({ sha256, type: found.photo.type, bytes: base64(found.bytes) })
  }
  const changes = items
    .map(({ change: { device, n, raw, chain } }) => ({ device, n, chain, raw: base64(raw) }))
    .sort((a, b) => a.n - b.n)
  return new Blob([utf8(JSON.stringify({ format: "lane-backup-1", owner, changes, photos }))], {
    type: "application/json",
  })
}

/**
 * Forgets what was delivered long ago, its photos too. The last durable change stays: the next push
 * is chained to it.
 * @param {string} owner
 * @param {number} now of the server
 */
export async function prune(owner, now) {
  await write(owner, ["facts", "changes", "photos"], async (tx) => {
    const who = await tx.objectStore("facts").get("identity")
    const kept = /** @type {import("./types.js").Photo[]} */ (await tx.objectStore("photos").getAll())
    const photos = new Map(kept.map((photo) => [photo.sha256, photo]))
    const changes = /** @type {import("./types.js").Change[]} */ (
      await tx.objectStore("changes").getAll()
    )
    for (const change of changes) {
      const is_old = change.settled_at && change.settled_at + JOURNAL_MS < now
      const is_safe = change.device !== who.device || change.n < who.durable
      const own = change.photos.flatMap(({ sha256 }) => photos.get(sha256) ?? [])
      if (!is_old || !is_safe || itemOf(change, own, false).state !== "delivered") continue
      await tx.objectStore("changes").delete(change.uid)
    }
  })
}
