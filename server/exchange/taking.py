"""What a push asks of the database, behind its community's lock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from server.accounts.models import Member
from server.exchange.keeping import CHANGE, CONFLICT, COUNTER, DEVICE, RECORD, STREAM
from server.exchange.packing import OF_SETTLED, kept_change, kept_conflict, kept_record
from server.permissions import Actor
from server.places.models import Community, PlaceAssignment
from server.prepared import Prepared, rows_asked, table_of, together
from sync.clock import Anchor
from sync.journal import Device, Settled, Stream
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
    select(*(CHANGE.c[name] for name in OF_SETTLED))
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


class NoCommunity(LookupError):
    """There is no such community."""


@dataclass(slots=True)
class Ahead:
    """What several pushes will ask for, read at once."""

    stream: Stream
    devices: dict[str, Device]
    records: dict[str, Record | None]  # None: looked for, and not there
    last_number: int


class Taking:
    """Asks about one community inside a transaction. The counter row comes first: with it comes
    the lock, and everything read after it stands still."""

    def __init__(self, connection: Connection, community_id: str) -> None:
        self.connection = connection
        self.community_id = community_id
        self._ours = {"community": community_id}

    def ahead(self, devices: Collection[str], records: Collection[str], day: str) -> Ahead:
        """All of it on one way to the database and back. Raises NoCommunity."""
        with together(self.connection):
            taken = _TAKE.ask(self.connection, **self._ours)
            phones = [_DEVICE.ask(self.connection, **self._ours, device=id) for id in devices]
            last = _LAST_NUMBER.ask(self.connection, **self._ours, day=day)
            known = self._asking(RECORD, "id", records)
            stream = self._stream(taken())
            found = [device_of(row) for told in phones for row in told()]
            numbers = last()
            kept = {row.id: kept_record(row) for row in known()}
        return Ahead(
            stream,
            {device.id: device for device in found},
            {id: kept.get(id) for id in records},
            numbers[0].last if numbers else 0,
        )

    def stream(self) -> Stream:
        return self._stream(_TAKE.all(self.connection, **self._ours))

    def _stream(self, rows: Sequence[Any]) -> Stream:
        if not rows:
            raise NoCommunity(self.community_id)
        return Stream(self.community_id, *rows[0])

    def device(self, id: str) -> Device | None:
        row = _DEVICE.first(self.connection, **self._ours, device=id)
        return device_of(row) if row else None

    def settled(self, device: str, first: int, last: int) -> Sequence[Settled]:
        asked = {**self._ours, "device": device, "first": first, "last": last}
        return [kept_change(row) for row in _SETTLED.all(self.connection, **asked)]

    def records(self, ids: Collection[str]) -> dict[str, Record]:
        return {row.id: kept_record(row) for row in self._asking(RECORD, "id", ids)()}

    def conflicts(self, ids: Collection[str]) -> dict[str, Conflict]:
        return {row.id: kept_conflict(row) for row in self._asking(CONFLICT, "id", ids)()}

    def row(self, model: Any, key: str) -> Any:
        """The columns of one row, by the part of its key that is not the community's."""
        table = table_of(model)
        column = table.primary_key.columns.keys()[1]
        return next(iter(self._asking(table, column, [key])()), None)

    def duties(self, member: str) -> Sequence[Any]:
        return _DUTIES.all(self.connection, **self._ours, member=member)

    def zone(self) -> str:
        return str(_ZONE.scalar(self.connection, **self._ours))

    def last_number(self, day: str) -> int:
        return int(_LAST_NUMBER.scalar(self.connection, **self._ours, day=day) or 0)

    def _asking(
        self, table: Any, column: str, values: Collection[str]
    ) -> Callable[[], Sequence[Any]]:
        return rows_asked(self.connection, table, self.community_id, column, values)


def device_of(row: Any) -> Device:
    """The phone or desk of a row of `devices` with its owner's role and name."""
    by = Actor(
        id=row.member_id or "",
        role=row.role or "resident",
        community_id=row.community_id,
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
