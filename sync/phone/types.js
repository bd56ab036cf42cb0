// @ts-check
// The shapes of what a phone keeps. Times are milliseconds since 1970, UTC, of this phone's clock
// where they end in `wall`, of the server's where they end in `at`.

/**
 * A person enrolled on this phone; each has a database of their own.
 * @typedef {{ name: string, community: string, member: string, member_name: string,
 *   community_name: string, language: string }} Owner
 */

/**
 * Who this storage is for the server, and how far both have come. `n` and `chain`: the last number
 * given. `acked`: what the server confirmed; everything above it is sent (again). `proven`: the epoch
 * in which the server last took a push of ours. `standing`: relink when it does not know our key,
 * unknown when it lost the device and all it had sent.
 * @typedef {{ device: string, community: string, member: string, keys: CryptoKeyPair | null,
 *   epoch: number, proven: number, n: number, chain: string, acked: number, durable: number,
 *   seq: number, standing: "ok" | "revoked" | "relink" | "unknown" }} Identity
 */

/**
 * The clock as it was last looked at.
 * @typedef {{ segment: number, wall: number }} Clock
 */

/**
 * @typedef {"applied" | "superseded" | "conflict" | "rejected" | "parked" | "quarantined"} Verdict
 * @typedef {{ n: number, verdict: Verdict, reason?: string, number?: string,
 *   details?: Record<string, any> }} Receipt
 */

/**
 * @typedef {{ sha256: string, bytes: number, type: string, role: string }} PhotoRef
 */

/**
 * One fact in the outbox or, once it has its receipt, in the journal. `raw` is frozen; `uid` names
 * it on this phone, whatever number a device has given it.
 * @typedef {{ uid: string, device: string, n: number, kind: string, about: string,
 *   raw: ArrayBuffer, chain: string, wall: number, title: string, body: Record<string, any>,
 *   seen: Record<string, string>, photos: PhotoRef[], is_attempted: boolean, trouble: string,
 *   receipt: Receipt | null, seq: number, settled_at: number, settled_wall: number,
 *   replaced_by: string }} Change
 */

/**
 * A photo's life on this phone. Its bytes lie in chunks of at most 48 KiB.
 * @typedef {{ sha256: string, bytes: number, type: string, chunks: number,
 *   state: "waiting" | "stored" | "refused" | "missing", offset: number, reason: string,
 *   kept_wall: number, thumb: ArrayBuffer | null, is_here: boolean }} Photo
 */

/**
 * What the server tells of a record in one scope.
 * @typedef {{ scope: string, kind: string, id: string, seq: number, row: Record<string, any>,
 *   is_stale: boolean }} Row
 */

/**
 * @typedef {{ scope: string, cursor: number, cold: number }} ScopeState
 */

/**
 * A form that is not finished.
 * @typedef {{ form: string, kind: string, id: string, address: string, title: string,
 *   fields: Record<string, string>, photos: PhotoRef[], wall: number, is_camera_open: boolean }} Draft
 */

/**
 * What a request came to, its body read whole. `is_ours`: no captive portal, but the server itself.
 * @typedef {{ status: number, json: any, bytes: ArrayBuffer, headers: Headers,
 *   is_ours: boolean }} Answer
 */

export {}
