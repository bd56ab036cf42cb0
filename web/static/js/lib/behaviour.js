// @ts-check

/** @typedef {{ default: (element: any, start: Start) => void }} Behaviour */
/** @typedef {(root: Element) => void} Start */

/**
 * Makes the one function that starts behaviours below an element; each once per element.
 * @param {Record<string, () => Promise<Behaviour>>} modules
 * @returns {Start}
 */
export function starter(modules) {
  /** @type {WeakMap<Element, Set<string>>} */
  const started = new WeakMap()

  /** @param {Element} element */
  function begin(element) {
    const names = started.get(element) ?? new Set()
    started.set(element, names)
    for (const name of (element.getAttribute("data-behaviour") ?? "").split(" ")) {
      if (!modules[name] || names.has(name)) continue
      names.add(name)
      modules[name]().then(({ default: behave }) => behave(element, start))
    }
  }

  /** @type {Start} */
  function start(root) {
    if (root.matches("[data-behaviour]")) begin(root)
    for (const element of root.querySelectorAll("[data-behaviour]")) begin(element)
  }
  return start
}
