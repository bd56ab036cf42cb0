"""The months of custody: on PostgreSQL each month of changes lies in a part of its own.

A change lies in the month it was received in, which never changes. The migrations make the parts;
where they did not, and on SQLite, all months are one table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from server.database import db, write_transaction

AHEAD = 3
PARTS = "changes_"
OTHER = "changes_other"  # what fits no month that was made in time

_BOUNDS = text(
    "SELECT pg_get_expr(part.relpartbound, part.oid) FROM pg_inherits JOIN pg_class AS part "
    "ON part.oid = inhrelid WHERE inhparent = to_regclass('changes')"
)
_END = re.compile(r"TO \('?(\d+)'?\)")


def month_of(at: int) -> int:
    """The month, yyyymm, of a moment (ms)."""
    day = datetime.fromtimestamp(at / 1000, UTC)
    return day.year * 100 + day.month


def month_after(month: int, by: int = 1) -> int:
    """So many months later; earlier where it is negative."""
    year, rest = divmod(month // 100 * 12 + month % 100 - 1 + by, 12)
    return year * 100 + rest + 1


def is_part(name: str) -> bool:
    """Is this table a part of another one?"""
    return name.startswith(PARTS)


def part(month: int) -> str:
    """The statement that makes a month's part."""
    return (
        f"CREATE TABLE {PARTS}{month} PARTITION OF changes "
        f"FOR VALUES FROM ({month}) TO ({month_after(month)})"
    )


def make_months(now: int) -> None:
    """Make the parts of the coming months, so that no change has to wait for one."""
    if db.engine.name != "postgresql":
        return
    with db.engine.connect() as connection:
        is_due = next(_missing(connection, now), None) is not None
    if is_due:
        with write_transaction() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '200ms'"))  # pushes go first
            connection.execute(text("LOCK TABLE changes IN SHARE UPDATE EXCLUSIVE MODE"))
            for month in list(_missing(connection, now)):
                connection.execute(text(part(month)))


def _missing(connection: Connection, now: int) -> Iterator[int]:
    ends = [
        int(end[1])
        for bound in connection.scalars(_BOUNDS)
        if (end := _END.search(bound)) is not None
    ]
    if not ends:
        return
    month, last = max(ends), month_after(month_of(now), AHEAD)
    while month <= last:
        stray = text(f"SELECT 1 FROM {OTHER} WHERE received_month = :month LIMIT 1")  # noqa: S608
        if connection.scalar(stray, {"month": month}) is None:
            yield month
        month = month_after(month)
