"""From tapping the icon to a checklist one can tap, without a server, on a phone six times slower.

Nothing of ours runs when the icon is tapped: no page, no worker, no warm cache in memory. Measured
twice: in a browser that has come to rest after its own launch, which is what the limit is for, and
in the very second of its launch, when it competes with itself for two cores.

.venv/bin/python -m benchmarks.cold_start
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, Playwright, sync_playwright

from server import create_app
from server.database import db
from server.settings import Settings
from tests.journeys.browser import PhoneBrowser
from tests.journeys.netproxy import NetProxy
from tests.journeys.town_server import TownServer

RUNS = 10
SLOWER = 6
MOST_MS = 600
REST_MS = 3_000
# An observer, not a loop of frames: that would make the page draw itself again and again.
READY = """() => new Promise((resolve) => {
  const look = () =>
    document.querySelector("footer.actions button:enabled") && resolve(performance.now())
  new MutationObserver(look).observe(document, { attributes: true, childList: true, subtree: true })
  look()
})"""


def empty_database(folder: Path) -> Path:
    """A database file with all tables and no rows."""
    folder.mkdir()
    app = create_app(Settings(data=folder))
    with app.app_context():
        db.create_all()
        db.engine.dispose()
    return folder / "steward.db"


def start_ms(page: Page, address: str) -> float:
    """Milliseconds until the checklist can be used, in a page opened anew."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="commit")
    return float(page.evaluate(READY))


def starts(playwright: Playwright, profile: Path, address: str, rest_ms: int) -> list[float]:
    """One start each of `RUNS` browsers."""
    took = []
    for _ in range(RUNS):
        browser = PhoneBrowser(playwright, profile, address)
        browser.page.wait_for_timeout(rest_ms)
        took.append(start_ms(browser.page, address))
        browser.close()
    return took


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = TownServer(Path(folder) / "data", empty_database(Path(folder) / "empty"))
        server.start()
        net = NetProxy(server.port)
        url = f"http://127.0.0.1:{net.port}"
        profile = Path(folder) / "phone"
        browser = PhoneBrowser(playwright, profile, url)
        browser.enrols(server.code_for(server.town.steward))
        browser.close()
        server.stop()
        address = f"{url}/app/patrols/{server.town.lane.id}/midday"
        at_rest = starts(playwright, profile, address, REST_MS)
        at_launch = starts(playwright, profile, address, 0)
        net.close()
        server.close()
    for words, took in (("browser at rest", at_rest), ("browser just launched", at_launch)):
        print(f"{words:22} median {statistics.median(took):5.0f} ms, each", end=" ")
        print(" ".join(f"{ms:.0f}" for ms in took))
    print(f"at a CPU {SLOWER} times slower; at rest at most {MOST_MS} ms")
    raise SystemExit(statistics.median(at_rest) > MOST_MS)


if __name__ == "__main__":
    main()
