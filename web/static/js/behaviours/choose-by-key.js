// @ts-check
// Buttons with data-key are pressed by that key, in the part that has the focus or the first one.

/** @param {HTMLElement} root */
export default function (root) {
  document.addEventListener("keydown", (event) => {
    const at = /** @type {HTMLElement} */ (event.target)
    if (event.ctrlKey || event.metaKey || event.altKey || at.closest("input, textarea, select")) return
    const part = at.closest("[data-keys]") ?? root.querySelector("[data-keys]")
    const button = part?.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
    if (button instanceof HTMLElement) button.click()
  })
}
