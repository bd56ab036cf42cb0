"""The only place that asks the machine for the time."""

from __future__ import annotations

import time

_fixed: int | None = None


def now() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000 if _fixed is None else _fixed


def set(at: int | None) -> None:
    """Stop the clock at `at` for a test; None lets it run again."""
    global _fixed
    _fixed = at
