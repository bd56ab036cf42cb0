"""Kinds of change: which shape a body must have and how two of them meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from sync.change import Change
from sync.decide import Decision
from sync.record import Record
from sync.stamp import Stamp

Graph = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Register:
    """A field that is overwritten. `about_people` decides that a person must look at a race."""

    about_people: Callable[[Any], bool] = lambda value: False


@dataclass(frozen=True, slots=True)
class Creates:
    """Brings a record into being; its registers are taken from the body."""

    state: str
    registers: Mapping[str, Register]


@dataclass(frozen=True, slots=True)
class Adds:
    """An append-only fact about a record. Facts never conflict."""


@dataclass(frozen=True, slots=True)
class Sets:
    """Overwrites registers; each field races for itself."""

    registers: Mapping[str, Register]


@dataclass(frozen=True, slots=True)
class Moves:
    """A step of the record's state. `to` is fixed by the kind or, when empty, named by the body.

    The body may say `from` and `generation`: what the person was looking at. A step that reopens,
    and any step out of one of `ends`, begins a new generation.
    """

    graph: Graph
    to: str = ""
    reopens: bool = False
    ends: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Removes:
    """The record is gone; what is written to it later is parked."""


@dataclass(frozen=True, slots=True)
class Settles:
    """A person decides a conflict: body has `conflict` and `choice` (keep, restore, dismiss)."""

    graphs: Mapping[str, Graph] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Directs:
    """An order about something other than a record's fields; no merging, only the rule."""


Merge = Creates | Adds | Sets | Moves | Removes | Settles | Directs


class Shape(Protocol):
    """Reads a body. Raises `sync.wire.Malformed` naming the field."""

    def __call__(self, body: Mapping[str, Any], /) -> Mapping[str, Any]: ...


class Taken(NamedTuple):
    """A change that may take effect: what a domain's intake gets to see."""

    change: Change
    body: Mapping[str, Any]
    stamp: Stamp
    doubt: int
    by: Any
    record: Record | None
    decision: Decision
    received_at: int

    @property
    def at(self) -> int:
        """When it was really done, in milliseconds."""
        return self.stamp.at


@dataclass(frozen=True, slots=True)
class Placed:
    """What an intake says of the record: where it belongs and what number people may say.

    `state` replaces the state a creation begins in, `also` are records born with this one,
    `touches` are records whose news changed although they did not.
    """

    scopes: tuple[str, ...] | None = None
    number: str = ""
    state: str = ""
    also: tuple[Record, ...] = ()
    touches: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


Intake = Callable[[Taken, Any], Placed | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table of everything we take."""

    name: str  # "report.filed@1"
    record: str  # "report"; empty: any record
    merge: Merge
    shape: Shape
    intake: Intake


Kinds = Mapping[str, Kind]
