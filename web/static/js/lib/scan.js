// @ts-check
// Reads the square code on a lane's plate with the camera, where the browser can read such codes.

const EVERY_MS = 200

/**
 * What the code says; "" when the person stopped, null when there is no camera for us.
 * @returns {Promise<string | null>}
 */
export async function scan() {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("scan"))
  const video = /** @type {HTMLVideoElement} */ (dialog.querySelector("video"))
  const stream = await navigator.mediaDevices?.getUserMedia({ video: { facingMode: "environment" } }).catch(() => null)
  if (!stream) return null
  const closed = new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }))
  video.srcObject = stream
  dialog.returnValue = ""
  dialog.showModal()
  video.play().catch(() => {})
  read(dialog, video)
  await closed
  for (const track of stream.getTracks()) track.stop()
  return dialog.returnValue
}

/** Looks until something is read or the dialog is closed. @param {HTMLDialogElement} dialog @param {HTMLVideoElement} video */
async function read(dialog, video) {
  // @ts-expect-error - not in every browser, nor in TypeScript's list
  const detector = new BarcodeDetector({ formats: ["qr_code"] })
  while (dialog.open) {
    const [found] = await detector.detect(video).catch(() => [])
    if (found && dialog.open) dialog.close(found.rawValue)
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
}
