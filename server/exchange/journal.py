"""Custody in the database: what `sync.journal` asks for, in a handful of statements per push."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, and_, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server.accounts.models import Member
from server.database import is_busy, writing
from server.devices.models import Device as DeviceTable
from server.exchange.models import (
    ChangeRow,
    ConflictRow,
    DayCounter,
    FeedEntry,
    RecordRow,
    StreamRow,
)
from server.permissions import Actor
from server.places.models import Community, PlaceAssignment
from sync.clock import Anchor
from sync.journal import Batch, Device, FeedRow, Settled, Stream
from sync.receipt import Receipt, Verdict
from sync.record import Conflict, Held, Record
from sync.stamp import COUNTER_BITS, Stamp, from_wire
from sync.wire import read_change

STREAM = StreamRow.__table__
DEVICE = DeviceTable.__table__
CHANGE = ChangeRow.__table__
RECORD = RecordRow.__table__
FEED = FeedEntry.__table__
CONFLICT = ConflictRow.__table__
COUNTER = DayCounter.__table__

_TAKE = (
    update(STREAM)
    .where(STREAM.c.community_id == bindparam("community"), STREAM.c.stream == 0)
    .values(next_seq=STREAM.c.next_seq)
    .returning(STREAM.c.epoch, STREAM.c.next_seq, STREAM.c.floor_seq, STREAM.c.last_hlc)
)
_ADVANCE = (
    update(STREAM)
    .where(STREAM.c.community_id == bindparam("community"), STREAM.c.stream == 0)
    .values(next_seq=bindparam("next"), last_hlc=bindparam("hlc"))
)


class NoCommunity(LookupError):
    """There is no such community."""


@dataclass(slots=True)
class Rows:
    """Rows a rule left behind, written together at the end of the push."""

    inserts: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    updates: list[Any] = field(default_factory=list)

    def insert(self, model: Any, **values: Any) -> None:
        self.inserts.setdefault(model.__table__, []).append(values)

    def update(self, model: Any, key: Mapping[str, Any], **values: Any) -> None:
        table = model.__table__
        found = and_(*(table.c[name] == value for name, value in key.items()))
        self.updates.append(update(table).where(found).values(**values))

    def flush(self, connection: Connection) -> None:
        """Inserts first, table by table, then updates in the order they were made."""
        for table, rows in self.inserts.items():
            connection.execute(insert(table), rows)
        for statement in self.updates:
            connection.execute(statement)
        self.inserts.clear()
        self.updates.clear()


class SqlJournal:
    """One community's custody. Domains reach it through `rows` and `session`."""

    def __init__(self, community_id: str) -> None:
        self.community_id = community_id
        self.rows = Rows()
        self.session: Session
        self._duties: dict[str, list[Any]] = {}
        self._day: tuple[str, int] | None = None

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
        return {row.id: _record(row) for row in rows}

    def conflicts(self, ids: Collection[str]) -> Mapping[str, Conflict]:
        rows = self.connection.execute(
            select(CONFLICT).where(
                CONFLICT.c.community_id == self.community_id, CONFLICT.c.id.in_(sorted(ids))
            )
        )
        return {row.id: _conflict(row) for row in rows}

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
        day, last = self._counter(received_at)
        self._day = (day, last + 1)
        return f"{day[5:7]}{day[8:10]}-{last + 1:02d}"

    def _counter(self, received_at: int) -> tuple[str, int]:
        zone = self.connection.scalar(
            select(Community.zone).where(Community.id == self.community_id)
        )
        local = datetime.fromtimestamp(received_at / 1000, UTC).astimezone(ZoneInfo(str(zone)))
        day = local.date().isoformat()
        if self._day and self._day[0] == day:
            return self._day
        last = self.connection.scalar(
            select(COUNTER.c.last).where(
                COUNTER.c.community_id == self.community_id, COUNTER.c.day == day
            )
        )
        return day, int(last or 0)

    def keep(self, batch: Batch) -> None:
        connection = self.connection
        self.rows.flush(connection)
        if batch.settled:
            connection.execute(insert(CHANGE), [self._change(s) for s in batch.settled])
        for kept in batch.rejudged:
            self._look_at(kept)
        self._upsert(RECORD, ("community_id", "id"), [self._row(r) for r in batch.records.values()])
        self._upsert(
            FEED,
            ("community_id", "period", "scope", "kind", "about"),
            [self._news(row) for row in batch.feed.values()],
        )
        self._keep_conflicts(batch)
        if self._day:
            day, last = self._day
            row = {"community_id": self.community_id, "day": day, "last": last}
            self._upsert(COUNTER, ("community_id", "day"), [row])
        self._keep_device(batch.device)
        connection.execute(
            _ADVANCE,
            {
                "community": self.community_id,
                "next": batch.stream.next_seq,
                "hlc": batch.stream.last_hlc,
            },
        )

    def _keep_device(self, device: Device) -> None:
        self.connection.execute(
            update(DEVICE)
            .where(DEVICE.c.community_id == self.community_id, DEVICE.c.id == device.id)
            .values(
                last_n=device.last_n,
                chain=device.chain,
                last_eff=device.last_eff,
                anchor_segment=device.anchor.segment,
                anchor_wall=device.anchor.wall,
                anchor_server=device.anchor.server,
            )
        )

    def _look_at(self, kept: Settled) -> None:
        receipt = kept.receipt
        self.connection.execute(
            update(CHANGE)
            .where(
                CHANGE.c.community_id == self.community_id,
                CHANGE.c.device_id == kept.stamp.device,
                CHANGE.c.n == kept.change.n,
            )
            .values(
                verdict=receipt.verdict.value,
                reason=receipt.reason,
                number=receipt.number,
                seq=receipt.seq,
                details=_json(receipt.details),
            )
        )

    def _upsert(self, table: Table, key: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        dialect = self.connection.dialect.name
        statement = (postgresql if dialect == "postgresql" else sqlite).insert(table)
        rest = {c.name: statement.excluded[c.name] for c in table.c if c.name not in key}
        rest = {name: value for name, value in rest.items() if name in rows[0]}
        self.connection.execute(
            statement.on_conflict_do_update(index_elements=list(key), set_=rest), rows
        )

    def _change(self, settled: Settled) -> dict[str, Any]:
        change, receipt = settled.change, settled.receipt
        month = datetime.fromtimestamp(settled.received_at / 1000, UTC)
        return {
            "community_id": self.community_id,
            "received_month": month.year * 100 + month.month,
            "device_id": settled.stamp.device,
            "n": change.n,
            "kind": change.kind,
            "about": change.about,
            "raw": change.raw,
            "chain": settled.chain,
            "eff": settled.stamp.eff,
            "doubt": settled.doubt,
            "method": settled.method,
            "segment": change.segment,
            "wall": change.wall,
            "zone": change.zone,
            "received_at": settled.received_at,
            "verdict": receipt.verdict.value,
            "reason": receipt.reason,
            "number": receipt.number,
            "seq": receipt.seq,
            "details": _json(receipt.details),
        }

    def _row(self, record: Record) -> dict[str, Any]:
        held = {
            name: [h.value, h.stamp.eff, h.stamp.device, h.stamp.n, h.doubt]
            for name, h in record.fields.items()
        }
        return {
            "community_id": self.community_id,
            "id": record.id,
            "kind": record.kind,
            "scopes": " ".join(record.scopes),
            "owner": record.owner,
            "state": record.state,
            "generation": record.generation,
            "path": " ".join(record.path),
            "fields": _json(held),
            "facts": record.facts,
            "seq": record.seq,
            "removed": record.removed,
            "number": record.number,
            "stepped": record.stepped.wire() if record.stepped else "",
        }

    def _news(self, row: FeedRow) -> dict[str, Any]:
        return {
            "community_id": self.community_id,
            "period": 0,
            "scope": row.scope,
            "kind": row.kind,
            "about": row.about,
            "seq": row.seq,
            "what": row.what,
        }

    def _keep_conflicts(self, batch: Batch) -> None:
        now = batch.stream.last_hlc >> COUNTER_BITS
        found = [c for c in batch.conflicts.values() if c.state == "open"]
        decided = [c for c in batch.conflicts.values() if c.state != "open"]
        if found:
            rows = [self._dispute(c, now) for c in found]
            self._upsert(CONFLICT, ("community_id", "id"), rows)
        for dispute in decided:
            self.connection.execute(
                update(CONFLICT)
                .where(CONFLICT.c.community_id == self.community_id, CONFLICT.c.id == dispute.id)
                .values(state=dispute.state, decided_by=batch.device.by.id or None, decided_at=now)
            )

    def _dispute(self, found: Conflict, now: int) -> dict[str, Any]:
        return {
            "community_id": self.community_id,
            "id": found.id,
            "about": found.about,
            "field": found.field,
            "winner": found.winner.wire(),
            "loser": found.loser.wire(),
            "winner_value": _json(found.winner_value),
            "loser_value": _json(found.loser_value),
            "reason": found.reason,
            "doubt": found.doubt,
            "state": found.state,
            "found_at": now,
        }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def kept_change(row: Any) -> Settled:
    """A row of custody as reconciliation knows it."""
    details = json.loads(row.details) if row.details else {}
    return Settled(
        change=read_change(bytes(row.raw), row.n),
        chain=bytes(row.chain),
        stamp=Stamp(row.eff, row.device_id, row.n),
        doubt=row.doubt,
        method=row.method,
        receipt=Receipt(row.n, Verdict(row.verdict), row.reason, row.number, row.seq, details),
        received_at=row.received_at,
    )


def _record(row: Any) -> Record:
    held = {
        name: Held(value, Stamp(eff, device, n), doubt)
        for name, (value, eff, device, n, doubt) in json.loads(row.fields).items()
    }
    return Record(
        id=row.id,
        kind=row.kind,
        scopes=tuple(row.scopes.split()),
        owner=row.owner,
        state=row.state,
        generation=row.generation,
        path=tuple(row.path.split()),
        fields=held,
        facts=row.facts,
        seq=row.seq,
        removed=row.removed,
        number=row.number,
        stepped=from_wire(row.stepped) if row.stepped else None,
    )


def _conflict(row: Any) -> Conflict:
    return Conflict(
        id=row.id,
        about=row.about,
        field=row.field,
        winner=from_wire(row.winner),
        loser=from_wire(row.loser),
        winner_value=json.loads(row.winner_value),
        loser_value=json.loads(row.loser_value),
        reason=row.reason,
        doubt=row.doubt,
        state=row.state,
    )
