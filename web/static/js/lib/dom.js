// @ts-check
// Small hands for pages the server made: parts are named, text is set as text.

/**
 * @param {string} name
 * @param {ParentNode} [root]
 * @returns {HTMLElement | null}
 */
export const part = (name, root = document) => root.querySelector(`[data-part="${name}"]`)

/** @param {string} name @param {ParentNode} [root] @returns {HTMLElement[]} */
export const parts = (name, root = document) => [...root.querySelectorAll(`[data-part="${name}"]`)].map((e) => /** @type {HTMLElement} */ (e))

/**
 * A fresh copy of what a <template> holds.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function blank(id) {
  const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById(id))
  const made = template?.content.firstElementChild?.cloneNode(true)
  if (!made) throw new Error(`there is no template ${id}`)
  return /** @type {HTMLElement} */ (made)
}

/**
 * Sets the text of named parts; a part without text is hidden.
 * @param {ParentNode} root
 * @param {Record<string, string>} texts
 */
export function fill(root, texts) {
  for (const [name, text] of Object.entries(texts)) {
    for (const element of parts(name, root)) {
      element.textContent = text
      element.hidden = text === ""
    }
  }
}

/** @param {Element | null} svg @param {string} name */
export const setIcon = (svg, name) =>
  svg?.querySelector("use")?.setAttribute("href", `/static/icons.svg#i-${name}`)

/** @param {string} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("class", "icon")
  svg.setAttribute("aria-hidden", "true")
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"))
  setIcon(svg, name)
  return svg
}

/** @param {string} name @param {string} words @param {() => void} act */
export function button(name, words, act) {
  const made = document.createElement("button")
  made.type = "button"
  made.className = name
  made.textContent = words
  made.addEventListener("click", act)
  return made
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let toastEnds

/**
 * A short word about what happened, read out too.
 * @param {string} words
 * @param {{ words: string, act: () => void }} [way]
 */
export function toast(words, way) {
  const place = document.querySelector("[data-toast]")
  if (!place) return
  place.replaceChildren(document.createTextNode(words))
  if (way) place.append(button("button", way.words, way.act))
  clearTimeout(toastEnds)
  toastEnds = setTimeout(() => place.replaceChildren(), way ? 20_000 : 8_000)
}
