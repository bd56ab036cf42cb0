// @ts-check
// Usual answers to begin with: choosing one writes it into the field named by data-into.

/** @param {HTMLElement} field */
export default function (field) {
  const into = /** @type {HTMLTextAreaElement | null} */ (document.getElementById(field.dataset.into ?? ""))
  const select = field.querySelector("select")
  if (!into || !select) return
  field.hidden = false
  select.addEventListener("change", () => {
    if (!select.value) return
    into.value = select.value
    into.focus()
  })
}
