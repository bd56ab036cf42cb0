"""How long a phone waits before it speaks again, as `sync/phone/outcome.js` has it."""

from __future__ import annotations

from typing import NamedTuple

FIRST_S, LAST_S, MOST_S, HAND_S = 5, 90, 3600, 60


class Wait(NamedTuple):
    """Stored on the phone, by its own clock; `after_s` is what the server asked for."""

    since: int
    until: int
    after_s: float
    failures: int = 0


def pause(failures: int, after_s: float, chance: float) -> int:
    """After a failure 5 s, doubling to 90 s; at least what the server asked for; at most 1 h."""
    own = min(LAST_S, FIRST_S * 2 ** min(9, failures - 1)) if failures else 0
    wanted = max(own * (0.75 + chance / 2), after_s * (1 + chance / 2))
    return round(min(MOST_S, wanted) * 1000)


def held_until(wait: Wait, now: int, by: str) -> int:
    """Until when nothing may be sent, 0 when it may. `by`: timer, network or hand."""
    if by != "timer" and not wait.after_s:
        return 0
    until = wait.until
    if by == "hand":
        until = min(until, wait.since + int(min(wait.after_s, HAND_S) * 1000))
    return until if wait.since <= now < until else 0
