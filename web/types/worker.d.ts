// What a service worker's global scope has beyond a page's; and the list the server writes into it.

declare const shell: {
  version: string
  files: Record<string, string>
  public: Record<string, string>
}

/** What /static/sync.js makes of the modules of sync/phone. */
declare const lane: {
  exchange: typeof import("/static/sync/exchange.js")
  db: typeof import("/static/sync/db.js")
  pack: typeof import("/static/sync/pack.js")
  bytes: typeof import("/static/sync/bytes.js")
}
declare function importScripts(address: string): void

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request
  readonly clientId: string
  respondWith(answer: Promise<Response>): void
}
interface SyncEvent extends ExtendableEvent {
  readonly tag: string
}
interface WindowEventMap {
  install: ExtendableEvent
  activate: ExtendableEvent
  fetch: FetchEvent
  sync: SyncEvent
  message: MessageEvent & ExtendableEvent
}
interface SyncManager {
  register(tag: string): Promise<void>
}
interface ServiceWorkerRegistration {
  readonly sync?: SyncManager
}
declare const clients: {
  claim(): Promise<void>
  get(id: string): Promise<{ url: string } | undefined>
  matchAll(which: { type: "window" }): Promise<{ url: string; navigate(url: string): void }[]>
}
declare const registration: ServiceWorkerRegistration
declare function skipWaiting(): Promise<void>
