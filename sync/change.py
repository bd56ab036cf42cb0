"""A change as it was frozen on the phone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NO_CHAIN = bytes(32)


@dataclass(frozen=True, slots=True)
class Change:
    """One past-tense fact. `raw` are the frozen bytes; everything else was read from them.

    `flaw` is set when the bytes could not be read as a change; they are kept all the same.
    """

    n: int
    raw: bytes
    kind: str = ""
    about: str = ""
    segment: int = 0
    wall: int = 0
    zone: int = 0
    body: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    flaw: str = ""


def link(chain: bytes, raw: bytes) -> bytes:
    """The next value of a device's chain: SHA-256 over the last value and the frozen bytes."""
    return hashlib.sha256(chain + raw).digest()
