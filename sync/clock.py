"""From the readings of an untrusted clock to the time a thing was really done.

Only elapsed time on the phone's own clock counts, so a clock that is years wrong does no harm.
A clock that jumped while nobody could notice is found by comparing two moments at which the
server knew both times; what cannot be told is given as a middle with its doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from sync.stamp import Stamp, hlc

JUMP_FLOOR_MS = 120_000
JUMP_PPM = 200
DOUBT_FLOOR_MS = 1_000
DOUBT_PPM = 100


class Reading(NamedTuple):
    """What the phone's clock showed. A new segment begins when the phone notices a jump."""

    segment: int
    wall: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """A moment at which the phone had nothing left to send and the server knew both times."""

    segment: int
    wall: int
    server: int


class Estimate(NamedTuple):
    """When it was, give or take `doubt`, and how that was found out."""

    at: int
    doubt: int
    method: str  # exact | age | before_jump | after_jump | between | unread


def newer(anchor: Anchor, here: Anchor) -> Anchor:
    """The anchor to keep. A request that is repeated later shows an old reading beside a new
    server time; it must not move the anchor."""
    return here if (here.segment, here.wall) > (anchor.segment, anchor.wall) else anchor


def remembered(claim: Anchor | None, here: Anchor, since: int) -> Anchor:
    """The anchor a phone begins with under a new name: what it remembers of its last one, if that
    can be true; `since` is how far back it may reach (ms)."""
    if claim is None or not since <= claim.server <= here.server:
        return here
    return claim if newer(claim, here) is here else here


def estimate(readings: Sequence[Reading], anchor: Anchor, now: Anchor) -> list[Estimate]:
    """One estimate per reading, in the order they were made between `anchor` and `now`."""
    line = [
        Reading(anchor.segment, anchor.wall),
        *readings,
        Reading(now.segment, now.wall),
    ]
    jump = (now.wall - anchor.wall) - (now.server - anchor.server)
    allowed = JUMP_FLOOR_MS + JUMP_PPM * max(0, now.server - anchor.server) // 1_000_000
    places = _known_jumps(line)
    excess = _excess(line, places, anchor, now) if places else 0
    if excess > allowed:
        return [_anywhere(excess, anchor, now)] * len(readings)
    if abs(jump) <= allowed and len(places) < 2:
        return [_steady(reading, anchor, now) for reading in readings]
    if places:
        return _around(line, anchor, now, places)
    places = _possible_jumps(line, jump, allowed)
    return [_beside(i, r, anchor, now, places) for i, r in enumerate(readings, start=1)]


def _doubt(elapsed: int) -> int:
    return DOUBT_FLOOR_MS + DOUBT_PPM * abs(elapsed) // 1_000_000


def _steady(reading: Reading, anchor: Anchor, now: Anchor) -> Estimate:
    """No jump: the age of the reading, with the crystal's drift spread evenly."""
    age = now.wall - reading.wall
    span = now.wall - anchor.wall
    drift = span - (now.server - anchor.server)
    at = now.server - age
    if span > 0 and 0 <= age <= span:
        at += drift * age // span
    nearest = min(age, abs(reading.wall - anchor.wall))
    return Estimate(at, _doubt(nearest), "age")


def _known_jumps(line: Sequence[Reading]) -> list[int]:
    """Gaps in which the phone noticed a jump itself, or the clock ran backwards."""
    return [
        i for i, (a, b) in enumerate(pairwise(line)) if a.segment != b.segment or b.wall < a.wall
    ]


def _possible_jumps(line: Sequence[Reading], jump: int, allowed: int) -> list[int]:
    """Gaps long enough to hide the jump; a backward step fits into any of them."""
    gaps = [b.wall - a.wall for a, b in pairwise(line)]
    found = [i for i, gap in enumerate(gaps) if jump < 0 or gap >= jump - allowed]
    return found or list(range(len(gaps)))


def _excess(line: Sequence[Reading], places: Sequence[int], anchor: Anchor, now: Anchor) -> int:
    """How much more time lies outside the known jumps than has passed: there was another jump."""
    low = _forward(line[min(places)], anchor)
    high = _backward(line[max(places) + 1], now)
    return low.at - high.at


def _anywhere(excess: int, anchor: Anchor, now: Anchor) -> Estimate:
    """Readings that contradict each other say only that they lie between two exchanges."""
    half = (now.server - anchor.server) // 2
    return Estimate(anchor.server + half, half + DOUBT_FLOOR_MS + excess, "between")


def _forward(reading: Reading, anchor: Anchor) -> Estimate:
    age = reading.wall - anchor.wall
    return Estimate(anchor.server + age, _doubt(age), "before_jump")


def _backward(reading: Reading, now: Anchor) -> Estimate:
    age = now.wall - reading.wall
    return Estimate(now.server - age, _doubt(age), "after_jump")


def _middle(one: Estimate, other: Estimate) -> Estimate:
    half = abs(other.at - one.at) // 2 + max(one.doubt, other.doubt)
    return Estimate((one.at + other.at) // 2, half, "between")


def _beside(
    position: int, reading: Reading, anchor: Anchor, now: Anchor, places: Sequence[int]
) -> Estimate:
    """One jump, hidden in one of `places`: before all of them, after all of them, or either."""
    if position <= min(places):
        return _forward(reading, anchor)
    if position > max(places):
        return _backward(reading, now)
    return _middle(_forward(reading, anchor), _backward(reading, now))


def _around(
    line: Sequence[Reading], anchor: Anchor, now: Anchor, places: Sequence[int]
) -> list[Estimate]:
    """Jumps at known places: sure before the first and after the last; between two of them only
    the order is known."""
    first, last = min(places), max(places)
    between = _middle(_forward(line[first], anchor), _backward(line[last + 1], now))
    found = []
    for position, reading in enumerate(line[1:-1], start=1):
        if position <= first:
            found.append(_forward(reading, anchor))
        elif position > last:
            found.append(_backward(reading, now))
        else:
            found.append(between)
    return found


def mint(
    when: Estimate, *, device: str, n: int, earliest: int, latest: int, after: Sequence[int]
) -> Stamp:
    """The lasting stamp: never before `earliest` (enrolment) nor after `latest` (receipt), both in
    milliseconds, and greater than every effective value in `after` (its own last, those it saw)."""
    eff = hlc(min(max(when.at, earliest), latest))
    eff = max([eff, *(value + 1 for value in after)])
    return Stamp(min(eff, hlc(latest + 1) - 1), device, n)
