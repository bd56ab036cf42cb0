"""The engines that are not Chromium. ENGINES="firefox" or "" runs fewer of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.engines import firefox, webkit

ENGINES = os.environ.get("ENGINES", "firefox webkit").split()


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with webkit.screen() as name:
        yield name


@pytest.fixture(params=ENGINES)
def phone(request: Any, server: Any, tmp_path: Path) -> Iterator[Callable[[], Any]]:
    """Opens the engine on one and the same phone, with what it had on its disk."""
    url, profile = f"http://127.0.0.1:{server.port}", tmp_path / "phone"
    with ExitStack() as live:

        def open_() -> Any:
            if request.param == "firefox":
                found: Any = firefox.Firefox(request.getfixturevalue("playwright"), profile, url)
            else:
                found = webkit.WebKit(request.getfixturevalue("display"), profile, url)
            live.callback(found.close)
            return found

        yield open_
