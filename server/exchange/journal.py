"""Custody in the database: what `sync.journal` asks for, in a handful of statements per push."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, and_, bindparam, select
from sqlalchemy.orm import Session

from server.accounts.models import Member
from server.database import is_busy, write_transaction
from server.exchange.keeping import CHANGE, CONFLICT, COUNTER, DEVICE, RECORD, STREAM, keep
from server.exchange.packing import Rows, kept_change, kept_conflict, kept_record
from server.permissions import Actor
from server.places.models import Community, PlaceAssignment
from server.prepared import Prepared, rows_with, table_of
from sync.clock import Anchor
from sync.journal import Batch, Device, Settled, Stream
from sync.record import Conflict, Record

MEMBER = table_of(Member)
_OURS: Any = bindparam("community")
# Where the transaction itself is the lock (SQLite), there is nothing to be said "for update".
_TAKE = Prepared(
    select(STREAM.c.epoch, STREAM.c.next_seq, STREAM.c.floor_seq, STREAM.c.last_hlc)
    .where(STREAM.c.community_id == _OURS, STREAM.c.stream == 0)
    .with_for_update()
)
_DEVICE = Prepared(
    select(DEVICE, MEMBER.c.role, MEMBER.c.name)
    .outerjoin(
        MEMBER,
        and_(MEMBER.c.community_id == DEVICE.c.community_id, MEMBER.c.id == DEVICE.c.member_id),
    )
    .where(DEVICE.c.community_id == _OURS, DEVICE.c.id == bindparam("device"))
)
_SETTLED = Prepared(
    select(CHANGE)
    .where(
        CHANGE.c.community_id == _OURS,
        CHANGE.c.device_id == bindparam("device"),
        CHANGE.c.n.between(bindparam("first"), bindparam("last")),
    )
    .order_by(CHANGE.c.n)
)
_DUTIES = Prepared(
    select(PlaceAssignment.place_id, PlaceAssignment.from_at, PlaceAssignment.until_at).where(
        PlaceAssignment.community_id == _OURS, PlaceAssignment.member_id == bindparam("member")
    )
)
_ZONE = Prepared(select(Community.zone).where(Community.id == _OURS))
_LAST_NUMBER = Prepared(
    select(COUNTER.c.last).where(COUNTER.c.community_id == _OURS, COUNTER.c.day == bindparam("day"))
)


@dataclass(slots=True)
class _Day:
    """The community's day at a moment (ms), and its last number."""

    at: int
    day: str
    last: int


class NoCommunity(LookupError):
    """There is no such community."""


class SqlJournal:
    """One community's custody. Domains reach it through `rows` and `session`."""

    def __init__(self, community_id: str, connection: Connection | None = None) -> None:
        """`connection`: of a write transaction that has begun already."""
        self.community_id = community_id
        self.rows = Rows()
        self._connection = connection
        self._session: Session | None = None
        self._fixed: dict[tuple[type, str], Any] = {}
        self._duties: dict[str, Sequence[Any]] = {}
        self._day: _Day | None = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with write_transaction() as self._connection:
            self.rows = Rows()
            self._day = None
            try:
                yield
            finally:
                if self._session:
                    self._session.close()
                    self._session = None

    def join(self, session: Session) -> None:
        """Work inside a transaction somebody else has begun."""
        self._session = session
        self._connection = session.connection()

    @property
    def connection(self) -> Connection:
        assert self._connection is not None  # noqa: S101 - custody only speaks in a transaction
        return self._connection

    @property
    def session(self) -> Session:
        """The transaction, for what is asked in objects; a plain filing never does."""
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False)
        return self._session

    def look(self) -> Session:
        """The session, with everything rules left behind so far written into it."""
        self.rows.flush(self.connection)
        return self.session

    def look_up(self, model: Any, key: str) -> Any:
        """The columns of a row that no change alters, a place or a category; asked for once."""
        if (model, key) not in self._fixed:
            table = table_of(model)
            column = table.primary_key.columns.keys()[1]
            self._fixed[model, key] = next(iter(self._with(table, column, [key])), None)
        return self._fixed[model, key]

    def is_outage(self, fault: Exception) -> bool:
        return is_busy(fault)

    def stream(self) -> Stream:
        row = _TAKE.first(self.connection, community=self.community_id)
        if row is None:
            raise NoCommunity(self.community_id)
        return Stream(self.community_id, *row)

    def device(self, device: str) -> Device | None:
        row = _DEVICE.first(self.connection, community=self.community_id, device=device)
        if row is None:
            return None
        by = Actor(
            id=row.member_id or "",
            role=row.role or "resident",
            community_id=self.community_id,
            name=row.name or "",
            device_id=row.id,
        )
        anchor = Anchor(row.anchor_segment, row.anchor_wall, row.anchor_server)
        return Device(
            row.id,
            by,
            row.last_n,
            bytes(row.chain),
            row.last_eff,
            row.enrolled_at,
            anchor,
            row.revoked_at,
        )

    def settled(self, device: str, first: int, last: int) -> Sequence[Settled]:
        asked = {"community": self.community_id, "device": device, "first": first, "last": last}
        return [kept_change(row) for row in _SETTLED.all(self.connection, **asked)]

    def records(self, ids: Collection[str]) -> Mapping[str, Record]:
        return {row.id: kept_record(row) for row in self._with(RECORD, "id", ids)}

    def conflicts(self, ids: Collection[str]) -> Mapping[str, Conflict]:
        return {row.id: kept_conflict(row) for row in self._with(CONFLICT, "id", ids)}

    def _with(self, table: Table[Any], column: str, values: Collection[str]) -> Sequence[Any]:
        return rows_with(self.connection, table, self.community_id, column, values)

    def may_write(self, device: Device, scopes: Iterable[str], at: int) -> bool:
        by: Actor = device.by
        if by.role != "steward":
            return True
        wanted = set(scopes)
        return f"me:{by.id}" in wanted or any(
            f"place:{place}" in wanted for place in self.places_of(by.id, at)
        )

    def places_of(self, member_id: str, at: int) -> set[str]:
        """The places in a member's care at a time (ms)."""
        if member_id not in self._duties:
            asked = {"community": self.community_id, "member": member_id}
            self._duties[member_id] = _DUTIES.all(self.connection, **asked)
        return {
            duty.place_id
            for duty in self._duties[member_id]
            if duty.from_at <= at and (duty.until_at is None or at < duty.until_at)
        }

    def day_number(self, received_at: int) -> str:
        if self._day is None or self._day.at != received_at:
            self._day = self._counter(received_at)
        self._day.last += 1
        return f"{self._day.day[5:7]}{self._day.day[8:10]}-{self._day.last:02d}"

    @cached_property
    def zone(self) -> ZoneInfo:
        """The community's clock."""
        return ZoneInfo(_ZONE.scalar(self.connection, community=self.community_id))

    def _counter(self, received_at: int) -> _Day:
        local = datetime.fromtimestamp(received_at / 1000, UTC).astimezone(self.zone)
        day = local.date().isoformat()
        if self._day and self._day.day == day:
            return replace(self._day, at=received_at)
        last = _LAST_NUMBER.scalar(self.connection, community=self.community_id, day=day)
        return _Day(received_at, day, int(last or 0))

    def keep(self, batch: Batch) -> None:
        self.rows.flush(self.connection)
        number = (self._day.day, self._day.last) if self._day else None
        keep(self.connection, self.community_id, batch, number)
