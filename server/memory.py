"""What a process remembers for a minute of rows that hardly ever change."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from flask import Flask, current_app

from server import clock

REMEMBERED_MS = 60_000
MOST_REMEMBERED = 5_000


class Memory:
    """Values by name, a minute old at most. Nothing that was not there is remembered. Safe for
    threads."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[int, Any]] = {}

    def get(self, name: Hashable, read: Callable[[], Any]) -> Any:
        """What `read` gave within the last minute, or gives now."""
        now = clock.now()
        since, value = self._known.get(name, (0, None))
        if value and 0 <= now - since < REMEMBERED_MS:
            return value
        value = read()
        if value:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[name] = (now, value)
        return value


def memory(what: str) -> Memory:
    """The memory of this process for one kind of thing."""
    found: Memory = current_app.extensions["memories"].setdefault(what, Memory())
    return found


def install(app: Flask) -> None:
    app.extensions["memories"] = {}
