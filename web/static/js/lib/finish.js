// @ts-check
// The last brick of a round: what was noted, and where to go next.
import { label, t } from "/words.js"
import { list } from "/static/sync/outbox.js"
import { blank, fill, part, setIcon } from "./dom.js"
import { ownName } from "./owner.js"
import { clockTime, correction } from "./time.js"

/** @param {HTMLFormElement} form @param {string} round @param {Record<string, any>} body */
export async function showFinish(form, round, body) {
  const main = document.querySelector("main")
  const bar = part("finish-bar")
  if (!main || !bar) return
  const done = blank("patrol-done")
  fill(done, { "done-time": t("{time} noted", { time: clockTime(Date.now() + (await correction())) }) })
  const noted = part("noted", done)
  for (const { icon, words } of await lines(round, body)) {
    const row = blank("blank-noted")
    setIcon(row.querySelector("svg"), icon)
    fill(row, { words })
    noted?.append(row)
  }
  main.replaceChildren(done)
  const next = document.createElement("a")
  next.className = "button button--primary button--wide"
  next.href = "/app/"
  next.textContent = t("To today's rounds")
  bar.replaceChildren(next)
  part("done-title")?.focus()
}

/** @param {string} round @param {Record<string, any>} body */
async function lines(round, body) {
  const marks = Object.values(body.marks)
  const fine = marks.filter((mark) => mark === "ok").length
  const unseen = marks.filter((mark) => mark === "not_seen").length
  const found = (await list(await ownName())).filter(({ change }) => change.body.patrol === round)
  const tallies = Object.entries(body.tallies).map(([key, n]) => t("{what} {n} times", { what: label("tally", key), n: Number(n) }))
  return [
    { icon: "check", words: t("{n} lines fine", { n: fine }) },
    ...found.map(({ change }) => ({ icon: "attention", words: change.title })),
    ...(unseen ? [{ icon: "minus", words: t("{n} lines not seen", { n: unseen }) }] : []),
    ...(tallies.length ? [{ icon: "broom", words: tallies.join("，") }] : []),
  ]
}
