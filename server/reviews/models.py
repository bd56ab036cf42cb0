"""Conflicts and set-aside changes as the desk reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from server.cases.models import Case
from server.exchange.models import ConflictRow, RecordRow
from server.reports.models import Report
from server.stories.models import Told, changes_at
from sync.stamp import Stamp, from_wire


@dataclass(frozen=True, slots=True)
class Side:
    """One of two values: who wrote it, when, and what they had before their eyes."""

    stamp: Stamp
    value: Any
    told: Told | None
    saw: Any
    stands: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two values of one thing; `now` is a third one where somebody changed it again since."""

    row: ConflictRow
    record: RecordRow | None
    about: Report | Case | None
    earlier: Side
    later: Side
    now: Any

    @property
    def kind(self) -> str:
        return self.record.kind if self.record else "report"

    @property
    def gap(self) -> int:
        """How far apart the two were made, in milliseconds."""
        return abs(self.later.stamp.at - self.earlier.stamp.at)

    @property
    def is_step(self) -> bool:
        return self.row.field == "state"

    @property
    def loser(self) -> Side:
        return next(
            side for side in (self.earlier, self.later) if side.stamp.wire() == self.row.loser
        )


def disputes(session: Session, rows: Select[ConflictRow]) -> list[Dispute]:
    """Conflicts with both their sides, in a fixed number of statements."""
    found = session.scalars(rows).all()
    if not found:
        return []
    community_id = found[0].community_id
    ids = [row.about for row in found]
    records = _by_id(session, RecordRow, community_id, ids)
    things = _by_id(session, Report, community_id, ids) | _by_id(session, Case, community_id, ids)
    told = changes_at(session, community_id, [s for row in found for s in (row.winner, row.loser)])
    saw = [
        one.seen[row.field] for row in found for one in _both(row, told) if row.field in one.seen
    ]
    seen = changes_at(session, community_id, [stamp for stamp in saw if _is_stamp(stamp)])
    return [
        _dispute(row, records.get(row.about), things.get(row.about), told, seen) for row in found
    ]


def _by_id(session: Session, model: Any, community_id: str, ids: Sequence[str]) -> dict[str, Any]:
    rows = session.scalars(
        select(model).where(model.community_id == community_id, model.id.in_(ids))
    )
    return {row.id: row for row in rows}


def _is_stamp(text: str) -> bool:
    try:
        from_wire(text)
    except ValueError:
        return False
    return True


def _both(row: ConflictRow, told: Mapping[Stamp, Told]) -> list[Told]:
    sides = (told.get(from_wire(text)) for text in (row.winner, row.loser))
    return [side for side in sides if side is not None]


def _dispute(
    row: ConflictRow,
    record: RecordRow | None,
    about: Report | Case | None,
    told: Mapping[Stamp, Told],
    seen: Mapping[Stamp, Told],
) -> Dispute:
    now, stamp = _stands(row, record)

    def side(text: str, value: str) -> Side:
        own = from_wire(text)
        made = told.get(own)
        stands = stamp == text or (row.field == "state" and json.loads(value) == now)
        return Side(own, json.loads(value), made, _saw(row.field, made, seen), stands)

    one, other = side(row.winner, row.winner_value), side(row.loser, row.loser_value)
    earlier, later = (one, other) if one.stamp < other.stamp else (other, one)
    third = "" if one.stands or other.stands else now
    return Dispute(row, record, about, earlier, later, third)


def _stands(row: ConflictRow, record: RecordRow | None) -> tuple[Any, str]:
    """The value that is used now, and its stamp."""
    if record is None:
        return "", ""
    if row.field == "state":
        return record.state, ""
    value, eff, device, n, _doubt = json.loads(record.fields).get(row.field, ("", 0, "", 0, 0))
    stamp = Stamp(eff, device, n).wire() if device else ""
    # Bringing a value back gives it a new stamp; it is the same value all the same.
    for text, kept in ((row.winner, row.winner_value), (row.loser, row.loser_value)):
        if json.loads(kept) == value:
            return value, text
    return value, stamp


def _saw(field: str, made: Told | None, seen: Mapping[Stamp, Told]) -> Any:
    """The value its author was looking at; empty where that is not known."""
    if made is None or not _is_stamp(made.seen.get(field, "")):
        return str(made.body.get("from", "")) if made and field == "state" else ""
    before = seen.get(from_wire(made.seen[field]))
    return before.body.get(field, "") if before else ""


def conflicts(community_id: str) -> Select[ConflictRow]:
    """All of a community, the newest first."""
    return (
        select(ConflictRow)
        .where(ConflictRow.community_id == community_id)
        .order_by(ConflictRow.found_at.desc(), ConflictRow.id)
    )


def open_conflicts(community_id: str) -> Select[ConflictRow]:
    """Those that only a person can decide, and nobody has."""
    return conflicts(community_id).where(ConflictRow.state == "open", ConflictRow.reason != "older")


def settled_by_time(community_id: str) -> Select[ConflictRow]:
    """The later one stands, nobody had to decide; the other can be brought back."""
    return conflicts(community_id).where(ConflictRow.state == "open", ConflictRow.reason == "older")


def decided_conflicts(community_id: str) -> Select[ConflictRow]:
    """Those a person has decided."""
    return conflicts(community_id).where(ConflictRow.state != "open")
