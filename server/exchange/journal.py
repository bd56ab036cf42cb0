"""Custody in the database: what `sync.journal` asks for, in a handful of statements per push."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, bindparam, select, update
from sqlalchemy.orm import Session

from server.accounts.models import Member
from server.database import is_busy, writing
from server.exchange.keeping import CHANGE, CONFLICT, COUNTER, DEVICE, RECORD, STREAM, keep
from server.exchange.packing import Rows, kept_change, kept_conflict, kept_record
from server.permissions import Actor
from server.places.models import Community, PlaceAssignment
from sync.clock import Anchor
from sync.journal import Batch, Device, Settled, Stream
from sync.record import Conflict, Record

_TAKE = (
    update(STREAM)
    .where(STREAM.c.community_id == bindparam("community"), STREAM.c.stream == 0)
    .values(next_seq=STREAM.c.next_seq)
    .returning(STREAM.c.epoch, STREAM.c.next_seq, STREAM.c.floor_seq, STREAM.c.last_hlc)
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

    def __init__(self, community_id: str) -> None:
        self.community_id = community_id
        self.rows = Rows()
        self.session: Session
        self._fixed: dict[tuple[type, str], Any] = {}
        self._duties: dict[str, list[Any]] = {}
        self._day: _Day | None = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with writing() as session:
            self.session = session
            self.rows = Rows()
            self._day = None
            yield

    def join(self, session: Session) -> None:
        """Work inside a transaction somebody else has begun."""
        self.session = session

    @property
    def connection(self) -> Connection:
        return self.session.connection()

    def look(self) -> Session:
        """The session, with everything rules left behind so far written into it."""
        self.rows.flush(self.connection)
        return self.session

    def look_up(self, model: Any, key: str) -> Any:
        """A row that no change alters, a place or a category; asked for once per push."""
        if (model, key) not in self._fixed:
            self._fixed[model, key] = self.session.get(model, (self.community_id, key))
        return self._fixed[model, key]

    def is_outage(self, fault: Exception) -> bool:
        return is_busy(fault)

    def stream(self) -> Stream:
        row = self.connection.execute(_TAKE, {"community": self.community_id}).first()
        if row is None:
            raise NoCommunity(self.community_id)
        return Stream(self.community_id, *row)

    def device(self, device: str) -> Device | None:
        row = self.connection.execute(
            select(DEVICE, Member.role, Member.name)
            .outerjoin(
                Member,
                and_(
                    Member.community_id == DEVICE.c.community_id,
                    Member.id == DEVICE.c.member_id,
                ),
            )
            .where(DEVICE.c.community_id == self.community_id, DEVICE.c.id == device)
        ).first()
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
        rows = self.connection.execute(
            select(CHANGE)
            .where(
                CHANGE.c.community_id == self.community_id,
                CHANGE.c.device_id == device,
                CHANGE.c.n.between(first, last),
            )
            .order_by(CHANGE.c.n)
        )
        return [kept_change(row) for row in rows]

    def records(self, ids: Collection[str]) -> Mapping[str, Record]:
        if not ids:
            return {}
        rows = self.connection.execute(
            select(RECORD).where(
                RECORD.c.community_id == self.community_id, RECORD.c.id.in_(sorted(ids))
            )
        )
        return {row.id: kept_record(row) for row in rows}

    def conflicts(self, ids: Collection[str]) -> Mapping[str, Conflict]:
        rows = self.connection.execute(
            select(CONFLICT).where(
                CONFLICT.c.community_id == self.community_id, CONFLICT.c.id.in_(sorted(ids))
            )
        )
        return {row.id: kept_conflict(row) for row in rows}

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
            self._duties[member_id] = list(
                self.connection.execute(
                    select(
                        PlaceAssignment.place_id,
                        PlaceAssignment.from_at,
                        PlaceAssignment.until_at,
                    ).where(
                        PlaceAssignment.community_id == self.community_id,
                        PlaceAssignment.member_id == member_id,
                    )
                )
            )
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
        name = self.connection.scalar(
            select(Community.zone).where(Community.id == self.community_id)
        )
        return ZoneInfo(str(name))

    def _counter(self, received_at: int) -> _Day:
        local = datetime.fromtimestamp(received_at / 1000, UTC).astimezone(self.zone)
        day = local.date().isoformat()
        if self._day and self._day.day == day:
            return replace(self._day, at=received_at)
        last = self.connection.scalar(
            select(COUNTER.c.last).where(
                COUNTER.c.community_id == self.community_id, COUNTER.c.day == day
            )
        )
        return _Day(received_at, day, int(last or 0))

    def keep(self, batch: Batch) -> None:
        self.rows.flush(self.connection)
        number = (self._day.day, self._day.last) if self._day else None
        keep(self.connection, self.community_id, batch, number)
