// @ts-check
// Why something was not recorded, in words, with what to do next.
import { t } from "/words.js"

/** @type {Record<string, () => string>} */
const SENTENCES = {
  words_missing: () => t("Nothing is written yet. One sentence or one photo will do."),
  place_missing: () => t("The place is missing. Scan the lane plate or choose from the list."),
  category_missing: () => t("The category is missing. If unsure, choose “Something else”."),
  category_unknown: () => t("This category is no longer used; please choose another. Your words are kept."),
  done_missing: () => t("Solved on the spot: write one sentence on how, or take a photo of it done."),
  already_closed: () => t("This is settled. If it is not right, ask the coordinator to take it up again."),
  not_permitted: () => t("This step belongs to someone else. Note it down and tell them."),
  not_yours: () => t("This was written by someone else; only they can change it. Write an own one."),
  id_taken: () => t("This was delivered before. Nothing was counted twice."),
  too_large: () => t("Too long for one piece. Shorten it, and add the rest after sending."),
  photo_type: () => t("This is not a photo. Use the camera or choose a picture; videos and files are not taken."),
  photo_broken: () => t("This photo cannot be opened; choose another or take it again."),
  photo_too_large: () => t("This photo is too large. Take it again; the phone will make it smaller."),
  photo_refused: () => t("One photo cannot be opened. Your words have arrived; take it again when you can."),
  photo_missing: () =>
    t("One photo is gone from the phone, perhaps through a cleaning app. The words are delivered; please retake it when you can."),
}

/** @param {string} reason */
export const reasonWords = (reason) =>
  (SENTENCES[reason] ?? (() => t("Something in it cannot be read. Please look at it again.")))()
