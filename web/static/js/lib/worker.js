// @ts-check
// The service worker as a page sees it.

const PATIENCE_MS = 4_000

/** @returns {Promise<ServiceWorkerRegistration | null>} null where there are no workers */
export async function register() {
  if (!navigator.serviceWorker) return null
  try {
    return await navigator.serviceWorker.register("/service-worker.js")
  } catch {
    return null
  }
}

/** Waits until a worker answers for this page; false where none comes. */
export async function isReady() {
  const registration = await register()
  if (!registration) return false
  const worker = registration.active ?? registration.installing ?? registration.waiting
  if (!worker) return false
  if (registration.active) return true
  return new Promise((resolve) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve(true)
      if (worker.state === "redundant") resolve(false)
    })
  })
}

/** Whether a page would open without a network. @param {string} path @returns {Promise<boolean>} */
export async function canOpen(path) {
  const registration = await navigator.serviceWorker?.getRegistration()
  if (!registration?.active) return false
  const { port1, port2 } = new MessageChannel()
  registration.active.postMessage({ type: "can-open", path }, [port2])
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true)
    setTimeout(() => resolve(false), PATIENCE_MS)
  })
}
