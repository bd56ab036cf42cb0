// @ts-check
// Other people enrolled on this phone: how much of theirs waits, each locked apart, and the change of
// hands.
import { t } from "/words.js"
import { currentOwner, makeCurrent, owners } from "/static/sync/db.js"
import { goTo } from "/static/sync/leaving.js"
import { list } from "/static/sync/outbox.js"
import { tallied } from "/static/sync/state.js"
import { ask } from "../lib/ask.js"
import { button } from "../lib/dom.js"

/** @param {HTMLElement} place */
export default async function whoIsHere(place) {
  const now = await currentOwner()
  const others = (await owners()).filter(({ name }) => name !== now?.name)
  const lines = await Promise.all(others.map((other) => line(other, now !== undefined)))
  place.replaceChildren(...lines)
  place.className = "stack"
  place.hidden = !others.length
}

/** @param {import("/static/sync/types.js").Owner} other @param {boolean} isTaken */
async function line(other, isTaken) {
  const { waiting, attention } = tallied(await list(other.name))
  const told = document.createElement("p")
  const n = waiting + attention
  told.textContent = n
    ? t("This phone also holds {n} unsent of {name}. They are locked apart; you cannot see them and nothing gets mixed up.", { n, name: other.member_name })
    : t("{name} is set up on this phone too.", { name: other.member_name })
  const change = button("button button--wide", t("Hand over to {name}", { name: other.member_name }), async () => {
    const words = t("Hand over to {name}? Your things are locked first and stay safe.", { name: other.member_name })
    if (isTaken && !(await ask(words, { yes: t("Hand it over"), no: t("Stay") }))) return
    await makeCurrent(other)
    goTo("/app/")
  })
  const both = document.createElement("div")
  both.className = "card stack"
  both.append(told, change)
  return both
}
