"""Stamps: when a change was really made, in one total order per community."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

COUNTER_BITS = 16

_WIRE = re.compile(r"([0-9a-f]{16})\.([0-9a-f-]{36})\.([1-9][0-9]{0,15})")


class Stamp(NamedTuple):
    """Order: effective time, then device, then number. Equal stamps are the same change."""

    eff: int  # milliseconds << 16 | counter
    device: str
    n: int

    @property
    def at(self) -> int:
        """Effective time in milliseconds since 1970, UTC."""
        return self.eff >> COUNTER_BITS

    def wire(self) -> str:
        return f"{self.eff:016x}.{self.device}.{self.n}"


def from_wire(text: str) -> Stamp:
    """Read a stamp as it stands in `seen`. Raises ValueError when it is none."""
    found = _WIRE.fullmatch(text)
    if not found:
        raise ValueError("not a stamp")
    return Stamp(int(found[1], 16), found[2], int(found[3]))


def hlc(ms: int) -> int:
    """The first stamp value of a millisecond."""
    return ms << COUNTER_BITS


def effective(texts: Iterable[str]) -> list[int]:
    """The values of those texts that are stamps."""
    return [int(found[1], 16) for found in map(_WIRE.fullmatch, texts) if found]
