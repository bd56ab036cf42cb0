"""A server that really stops, a network that really breaks, browsers that are really killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.browser import PhoneBrowser
from tests.journeys.netproxy import NetProxy
from tests.journeys.town_server import TownServer


@pytest.fixture
def server(tmp_path: Path, empty_database: Path) -> Iterator[TownServer]:
    found = TownServer(tmp_path / "data", empty_database)
    found.start()
    yield found
    found.close()


@pytest.fixture
def net(server: TownServer) -> Iterator[NetProxy]:
    proxy = NetProxy(server.port)
    yield proxy
    proxy.close()


@pytest.fixture
def phone(playwright: Any, net: NetProxy, tmp_path: Path) -> Iterator[Callable[..., PhoneBrowser]]:
    """Starts a browser; the same name again is the same phone, with what it had on its disk."""
    live: list[PhoneBrowser] = []

    def start(name: str = "phone", **more: Any) -> PhoneBrowser:
        found = PhoneBrowser(playwright, tmp_path / name, f"http://127.0.0.1:{net.port}", **more)
        live.append(found)
        return found

    yield start
    for browser in live:
        browser.close()
    assert [error for browser in live for error in browser.errors] == []
