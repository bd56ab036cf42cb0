// @ts-check
// One line of the outbox: what it is, where it stands, why, and what can be done.
import { label, t } from "/words.js"
import { discard } from "/static/sync/discard.js"
import { dropDraft, saveDraft } from "/static/sync/drafts.js"
import { goTo, reload } from "/static/sync/leaving.js"
import { lay, setTrouble } from "/static/sync/outbox.js"
import { ask } from "./ask.js"
import { blank, button, fill, part, setIcon, toast } from "./dom.js"
import { exchangeNow } from "./exchanging.js"
import { names } from "./names.js"
import { ownName } from "./owner.js"
import { picture } from "./picture.js"
import { reasonWords } from "./reasons.js"
import { deedWords } from "./row.js"
import { detailOf, showState } from "./state.js"
import { correction, when } from "./time.js"

/** @typedef {import("/static/sync/state.js").Item} Item */
/** @typedef {import("/static/sync/types.js").Draft} Draft */

/** @param {Item} item */
export async function itemRow(item) {
  const { change, photos, state, trouble } = item
  const row = blank("blank-kept")
  const by = await correction()
  const deed = change.kind === "report.filed@1" ? "" : deedWords(change.kind)
  const size = photos.length ? t("{n} photos", { n: photos.length }) : ""
  fill(row, {
    title: [change.title, deed].filter(Boolean).join(" · ") || label("record", change.kind.split(".")[0]),
    note: [when((change.settled_wall || change.wall) + by, Date.now() + by), size].filter(Boolean).join(" · "),
    why: trouble ? `${t("Not recorded:")} ${reasonWords(trouble)}` : verdictWords(change.receipt?.verdict),
  })
  if (change.kind.startsWith("report.")) part("title", row)?.setAttribute("href", `/app/reports/one#${change.about}`)
  showState(part("state", row), state, detailOf(item))
  row.classList.toggle("row--look", state === "attention")
  await showPicture(row, photos, change.body.category)
  if (state === "attention" || (!change.receipt && !change.is_attempted)) offer(row, item)
  return row
}

/**
 * @param {HTMLElement} row
 * @param {import("/static/sync/types.js").Photo[]} photos
 * @param {string} [category]
 */
async function showPicture(row, photos, category) {
  const image = /** @type {HTMLImageElement | null} */ (part("photo", row))
  const own = photos[0] ? await picture(await ownName(), photos[0]) : ""
  const address = own || (category ? (await names()).picture(category) : "")
  if (!image || !address) return
  image.src = address
  image.hidden = false
  part("lead", row)?.remove()
}

/** @param {string} [verdict] */
function verdictWords(verdict) {
  switch (verdict) {
    case "superseded":
      return t("A later version stands; yours is kept, and the coordinator can bring it back.")
    case "conflict":
      return t("There are two versions and the order is not certain; the coordinator will decide. Yours is still here.")
    case "parked":
      return t("Received and kept aside; the coordinator will look at it. No need to send again.")
    case "quarantined":
      return t("This arrived after the phone was reported lost. It is kept apart until the coordinator has checked it.")
    default:
      return ""
  }
}

/** @param {HTMLElement} row @param {Item} item */
function offer(row, item) {
  const place = part("do", row)
  if (!place) return
  const { change, state } = item
  if (state === "attention" && change.kind === "report.filed@1" && change.receipt) {
    place.append(button("button", t("Change and send again"), () => again(item)))
  }
  if (change.trouble) place.append(button("button", t("Try again"), () => retry(item)))
  if (state === "attention") place.append(button("button", t("Leave it so"), () => leave(item)))
  if (!change.receipt && !change.is_attempted) {
    place.append(button("button button--quiet", t("Discard"), () => throwAway(item)))
  }
  place.hidden = !place.children.length
}

/** The refused words go into a new form; what is kept then is a new change. @param {Item} item */
async function again({ change }) {
  const { photos, ...body } = change.body
  const fields = Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, value === true ? "yes" : String(value)]),
  )
  const { recordId } = await import("/static/sync/bytes.js")
  await saveDraft(await ownName(), {
    ...{ form: "report", kind: change.kind, id: recordId(), address: "/app/reports/new", title: change.title },
    ...{ fields, photos: change.photos, wall: Date.now(), is_camera_open: false },
  })
  await lay(await ownName(), change.uid)
  goTo("/app/reports/new")
}

/** @param {Item} item */
async function retry({ change }) {
  await setTrouble(await ownName(), change.uid, "")
  await exchangeNow({ hand: true })
}

/** @param {Item} item */
async function leave({ change }) {
  await lay(await ownName(), change.uid)
  toast(t("It stays here to read; nothing more to do."))
}

/** Twice asked, the words shown again, the safe answer first. @param {Item} item */
async function throwAway({ change }) {
  const answers = { yes: t("Discard"), no: t("Do not discard") }
  const first = t("Discard this? It has not reached the community and cannot be brought back.")
  if (!(await ask(first, answers))) return
  const words = change.body.words ?? change.title
  const second = t("Once more: “{words}”, {n} photos. Really discard?", { words, n: change.photos.length })
  if (!(await ask(second, answers))) return
  const isGone = await discard(await ownName(), change.uid)
  toast(isGone ? t("Discarded.") : t("It is on its way already and cannot be discarded; take it back once it has arrived."))
}

/** @param {Draft} draft */
export async function draftRow(draft) {
  const row = blank("blank-kept")
  const by = await correction()
  fill(row, { title: draft.title || draft.fields.words || t("Note something down"), note: when(draft.wall + by, Date.now() + by), why: "" })
  part("title", row)?.setAttribute("href", draft.address)
  showState(part("state", row), "draft")
  setIcon(row.querySelector("[data-part=lead] svg"), "draft")
  const place = part("do", row)
  place?.append(button("button button--quiet", t("Discard"), () => dropDraftAsked(draft)))
  if (place) place.hidden = false
  return row
}

/** @param {Draft} draft */
async function dropDraftAsked(draft) {
  const words = t("Discard this draft? It is not kept anywhere else.")
  const quote = draft.fields.words ?? ""
  if (!(await ask(words, { yes: t("Discard"), no: t("Do not discard"), quote }))) return
  await dropDraft(await ownName(), draft.form)
  reload()
}
