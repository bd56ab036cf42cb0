// Lets Node find our modules where browsers find them, and a database in memory for the real one.
// What a module with `?life=n` in its address loads is loaded anew with it, as when a page is opened.
import { registerHooks } from "node:module"

const root = new URL("../../", import.meta.url)
const places = {
  "/static/vendor/idb-": "tests/web/memory-idb.js#",
  "/static/sync/": "sync/phone/",
  "/static/": "web/static/",
}

registerHooks({
  resolve(name, context, next) {
    const life = context.parentURL?.match(/\?life=\d+$/)?.[0] ?? ""
    for (const [prefix, place] of Object.entries(places)) {
      if (!name.startsWith(prefix)) continue
      const [file, fragment] = (place + name.slice(prefix.length)).split("#")
      return next(new URL(fragment === undefined ? file + life : file, root).href, context)
    }
    return next(name.startsWith("./") ? name + life : name, context)
  },
})
