// @ts-check
// Forms that are not finished: every field is kept while it is typed, and before the camera opens.
import { write, read } from "./db.js"

/** @typedef {import("./types.js").Draft} Draft */

/**
 * @param {string} owner
 * @param {Draft} draft
 */
export const saveDraft = (owner, draft) =>
  write(owner, ["drafts"], async (tx) => {
    await tx.objectStore("drafts").put(draft)
  })

/** @param {string} owner @param {string} form @returns {Promise<Draft | undefined>} */
export const loadDraft = (owner, form) =>
  read(owner, ["drafts"], (tx) => tx.objectStore("drafts").get(form))

/** @param {string} owner @returns {Promise<Draft[]>} */
export const draftsOf = (owner) => read(owner, ["drafts"], (tx) => tx.objectStore("drafts").getAll())

/** @param {string} owner @param {string} form */
export const dropDraft = (owner, form) =>
  write(owner, ["drafts"], async (tx) => {
    await tx.objectStore("drafts").delete(form)
  })

/** True when somebody has put something into the form. Pure. @param {Draft} draft */
export const isDirty = (draft) =>
  draft.photos.length > 0 || Object.values(draft.fields).some((value) => value !== "")
