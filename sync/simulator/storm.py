"""P20 of many phones: everybody's network is back at once, and the server puts most of them off."""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush
from random import Random

from sync.simulator import patience
from sync.simulator.checks import hold
from sync.simulator.obedience import BACK_MS
from sync.simulator.timepiece import HOUR

PHONES, FIRST_S, RATE, ROOM, AFTER_S = 120, 1, 20, 20, 30
LONGEST_S = 300


def storm(seed: int) -> None:
    """Requests by the second, from the first one on. Raises Violation."""
    rng = Random(seed)
    coming = [(rng.randrange(FIRST_S * 1000), 0) for _ in range(PHONES)]
    heapify(coming)
    by_second: Counter[int] = Counter()
    idle_at = 0
    while coming:
        now, failures = heappop(coming)
        by_second[now // 1000] += 1
        hold("liveness", now < LONGEST_S * 1000, (now, failures))
        if idle_at - now > ROOM * 1000 // RATE:
            failures += 1
            heappush(coming, (now + patience.pause(failures, AFTER_S, rng.random()), failures))
        else:
            idle_at = max(idle_at, now) + 1000 // RATE
    _falls(by_second)
    _outage(rng)


def _falls(by_second: Counter[int]) -> None:
    """Within one period nobody comes again, and afterwards they do not come all at once."""
    again = {second: n for second, n in by_second.items() if second >= FIRST_S}
    hold("P20", min(again, default=AFTER_S) >= AFTER_S, again)
    hold("P20", max(again.values(), default=0) <= by_second[0] // 3, again)


def _outage(rng: Random) -> None:
    """Liveness: whoever has failed for an hour asks again within two minutes of any moment."""
    now = failures = 0
    while now < HOUR:
        failures += 1
        passes = patience.pause(failures, 0, rng.random())
        hold("liveness", passes <= BACK_MS, (failures, passes))
        now += passes
