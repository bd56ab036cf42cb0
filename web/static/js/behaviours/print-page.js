// @ts-check

/** A button that prints the page; without script it is not there. @param {HTMLButtonElement} button */
export default function printPage(button) {
  button.hidden = false
  button.addEventListener("click", () => print())
}
