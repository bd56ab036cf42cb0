// @ts-check

/**
 * Looks sentences and labels up in one language's words; the English id stands where none is.
 * @param {Record<string, string>} words
 */
export function translator(words) {
  return {
    /**
     * @param {string} text
     * @param {Record<string, string | number>} [values] what fills the text's {gaps}
     */
    t: (text, values = {}) =>
      (words[text] ?? text).replace(/\{(\w+)\}/g, (gap, name) => String(values[name] ?? gap)),
    /**
     * @param {string} kind
     * @param {string} code
     */
    label: (kind, code) => words[`${kind}\u0004${code}`] ?? code.replaceAll("_", " "),
  }
}
