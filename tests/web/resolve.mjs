// Lets Node find our modules where browsers find them.
import { registerHooks } from "node:module"

const root = new URL("../../", import.meta.url)
const places = { "/static/sync/": "sync/phone/", "/static/": "web/static/" }

registerHooks({
  resolve(name, context, next) {
    for (const [prefix, folder] of Object.entries(places)) {
      if (name.startsWith(prefix)) {
        return next(new URL(folder + name.slice(prefix.length), root).href, context)
      }
    }
    return next(name, context)
  },
})
