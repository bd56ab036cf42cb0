// @ts-check
// Whose phone this is, asked once per page. A change of hands loads the page anew.
import { currentOwner } from "/static/sync/db.js"

/** @type {ReturnType<typeof currentOwner> | undefined} */
let found

export const owner = () => (found ??= currentOwner())

/** The owner's database. Rejects where nobody is enrolled: such pages have nothing to keep. */
export async function ownName() {
  const now = await owner()
  if (!now) throw new Error("nobody is enrolled here")
  return now.name
}
