"""What changes are about, as far as reconciliation has to know it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sync.stamp import Stamp


class Held(NamedTuple):
    """The value a field has now, who set it when, and how sure the time is."""

    value: Any
    stamp: Stamp
    doubt: int = 0  # milliseconds either way


@dataclass(slots=True)
class Record:
    """A report, a patrol, a case: fields that race and a state that steps."""

    id: str
    kind: str
    scopes: tuple[str, ...]
    owner: str
    state: str = ""
    generation: int = 1
    path: tuple[str, ...] = ()
    fields: dict[str, Held] = field(default_factory=dict)
    facts: int = 0
    seq: int = 0
    removed: bool = False
    number: str = ""
    stepped: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two values one of which stands; both are kept until a person has looked."""

    id: str
    about: str
    field: str
    winner: Stamp
    loser: Stamp
    winner_value: Any
    loser_value: Any
    reason: str  # older | ambiguous_clock | person_text | illegal_step
    doubt: int = 0
    state: str = "open"  # open | kept | restored | dismissed
