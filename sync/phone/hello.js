// @ts-check
// Is the server there, does it know this phone, how far are both clocks apart.
import { offsetOf, watch } from "./clock.js"
import { setFact, write } from "./db.js"
import { offline, storage } from "./health.js"
import { readClock, setAnchor, waitingIn } from "./identity.js"
import { outcomeOf } from "./outcome.js"
import { askJson } from "./request.js"
import { enterEpoch, fallBack } from "./restore.js"
import { Stop } from "./stop.js"
import { APP } from "./version.js"

/** @typedef {import("./types.js").Identity} Identity */

/**
 * Says hello and takes over what the server answers. After a restore it is asked once more.
 * @param {string} owner
 * @param {boolean} [isAgain]
 */
export async function hello(owner, isAgain = false) {
  const { who, waiting, clock } = await looked(owner)
  const answer = await askJson(who, "/sync/v1/hello", {
    v: 1,
    community: who.community,
    device: who.device,
    epoch: who.epoch,
    app: APP,
    clock,
    unsent: waiting.length,
    oldest_wall: waiting.length ? Math.min(...waiting.map(({ wall }) => wall)) : null,
    ...(await storage()),
    ...(await offline(owner)),
  })
  const outcome = outcomeOf(answer)
  if (outcome.act !== "go") throw new Stop(outcome)
  const told = answer.json
  const offset = offsetOf(clock.wall, Date.now(), told.now)
  await setFact(owner, "hello", { wall: Date.now(), at: told.now, offset, poll_s: told.poll_s })
  if (!waiting.length) await setAnchor(owner, clock, told.now)
  if (told.epoch !== who.epoch && !isAgain) {
    await enterEpoch(owner, told.epoch, told.acked)
    return hello(owner, true)
  }
  if (told.acked < who.acked) await fallBack(owner, told.acked)
  return told
}

/** Who we are, what waits, and the clock, all of one moment. @param {string} owner */
function looked(owner) {
  const jumped = watch.jumped()
  return write(owner, ["facts", "changes"], async (tx) => {
    const who = /** @type {Identity} */ (await tx.objectStore("facts").get("identity"))
    return { who, waiting: await waitingIn(tx, who), clock: await readClock(tx, jumped) }
  })
}
