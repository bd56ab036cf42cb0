// @ts-check
// Everything undelivered as a file: for a phone that cannot send any more.
import { t } from "/words.js"
import { exportFile } from "/static/sync/journal.js"
import { toast } from "../lib/dom.js"
import { ownName } from "../lib/owner.js"
import { localDay } from "../lib/time.js"

/** @param {HTMLButtonElement} button data-uid: only that one */
export default function exportOutbox(button) {
  button.addEventListener("click", () => save(button.dataset.uid))
}

/** @param {string} [uid] */
export async function save(uid) {
  const file = new File([await exportFile(await ownName(), uid)], `lane-backup-${localDay(Date.now())}.json`, {
    type: "application/json",
  })
  if (navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file] }).catch(() => {})
    return
  }
  const link = document.createElement("a")
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  toast(t("Backup made. Please send the file to the coordinator."))
}
