"""Which rows are new: found by the community's counter and by the numbers of devices, table by
table, so that nothing need be noted on the way of a push.

A change touches records, and each touched record takes the next number of its community's counter.
So whatever a change wrote is found from two things: the changes that are new, and the records whose
number is. What no change writes (people, places, phones, losses) is compared with what was seen
the last time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    and_,
    func,
    or_,
    select,
    tuple_,
)

from server.backups.copying import tables
from server.exchange.keeping import CHANGE, DEVICE, RECORD
from server.exchange.kinds import KINDS

BY_CHANGE = ("changes", "additions", "screenings", "case_steps")
# Table: the column that names the record.
BY_RECORD = {
    "records": "id",
    "reports": "id",
    "cases": "id",
    "patrols": "id",
    "conflicts": "about",
    "marks": "patrol_id",
    "tallies": "patrol_id",
    "report_photos": "report_id",
    "receipt_codes": "report_id",
}
BY_OTHERS = ("photos", "day_counters")  # and devices, which are watched besides
# Table: the columns to compare; none named means all.
WATCHED: dict[str, tuple[str, ...]] = {
    "devices": ("key", "member_id", "label", "revoked_at", "replaced_by"),
    **dict.fromkeys(("subdistricts", "communities", "grids", "places", "place_assignments"), ()),
    **dict.fromkeys(("members", "credentials", "enrolments", "contact_reads"), ()),
    **dict.fromkeys(("categories", "urgent_words", "period_hours", "checklist_items"), ()),
    "reply_templates": (),
}
# Made anew by itself: from the records, by signing in again, by being counted again.
LEFT_OUT = (
    "streams",
    "feed",
    "tasks",
    "journal_marks",
    "seq_marks",
    "archives",
    "staff_sessions",
    "sign_in_tries",
    "code_tries",
    "hour_counts",
)
DECIDES = ("change.released@1", "change.discarded@1")
AT_ONCE = 500
DEVICES_AT_ONCE = 50
DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS
RECORDS = sorted({kind.record for kind in KINDS.values()} - {""})
Rows = list[list[Any]]


@dataclass(slots=True)
class Mark:
    """A community's counter row at the last look."""

    hlc: int = 0
    seq: int = 0

    @property
    def at(self) -> int:
        """No later change was received before this (ms)."""
        return self.hlc >> 16

    @property
    def month(self) -> int:
        when = datetime.fromtimestamp(self.at / 1000, UTC)
        return when.year * 100 + when.month


@dataclass(slots=True)
class Follower:
    """Remembers what has been seen; each look is at one moment of the database."""

    numbers: dict[str, dict[str, int]] = field(default_factory=dict)  # community, device: last n
    seen: dict[str, dict[Any, int]] = field(default_factory=dict)  # table, key: hash of the row

    def news(self, rows: Connection, community: str, mark: Mark) -> dict[str, Rows]:
        """Everything changes wrote in a community since the mark, by table."""
        numbers = self.numbers.get(community) or _numbers_at(rows, community, mark)
        now = _numbers(rows, community)
        moved = {id: numbers.get(id, 0) for id, last in now.items() if last > numbers.get(id, 0)}
        found = _by_change(rows, community, moved, mark)
        ids = _touched(rows, community, mark)
        found |= _by_record(rows, community, ids)
        found["photos"] = _photos(rows, community, found["report_photos"])
        found["devices"] = _some(rows, "devices", community, "id", list(moved))
        found["day_counters"] = _days(rows, community, mark)
        self.numbers[community] = numbers | now
        return {name: some for name, some in found.items() if some}

    def watched(self, rows: Connection, now: int) -> dict[str, Rows]:
        """Rows no change writes that are not as they were at the last look, by table."""
        found = {name: self._unlike(rows, name, now) for name in WATCHED}
        return {name: some for name, some in found.items() if some}

    def _unlike(self, rows: Connection, name: str, now: int) -> Rows:
        table, seen = by_name()[name], self.seen.setdefault(name, {})
        key = list(table.primary_key)
        asked = select(*key, *(table.c[one] for one in WATCHED[name] or table.c.keys()))
        fresh = {
            tuple(row[: len(key)]): hash(tuple(row))
            for row in rows.execute(asked.where(*_recent(table, now)))
        }
        unlike = [one for one, value in fresh.items() if seen.get(one) != value]
        self.seen[name] = fresh
        return _all(rows, table, (tuple_(*key).in_(some) for some in _few(unlike)))


@cache
def by_name() -> Mapping[str, Table[Any]]:
    """Every table, each after those it refers to."""
    return {table.name: table for table in tables()}


def _numbers(rows: Connection, community: str) -> dict[str, int]:
    asked = select(DEVICE.c.id, DEVICE.c.last_n).where(
        DEVICE.c.community_id == community, DEVICE.c.last_n > 0
    )
    return {row.id: row.last_n for row in rows.execute(asked)}


def _numbers_at(rows: Connection, community: str, mark: Mark) -> dict[str, int]:
    """How far each device was at the mark, for who was not here then."""
    since = (
        select(CHANGE.c.device_id, func.min(CHANGE.c.n))
        .where(
            CHANGE.c.community_id == community,
            CHANGE.c.received_month >= mark.month,
            CHANGE.c.received_at >= mark.at,
        )
        .group_by(CHANGE.c.device_id)
    )
    begun = {id: first - 1 for id, first in rows.execute(since)}
    return _numbers(rows, community) | begun


def _by_change(
    rows: Connection, community: str, moved: Mapping[str, int], mark: Mark
) -> dict[str, Rows]:
    found = {}
    for name in BY_CHANGE:
        table = by_name()[name]
        month = [table.c.received_month >= mark.month] if name == "changes" else []
        wanted = (
            and_(
                table.c.community_id == community,
                *month,
                or_(*(and_(table.c.device_id == id, table.c.n > n) for id, n in some)),
            )
            for some in _few(list(moved.items()), DEVICES_AT_ONCE)
        )
        found[name] = _all(rows, table, wanted)
    found["changes"] += _decided(rows, community, found["changes"])
    return found


def _decided(rows: Connection, community: str, changes: Rows) -> Rows:
    """Changes that were set aside earlier and have been looked at now."""
    asked = [dict(zip(CHANGE.c.keys(), row, strict=True)) for row in changes]
    keys = [
        (row["about"], json.loads(row["raw"].encode("latin-1"))["b"]["n"])
        for row in asked
        if row["kind"] in DECIDES and row["verdict"] == "applied"
    ]
    wanted = (
        and_(CHANGE.c.community_id == community, tuple_(CHANGE.c.device_id, CHANGE.c.n).in_(some))
        for some in _few(keys)
    )
    return _all(rows, CHANGE, wanted)


def _touched(rows: Connection, community: str, mark: Mark) -> list[str]:
    asked = select(RECORD.c.id).where(
        RECORD.c.community_id == community, RECORD.c.kind.in_(RECORDS), RECORD.c.seq > mark.seq
    )
    return list(rows.scalars(asked))


def _by_record(rows: Connection, community: str, ids: Sequence[str]) -> dict[str, Rows]:
    return {name: _some(rows, name, community, of, ids) for name, of in BY_RECORD.items()}


def _photos(rows: Connection, community: str, shown: Rows) -> Rows:
    names = by_name()["report_photos"].c.keys()
    digests = sorted({row[names.index("sha256")] for row in shown})
    return _some(rows, "photos", community, "sha256", digests)


def _days(rows: Connection, community: str, mark: Mark) -> Rows:
    table = by_name()["day_counters"]
    first = datetime.fromtimestamp(mark.at / 1000, UTC) - timedelta(days=bool(mark.at))
    wanted = and_(table.c.community_id == community, table.c.day >= first.date().isoformat())
    return _all(rows, table, [wanted])


def _recent(table: Table[Any], now: int) -> list[ColumnElement[bool]]:
    """Codes that are over and reads of long ago change no more."""
    if table.name == "enrolments":
        return [table.c.expires_at > now - DAY_MS]
    return [table.c.at > now - WEEK_MS] if table.name == "contact_reads" else []


def _some(rows: Connection, name: str, community: str, of: str, ids: Sequence[str]) -> Rows:
    table = by_name()[name]
    wanted = (and_(table.c.community_id == community, table.c[of].in_(some)) for some in _few(ids))
    return _all(rows, table, wanted)


def _all(rows: Connection, table: Table[Any], wanted: Iterable[ColumnElement[bool]]) -> Rows:
    """Whole rows, their bytes as text of one letter a byte."""
    found = [list(row) for one in wanted for row in rows.execute(select(table).where(one))]
    for at, column in enumerate(table.c):
        if isinstance(column.type, LargeBinary):
            for row in found:
                row[at] = bytes(row[at]).decode("latin-1")
    return found


def _few(things: Sequence[Any], size: int = AT_ONCE) -> Iterator[Sequence[Any]]:
    return (things[at : at + size] for at in range(0, len(things), size))
