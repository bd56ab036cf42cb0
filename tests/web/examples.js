// The worked cases both ends of the protocol read.
import { readFileSync } from "node:fs"

/** @param {string} name */
export const examples = (name) =>
  JSON.parse(readFileSync(new URL(`../../sync/examples/${name}.json`, import.meta.url), "utf8"))
