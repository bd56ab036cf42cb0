// @ts-check
// Larger type, or plain light: chosen here, kept on this phone, applied by look.js before drawing.

/** @param {HTMLElement} field radios named type or theme */
export default function typeSize(field) {
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (field.querySelectorAll("input[type=radio]"))) {
    const { name } = radio
    radio.checked = radio.value === (document.documentElement.dataset[name] ?? "")
    radio.addEventListener("change", () => choose(name, radio.value))
  }
}

/** @param {string} name @param {string} value "" is the plain look */
function choose(name, value) {
  if (value) document.documentElement.dataset[name] = value
  else delete document.documentElement.dataset[name]
  try {
    localStorage.setItem(`look-${name}`, value)
  } catch {
    // A private window: the choice lasts as long as the page.
  }
}
