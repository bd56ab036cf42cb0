"""Every page of the demo, in a real browser: once as everybody who may open it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from tests.live import CHROMIUM, CHROMIUM_FLAGS, Server
from tests.pages.visitors import Visitors


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo subdistrict, served."""
    server = Server(tmp_path_factory.mktemp("demo"), {"STEWARD_DEMO": "on"})
    server.flask("db", "upgrade")
    server.flask("demo")
    yield server.start()
    server.stop()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def visitors(demo: Server, chromium: Browser) -> Iterator[Visitors]:
    found = Visitors(demo.origin, chromium)
    yield found
    found.leave()
