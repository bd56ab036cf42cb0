"""What the worker has done, as it says itself; who looks never asks the worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import BigInteger, ColumnElement, Select, String, Text, and_, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.database import Base, Id, Ms, writing
from server.devices.models import Device
from server.exchange.models import ChangeRow
from server.holding import hold_or_begin

LONGEST_HOLD_MS = 60 * 60_000  # a later end is one of a clock that was wrong


class Task(Base):
    """One thing the worker must do again and again. `done_at`: when it last came out well;
    `failure`: what went wrong the last time it was tried, empty when nothing did."""

    __tablename__ = "tasks"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    done_at: Mapped[int] = mapped_column(Ms, default=0)
    tried_at: Mapped[int] = mapped_column(Ms, default=0)
    failure: Mapped[str] = mapped_column(String(200), default="")
    number: Mapped[int] = mapped_column(BigInteger, default=0)
    details: Mapped[str] = mapped_column(Text, default="")  # JSON
    holder: Mapped[str] = mapped_column(Id, default="")  # the one worker that does it just now
    held_until: Mapped[int] = mapped_column(Ms, default=0)

    @classmethod
    def all_by_name(cls, session: Session) -> dict[str, Task]:
        return {task.name: task for task in session.scalars(select(cls))}

    def is_anothers(self, holder: str, now: int) -> bool:
        """Another worker does it just now (ms)."""
        return self.holder != holder and now < self.held_until < now + LONGEST_HOLD_MS

    def is_due(self, every_ms: int, now: int) -> bool:
        """Long ago, or at a time that has not come: then a clock was wrong."""
        return not self.done_at + every_ms > now >= self.done_at


@contextmanager
def noting(name: str) -> Iterator[Task]:
    """The row of a task, to be changed in a transaction of its own by one worker at a time."""
    with writing() as session:
        yield hold_or_begin(session, Task, name=name)


class JournalMark(Base):
    """How far the journal has come in one community: its counter row as it stood then."""

    __tablename__ = "journal_marks"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    hlc: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)


# Upper edges of the bars, in ms; the last bar has none.
EDGES: dict[str, tuple[int, ...]] = {
    "offset": (-3_600_000, -300_000, -45_000, -5_000, 5_000, 45_000, 300_000, 3_600_000),
    "doubt": (1_000, 5_000, 60_000, 600_000, 3_600_000),
}


def measure(by: str) -> ColumnElement[int]:
    """How far a phone's clock was ahead when it made a change, or how unsure its time is (ms)."""
    if by == "doubt":
        return ChangeRow.doubt + 0
    return ChangeRow.wall - ChangeRow.eff // 2**16


def in_bar(by: str, bar: int) -> ColumnElement[bool]:
    """Does a change stand behind this bar?"""
    edges = EDGES[by]
    above = [measure(by) >= edges[bar - 1]] if bar else []
    below = [measure(by) < edges[bar]] if bar < len(edges) else []
    return and_(*above, *below)


def from_phones(community_id: str, since: int) -> Select[ChangeRow, Device]:
    """Changes that phones made and the server received since then (ms), with their phone. What
    could not be read has no time."""
    first = datetime.fromtimestamp(since / 1000, UTC)
    return (
        select(ChangeRow, Device)
        .join(
            Device,
            and_(Device.community_id == ChangeRow.community_id, Device.id == ChangeRow.device_id),
        )
        .where(
            ChangeRow.community_id == community_id,
            ChangeRow.received_month >= first.year * 100 + first.month,
            ChangeRow.received_at >= since,
            ChangeRow.method != "unread",
            Device.kind == "phone",
        )
    )


def heights(session: Session, community_id: str, since: int, by: str) -> list[int]:
    """How many changes stand behind each bar, in one statement."""
    counted = [func.count().filter(in_bar(by, bar)) for bar in range(len(EDGES[by]) + 1)]
    rows = from_phones(community_id, since).with_only_columns(*counted)
    return list(session.execute(rows).one())
