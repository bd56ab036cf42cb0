// What a service worker's global scope has beyond a page's; and the list the server writes into it.

declare const shell: {
  version: string
  files: Record<string, string>
  public: Record<string, string>
}

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
