"""What became of a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """The lasting outcome of one change. All of them mean: the server has it."""

    APPLIED = "applied"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    PARKED = "parked"
    QUARANTINED = "quarantined"


class Refused(Exception):
    """A rule says no. `reason` names a sentence for people, `details` fill its gaps."""

    def __init__(self, reason: str, **details: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


class SetAside(Exception):
    """A rule cannot judge this here and now; a person or a later server will."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one change, the same for ever however often it is asked for."""

    n: int
    verdict: Verdict
    reason: str = ""
    number: str = ""
    seq: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """True when there is nothing to tell beyond "applied"."""
        return self.verdict is Verdict.APPLIED and not self.number and not self.details

    def as_wire(self) -> dict[str, Any]:
        wire: dict[str, Any] = {"n": self.n, "verdict": self.verdict.value}
        if self.reason:
            wire["reason"] = self.reason
        if self.number:
            wire["number"] = self.number
        if self.details:
            wire["details"] = dict(self.details)
        return wire
