"""A server with more to do than it can, now and then: whom it puts off, and for how long."""

from __future__ import annotations

from random import Random
from typing import Any

from sync.simulator.timepiece import MINUTE

PUT_OFF = {"cold": 0.9, "pull": 0.5, "hello": 0.4, "push": 0.3}
SECONDS = (1, 2, 8, 30, 30, 120, 10**9)  # the last is a bad header


class Load:
    """Cold pages are put off first, pushes last. Outside of a rush nobody is."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.until = 0

    def begin(self, now: int) -> None:
        """A rush: of some seconds, or of some minutes."""
        self.until = now + self.rng.randrange(10_000, self.rng.choice((MINUTE, 10 * MINUTE)))

    def refusal(self, now: int, what: str) -> tuple[int, dict[str, Any]] | None:
        if now >= self.until or self.rng.random() >= PUT_OFF[what]:
            return None
        return 503, {"error": "busy", "retry_after_s": self.rng.choice(SECONDS)}

    def after_s(self, now: int) -> int:
        """What a push that was taken is told: go on at once, or leave us alone for so long."""
        return 0 if now >= self.until else self.rng.choice((0, 2, 8, 30))
