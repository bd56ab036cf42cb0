"""A small domain with every way two changes can meet, and some that go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.kind import (
    Adds,
    Creates,
    Kind,
    Kinds,
    Moves,
    Placed,
    Register,
    Removes,
    Sets,
    Settles,
    Taken,
)
from sync.receipt import Refused
from sync.wire import Malformed

PLACES = ("a", "b", "c")
STATES = ("new", "seen", "done", "closed")
GRAPH = {
    "new": frozenset({"seen", "closed"}),
    "seen": frozenset({"done"}),
    "done": frozenset({"closed"}),
    "closed": frozenset[str](),
}
REOPENED = {"done": frozenset({"seen"}), "closed": frozenset({"seen"})}
REGISTERS = {
    "title": Register(),
    "note": Register(about_people=lambda value: "@" in str(value)),
    "place": Register(),
}


def _marked(body: Mapping[str, Any], /) -> Mapping[str, Any]:
    """Every body bears a mark of its own, by which its effects are counted."""
    if type(body.get("mark")) is not int:
        raise Malformed("mark", "missing")
    return body


def _made(taken: Taken, journal: Any) -> Placed:
    journal.effect(taken.body["mark"])
    return Placed((f"place:{taken.body['place']}", f"me:{taken.by}"))


def _taken(taken: Taken, journal: Any) -> Placed | None:
    """A change of place carries the record into another scope, for whoever else may see it."""
    journal.effect(taken.body["mark"])
    place = taken.decision.sets.get("place")
    if place is None or taken.record is None:
        return None
    others = (scope for scope in taken.record.scopes if not scope.startswith("place:"))
    return Placed((f"place:{place.value}", *others))


def _refused(taken: Taken, journal: Any) -> None:
    raise Refused("not_today")


def _broken(taken: Taken, journal: Any) -> None:
    journal.effect(taken.body["mark"])
    raise ZeroDivisionError


_OLD = (
    Kind("thing.made@1", "thing", Creates("new", REGISTERS), _marked, _made),
    Kind("thing.noted@1", "thing", Adds(), _marked, _taken),
    Kind("thing.changed@1", "thing", Sets(REGISTERS), _marked, _taken),
    Kind("thing.moved@1", "thing", Moves(GRAPH), _marked, _taken),
    Kind("thing.reopened@1", "thing", Moves(REOPENED, "seen", reopens=True), _marked, _taken),
    Kind("thing.dropped@1", "thing", Removes(), _marked, _taken),
    Kind("thing.refused@1", "thing", Adds(), _marked, _refused),
    Kind("thing.broken@1", "thing", Adds(), _marked, _broken),
    Kind("conflict.decided@1", "", Settles({"thing": GRAPH}), _marked, _taken),
)
_NEW = (
    Kind("thing.hailed@1", "thing", Adds(), _marked, _taken),
    Kind("thing.broken@1", "thing", Adds(), _marked, _taken),
)
OLD: Kinds = {kind.name: kind for kind in _OLD}
NEW: Kinds = {**OLD, **{kind.name: kind for kind in _NEW}}
POISON = "thing.broken@1"
