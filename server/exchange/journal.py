"""Custody in the database: what `sync.journal` asks for, in a handful of statements per push."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from server.database import is_busy, write_transaction
from server.exchange.keeping import Gathered
from server.exchange.packing import Rows
from server.exchange.taking import Taking
from server.memory import memory
from server.permissions import Actor
from server.prepared import together
from sync.journal import Batch, Device, Settled, Stream
from sync.record import Conflict, Record
from sync.wire import Push


@dataclass(slots=True)
class _Day:
    """The community's day at a moment (ms), and its last number."""

    at: int
    day: str
    last: int


class SqlJournal:
    """One community's custody. Domains reach it through `rows` and `session`.

    Inside a transaction nobody else changes the community, so what was read once is known.
    """

    def __init__(self, community_id: str, connection: Connection | None = None) -> None:
        """`connection`: of a write transaction that has begun already. What pushes leave behind is
        then written when `write` is called."""
        self.community_id = community_id
        self._connection = connection
        self._is_gathering = connection is not None
        self._session: Session | None = None
        self._known = memory("places")
        self._duties: dict[str, Sequence[Any]] = {}
        self._forget()

    def _forget(self) -> None:
        self.rows = Rows()
        self._gathered = Gathered()
        self._day: _Day | None = None
        self._stream: Stream | None = None
        self._devices: dict[str, Device] = {}
        self._records: dict[str, Record | None] = {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with write_transaction() as self._connection:
            self._forget()
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
    def _taking(self) -> Taking:
        return Taking(self.connection, self.community_id)

    @property
    def session(self) -> Session:
        """The transaction, for what is asked in objects, with everything rules left behind so far
        written into it; a plain filing never asks so."""
        self.rows.flush(self.connection)
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False)
        return self._session

    def look_up(self, model: Any, key: str) -> Any:
        """The columns of a row that no change alters, a place or a category."""
        name = (self.community_id, model, key)
        return self._known.get(name, lambda: self._taking.row(model, key))

    def is_outage(self, fault: Exception) -> bool:
        return is_busy(fault)

    def look_ahead(self, pushes: Iterable[Push], received_at: int) -> None:
        """Take the lock, and read in one go what these pushes will ask for."""
        pushes = list(pushes)
        devices = {push.device for push in pushes}
        records = {change.about for push in pushes for change in push.changes if change.about}
        day = self._day_of(received_at)
        ahead = self._taking.ahead(devices, records, day)
        self._stream, self._devices, self._records = ahead.stream, ahead.devices, ahead.records
        self._day = _Day(0, day, ahead.last_number)

    def stream(self) -> Stream:
        if self._stream is None:
            self._stream = self._taking.stream()
        return self._stream

    def device(self, device: str) -> Device | None:
        if device not in self._devices:
            found = self._taking.device(device)
            if found is None:
                return None
            self._devices[device] = found
        return self._devices[device]

    def settled(self, device: str, first: int, last: int) -> Sequence[Settled]:
        self.write()
        return self._taking.settled(device, first, last)

    def records(self, ids: Collection[str]) -> Mapping[str, Record]:
        if missing := [id for id in ids if id not in self._records]:
            read = self._taking.records(missing)
            self._records.update((id, read.get(id)) for id in missing)
        return {id: found for id in ids if (found := self._records[id])}

    def conflicts(self, ids: Collection[str]) -> Mapping[str, Conflict]:
        self.write()
        return self._taking.conflicts(ids)

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
            self._duties[member_id] = self._taking.duties(member_id)
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

    def _counter(self, received_at: int) -> _Day:
        day = self._day_of(received_at)
        if self._day and self._day.day == day:
            return replace(self._day, at=received_at)
        return _Day(received_at, day, self._taking.last_number(day))

    def _day_of(self, at: int) -> str:
        zone = self._known.get((self.community_id, "zone"), self._taking.zone)
        local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
        return local.date().isoformat()

    def keep(self, batch: Batch) -> None:
        self._gathered.add(batch)
        self._records |= batch.records
        if not self._is_gathering:
            self.write()

    def write(self) -> None:
        """Write down what was gathered."""
        if self._gathered.stream is None:
            return
        number = (self._day.day, self._day.last) if self._day and self._day.at else None
        with together(self.connection):
            self.rows.flush(self.connection)
            self._gathered.write(self.connection, self.community_id, number)
        self._gathered = Gathered()
