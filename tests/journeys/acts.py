"""What a steward does with a phone, and what a bad line does to its requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.journeys.browser import PhoneBrowser, until

SEND = """async () => {
  const { exchange } = lane.exchange
  for (let turn = 0; turn < 100; turn += 1) {
    const result = await exchange({ force: true })
    if (!result.elsewhere) return result
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}"""

# Returns at once, while it goes on.
BEGIN_TO_SEND = "() => void lane.exchange.exchange({ force: true })"

# The page's clock is off by what localStorage says. The worker, which has the real one, sleeps.
ODD_CLOCK = """(() => {
  const real = Date.now.bind(Date)
  const off = () => Number(localStorage.getItem("odd") ?? 0)
  const Real = Date
  globalThis.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(real() + off()) }
    static now() { return real() + off() }
  }
  Object.defineProperty(ServiceWorkerRegistration.prototype, "sync", { value: undefined })
})()"""


def odd(browser: PhoneBrowser, off_ms: int) -> None:
    browser.js(f"localStorage.setItem('odd', '{off_ms}')")


def notes(browser: PhoneBrowser, place: Any, words: str) -> None:
    """One report on the form, kept; back on the lane's page when it is on disk."""
    browser.opens(f"/app/reports/new?place={place.id}")
    browser.page.wait_for_selector("footer.actions button:enabled")
    browser.page.click(".picker__tile:has-text('灯不亮')")
    browser.page.fill("[name=words]", words)
    browser.page.click("text=存下来")
    browser.page.wait_for_url(f"**/app/lanes/{place.id}")


def sends(browser: PhoneBrowser) -> dict[str, Any]:
    """An exchange now, whatever pause was agreed; what it came to."""
    result: dict[str, Any] = browser.js(SEND)
    return result


def states(browser: PhoneBrowser) -> list[str]:
    return [item["state"] for item in browser.outbox()]


def answers(browser: PhoneBrowser, path: str, answer: Callable[[Any], None]) -> Callable[[], None]:
    """Somebody on the way answers requests to `path`. Returns how it ends."""
    pattern = f"**{path}"
    browser.context.route(pattern, answer)
    return lambda: browser.context.unroute(pattern, answer)


def reports(server: Any) -> list[tuple[Any, ...]]:
    return server.rows("SELECT words FROM reports ORDER BY words")


def is_delivered(browser: PhoneBrowser) -> bool:
    return bool(until(lambda: set(states(browser)) == {"delivered"}))
