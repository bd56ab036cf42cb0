"""What was promised, and what is late. Silence past a promise is the alarm: these rules look at
what stands written, at the clock and at the disk, and ask no worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

SECOND_MS, MINUTE_MS = 1_000, 60_000
HOUR_MS, DAY_MS = 60 * MINUTE_MS, 24 * 60 * MINUTE_MS
# How long after the last time each is late: what was promised, and a little patience.
PROMISES = {
    "sweep": 5 * MINUTE_MS,
    "journal": MINUTE_MS,
    "backup": HOUR_MS + 10 * MINUTE_MS,
    "restore": DAY_MS + 10 * MINUTE_MS,
}
SECOND_PLACE = ("journal", "backup", "restore")
AHEAD_MS = 2 * MINUTE_MS  # a last time later than now by more: a clock was moved
LOW, LOWEST = 0.15, 0.05
FULL_BYTES = 2 * 2**20  # nothing can be written any more


class Done(Protocol):
    """What stands written of a task."""

    done_at: int
    failure: str


@dataclass(frozen=True, slots=True)
class Part:
    """How one part of the installation is doing. state: ok · late · failed · off."""

    name: str
    state: str
    reason: str = ""  # never · silent · clock · tried · low · full · gone · behind · long
    at: int = 0
    amount: float = 0
    failure: str = ""

    @property
    def is_wrong(self) -> bool:
        return self.state in ("late", "failed")


def task(name: str, done: Done | None, now: int, *, is_wanted: bool = True) -> Part:
    """Was it done when it was promised? `now` in ms."""
    if not is_wanted:
        return Part(name, "off")
    if done is None or not done.done_at:
        return Part(name, "late", "never", failure=done.failure if done else "")
    if done.done_at > now + AHEAD_MS:
        return Part(name, "late", "clock", done.done_at)
    if now - done.done_at > PROMISES[name]:
        return Part(name, "late", "silent", done.done_at, failure=done.failure)
    return Part(name, "ok", "tried" if done.failure else "", done.done_at, failure=done.failure)


def disk(free: int, total: int) -> Part:
    """The disk of the data folder."""
    share = free / total if total else 0
    if free < FULL_BYTES:
        return Part("disk", "failed", "full", amount=share)
    if share < LOWEST:
        return Part("disk", "failed", "low", amount=share)
    return Part("disk", "late" if share < LOW else "ok", "low" if share < LOW else "", amount=share)


def migrations(here: str, wanted: str) -> Part:
    """Are the tables those this program was written for?"""
    return Part("migrations", "ok") if here == wanted else Part("migrations", "failed", "behind")


def queue(waiting: int, is_long: bool) -> Part:
    """Who waits in this process to be heard."""
    return Part("queue", "late" if is_long else "ok", "long" if is_long else "", amount=waiting)


def can_work(parts: Mapping[str, Part]) -> bool:
    """Should a proxy send people here? Not without a database, nor where nothing can be written."""
    return parts["database"].state == "ok" and parts["disk"].reason != "full"
