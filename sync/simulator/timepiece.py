"""A phone's clock: years off, drifting, set by hand, now and then without anybody noticing."""

from __future__ import annotations

from typing import NamedTuple

from sync.clock import Reading

MINUTE, HOUR, DAY, YEAR = 60_000, 3_600_000, 86_400_000, 31_536_000_000
START = 1_795_500_000_000  # where true time begins in every history


class Jump(NamedTuple):
    """Found at a reading: by how much the clock had moved, and whether a new segment said so."""

    found: Reading
    size: int
    is_known: bool


class Timepiece:
    """`offset` and `drift_ppm` are nobody's knowledge; only `read` can be seen."""

    def __init__(self, offset: int, drift_ppm: int) -> None:
        self.offset = offset
        self.drift_ppm = drift_ppm
        self.segment = 1
        self.last = offset - 10**15
        self.jumps: list[Jump] = []
        self._moved = 0

    def copy(self) -> Timepiece:
        found = Timepiece(self.offset, self.drift_ppm)
        found.segment, found.last, found._moved = self.segment, self.last, self._moved
        found.jumps = list(self.jumps)
        return found

    def wall(self, now: int) -> int:
        passed = now - START
        return START + passed + passed * self.drift_ppm // 1_000_000 + self.offset

    def jump(self, size: int, now: int, *, is_noticed: bool) -> None:
        """Noticed means: the app runs, and its next look at the clock begins a segment."""
        self.offset += size
        self._moved += size
        if is_noticed:
            self.segment += 1
            self.last = self.wall(now)
            self._found(is_known=True)

    def read(self, now: int) -> Reading:
        """A look at the clock, stored as the last one."""
        wall = self.wall(now)
        went_back = wall < self.last
        if went_back:
            self.segment += 1
        self.last = wall
        if self._moved:
            self._found(is_known=went_back)
        return Reading(self.segment, wall)

    def _found(self, *, is_known: bool) -> None:
        self.jumps.append(Jump(Reading(self.segment, self.last), self._moved, is_known))
        self._moved = 0
