"""What a phone is told: news of its scopes, each from its own cursor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.journal import Feed, FeedRow
from sync.wire import Pull


class Behind(Exception):
    """This copy of the data has not reached what the phone was already promised."""


@dataclass(slots=True)
class Answer:
    """The rows and, per scope, [cursor, number at which the cold start began or 0, more]."""

    upto: int
    scopes: dict[str, tuple[int, int, bool]] = field(default_factory=dict)
    leave: list[str] = field(default_factory=list)
    changes: list[list[Any]] = field(default_factory=list)

    def as_wire(self) -> dict[str, Any]:
        return {
            "upto": self.upto,
            "scopes": {name: list(state) for name, state in self.scopes.items()},
            "leave": self.leave,
            "changes": self.changes,
        }


def answer(pull: Pull, feed: Feed, granted: Collection[str]) -> Answer:
    """News of every granted scope up to the head; scopes no longer granted are to be left.

    Raises Behind when the head is older than `min_seq`.
    """
    head = feed.head()
    upto = head.next_seq - 1
    if upto < pull.min_seq and head.epoch == pull.epoch:
        raise Behind(upto)
    told = Answer(upto, leave=sorted(set(pull.cursors) - set(granted)))
    room = pull.limit
    found: list[FeedRow] = []
    for scope in sorted(granted):
        cursor, cold = _start(pull, head.epoch, head.floor_seq, scope, upto)
        rows = list(feed.news(scope, cursor, upto, room + 1))
        more = len(rows) > room
        rows = rows[:room]
        room -= len(rows)
        reached = rows[-1].seq if more and rows else cursor if more else upto
        told.scopes[scope] = (reached, cold, more)
        found += [r for r in rows if r.what == "row" or r.seq > cold]
    told.changes = _render(feed, found)
    return told


def is_cold(pull: Pull, granted: Collection[str]) -> bool:
    """True when a scope is to be told from its beginning, or such a telling goes on."""
    return any(
        scope not in pull.cursors or pull.cursors[scope][0] == 0 or pull.cursors[scope][1] > 0
        for scope in granted
    )


def _start(pull: Pull, epoch: int, floor: int, scope: str, upto: int) -> tuple[int, int]:
    """Where to go on. A scope starts cold when it is new, below the floor, or of another epoch."""
    cursor, cold = pull.cursors.get(scope, (0, 0))
    stale = pull.epoch != epoch or cursor > upto or (cold or cursor) < floor
    if cursor == 0 or stale:
        return 0, max(upto, 1)
    return cursor, cold


def _render(feed: Feed, found: Sequence[FeedRow]) -> list[list[Any]]:
    wanted: dict[str, list[str]] = {}
    for row in found:
        if row.what == "row":
            wanted.setdefault(row.kind, []).append(row.about)
    bodies = {kind: feed.rows(kind, ids) for kind, ids in wanted.items()}
    lines = []
    for row in found:
        if row.what != "row":
            lines.append([row.scope, row.kind, row.about, row.seq, None, row.what])
        elif (body := bodies[row.kind].get(row.about)) is not None:
            lines.append([row.scope, row.kind, row.about, row.seq, body])
    return lines
