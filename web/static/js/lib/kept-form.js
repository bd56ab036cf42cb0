// @ts-check
// A form that is kept while it is typed: a moment after the last touch. One for each form element,
// shared by the form's behaviours.

const QUIET_MS = 300

export class KeptForm extends EventTarget {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    super()
    this.form = form
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined
  }

  /** Something was typed: kept in a moment. */
  touch() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), QUIET_MS)
  }

  /** Nothing more is to be kept in a moment. */
  still() {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /** @returns {Promise<void>} */
  async save() {}
}

/**
 * @template {KeptForm} T
 * @param {new (form: HTMLFormElement) => T} Kind
 * @returns {(form: HTMLFormElement) => T} the same one for the same form
 */
export function shared(Kind) {
  /** @type {WeakMap<HTMLFormElement, T>} */
  const known = new WeakMap()
  return (form) => {
    const found = known.get(form) ?? new Kind(form)
    known.set(form, found)
    return found
  }
}
