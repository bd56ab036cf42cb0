"""What a push leaves behind, written together: changes, records, news, conflicts, the device."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, null, update

from server.devices.models import Device as DeviceTable
from server.exchange.models import (
    ChangeRow,
    ConflictRow,
    DayCounter,
    FeedEntry,
    RecordRow,
    StreamRow,
)
from server.exchange.packing import (
    change_row,
    compact_json,
    conflict_row,
    feed_row,
    record_row,
)
from server.prepared import Prepared, put, table_of
from sync.journal import Batch, Device, FeedRow, Settled, Stream
from sync.record import Record
from sync.stamp import COUNTER_BITS

STREAM = table_of(StreamRow)
DEVICE = table_of(DeviceTable)
CHANGE = table_of(ChangeRow)
RECORD = table_of(RecordRow)
FEED = table_of(FeedEntry)
CONFLICT = table_of(ConflictRow)
COUNTER = table_of(DayCounter)
RECORD_KEY = ("community_id", "id")
FEED_KEY = ("community_id", "period", "scope", "kind", "about")

_ADVANCE = Prepared(
    update(STREAM)
    .where(STREAM.c.community_id == bindparam("community"), STREAM.c.stream == 0)
    .values(next_seq=bindparam("next"), last_hlc=bindparam("hlc"))
)
_MOVED: dict[str, Any] = {
    name: bindparam(name)
    for name in (
        *("last_n", "chain", "last_eff"),
        *("anchor_segment", "anchor_wall", "anchor_server", "seen_at"),
    )
}
_OF_DEVICE = update(DEVICE).where(
    DEVICE.c.community_id == bindparam("community"), DEVICE.c.id == bindparam("device")
)
_MOVE_DEVICE = Prepared(_OF_DEVICE.values(**_MOVED))
_DRAIN_DEVICE = Prepared(_OF_DEVICE.values(**_MOVED, unsent=0, oldest_unsent_at=null()))


@dataclass(slots=True)
class Gathered:
    """What the pushes of one transaction leave behind, written down once: of a record, its news,
    its phone and the counter only the last state."""

    settled: list[Settled] = field(default_factory=list)
    rejudged: list[Settled] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    feed: dict[tuple[str, str, str], FeedRow] = field(default_factory=dict)
    disputes: list[tuple[Batch, int]] = field(default_factory=list)
    devices: dict[str, tuple[Device, bool, int]] = field(default_factory=dict)
    stream: Stream | None = None

    def add(self, batch: Batch) -> None:
        now = batch.stream.last_hlc >> COUNTER_BITS
        self.settled += batch.settled
        self.rejudged += batch.rejudged
        self.records |= batch.records
        self.feed |= batch.feed
        if batch.conflicts:
            self.disputes.append((batch, now))
        was_drained = batch.device.id in self.devices and self.devices[batch.device.id][1]
        self.devices[batch.device.id] = (batch.device, batch.drained or was_drained, now)
        self.stream = batch.stream

    def write(
        self, connection: Connection, community_id: str, number: tuple[str, int] | None
    ) -> None:
        """Write all of it; `number`: the day and its last short number, where one was given out."""
        stream = self.stream
        if stream is None:
            return

        def rows(lay_down: Callable[[str, Any], dict[str, Any]], things: Iterable[Any]) -> Any:
            return [lay_down(community_id, thing) for thing in things]

        put(connection, CHANGE, rows(change_row, self.settled))
        for kept in self.rejudged:
            _keep_verdict(connection, community_id, kept)
        put(connection, RECORD, rows(record_row, self.records.values()), RECORD_KEY)
        put(connection, FEED, rows(feed_row, self.feed.values()), FEED_KEY)
        for batch, now in self.disputes:
            _keep_conflicts(connection, community_id, batch, now)
        if number:
            row = {"community_id": community_id, "day": number[0], "last": number[1]}
            put(connection, COUNTER, [row], ("community_id", "day"))
        for device, is_drained, now in self.devices.values():
            _keep_device(connection, community_id, device, is_drained, now)
        _ADVANCE.run(connection, community=community_id, next=stream.next_seq, hlc=stream.last_hlc)


def _keep_device(
    connection: Connection, community_id: str, device: Device, is_drained: bool, now: int
) -> None:
    (_DRAIN_DEVICE if is_drained else _MOVE_DEVICE).run(
        connection,
        community=community_id,
        device=device.id,
        last_n=device.last_n,
        chain=device.chain,
        last_eff=device.last_eff,
        anchor_segment=device.anchor.segment,
        anchor_wall=device.anchor.wall,
        anchor_server=device.anchor.server,
        seen_at=now,
    )


def _keep_verdict(connection: Connection, community_id: str, kept: Settled) -> None:
    receipt = kept.receipt
    connection.execute(
        update(CHANGE)
        .where(
            CHANGE.c.community_id == community_id,
            CHANGE.c.device_id == kept.stamp.device,
            CHANGE.c.n == kept.change.n,
        )
        .values(
            verdict=receipt.verdict.value,
            reason=receipt.reason,
            number=receipt.number,
            seq=receipt.seq,
            details=compact_json(receipt.details),
        )
    )


def _keep_conflicts(connection: Connection, community_id: str, batch: Batch, now: int) -> None:
    found = [c for c in batch.conflicts.values() if c.state == "open"]
    decided = [c for c in batch.conflicts.values() if c.state != "open"]
    rows = [conflict_row(community_id, c, now) for c in found]
    put(connection, CONFLICT, rows, ("community_id", "id"))
    for dispute in decided:
        connection.execute(
            update(CONFLICT)
            .where(CONFLICT.c.community_id == community_id, CONFLICT.c.id == dispute.id)
            .values(state=dispute.state, decided_by=batch.device.by.id or None, decided_at=now)
        )
