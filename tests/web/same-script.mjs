// Says which scripts would do something else than their source: argument 1 is TypeScript, standard
// input pairs of source and minified script.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

const ts = createRequire(import.meta.url)(process.argv[2])
const options = { compilerOptions: { target: "ES2023", module: "ESNext", removeComments: true } }
const plain = (source) => ts.transpileModule(source, options).outputText.replace(/\s+/g, "")
const pairs = JSON.parse(readFileSync(0, "utf8"))
console.log(JSON.stringify(pairs.filter(({ source, minified }) => plain(source) !== plain(minified)).map(({ name }) => name)))
