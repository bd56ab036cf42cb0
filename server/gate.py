"""One thread of a process computes at a time.

A process has one interpreter for all its threads. Let loose on it together, they take it from each
other at every question to the database: measured, a quarter of what two processors can do. So those
of the busiest requests go in one by one, and leave where they would only wait.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app


class Gate:
    """Room for so many threads. Who is not inside may leave, who is inside may enter: then nothing
    happens."""

    def __init__(self, places: int) -> None:
        self._free = threading.Semaphore(places)
        self._own = threading.local()

    @property
    def is_inside(self) -> bool:
        return getattr(self._own, "is_inside", False)

    def enter(self) -> None:
        if not self.is_inside:
            self._free.acquire()
            self._own.is_inside = True

    def leave(self) -> None:
        if self.is_inside:
            self._own.is_inside = False
            self._free.release()

    @contextmanager
    def outside(self) -> Iterator[None]:
        """For what waits for others: afterwards as before."""
        was_inside = self.is_inside
        self.leave()
        try:
            yield
        finally:
            if was_inside:
                self.enter()


def gate() -> Gate:
    """The gate of this process."""
    found: Gate = current_app.extensions["gate"]
    return found


def install(app: Flask, places: int) -> None:
    app.extensions["gate"] = Gate(places)
