"""Writers take turns: SQLite alone lets in whoever happens to ask at the right moment, and whoever
waits longest asks least often."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_UN, lockf
from pathlib import Path
from threading import Lock

from sqlalchemy.exc import TimeoutError

WAIT_S = 10
_GATE, _ROOM = 0, 1  # two bytes of the file, each with a lock of its own


class Turns:
    """The turns of every process that writes to one file. Who waits stands in the gate, so that who
    has just left the room cannot slip in again before. A process that dies gives up its place.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._of_process = Lock()
        self._open: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Alone among the writers. Raises TimeoutError when this process's others take too long."""
        if not self._of_process.acquire(timeout=WAIT_S):
            raise TimeoutError("the writers of this process take too long")
        try:
            with self._room():
                yield
        finally:
            self._of_process.release()

    @contextmanager
    def _room(self) -> Iterator[None]:
        if self._open is None:
            self._open = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        file = self._open
        lockf(file, LOCK_EX, 1, _GATE)
        try:
            lockf(file, LOCK_EX, 1, _ROOM)
        finally:
            lockf(file, LOCK_UN, 1, _GATE)
        try:
            yield
        finally:
            lockf(file, LOCK_UN, 1, _ROOM)
