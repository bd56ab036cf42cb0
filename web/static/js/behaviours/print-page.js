// @ts-check
// A button that prints; without scripts the browser's own menu does.

/** @param {HTMLButtonElement} button */
export default function (button) {
  button.hidden = false
  button.addEventListener("click", () => print())
}
