"""Custody, records and feed in plain dictionaries, with transactions that are all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sync.change import NO_CHAIN
from sync.clock import Anchor
from sync.journal import Batch, Device, FeedRow, Settled, Stream
from sync.record import Conflict, Record

DESK = "desk"


class Full(Exception):
    """Storage has no room or no lock: nobody's change is to blame."""


class Grant(NamedTuple):
    """A member is in charge of a scope; `until` is None as long as it lasts."""

    member: str
    scope: str
    since: int
    until: int | None


class Tables:
    """Everything the server knows. What was committed is never altered, only replaced."""

    __slots__ = (
        "conflicts", "custody", "devices", "effects", "feed", "grants", "photos", "records",
        "stream",
    )  # fmt: skip

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.devices: dict[str, Device] = {}
        self.custody: dict[str, list[Settled]] = {}
        self.records: dict[str, Record] = {}
        self.conflicts: dict[str, Conflict] = {}
        self.feed: dict[str, dict[tuple[str, str], FeedRow]] = {}
        self.effects: Counter[int] = Counter()
        self.grants: list[Grant] = []
        self.photos: dict[str, bytes] = {}

    def copy(self) -> Tables:
        """A backup, or what comes back from one."""
        found = Tables(copied_stream(self.stream))
        found.devices = dict(self.devices)
        found.custody = {device: list(kept) for device, kept in self.custody.items()}
        found.records = dict(self.records)
        found.conflicts = dict(self.conflicts)
        found.feed = {scope: dict(rows) for scope, rows in self.feed.items()}
        found.effects = self.effects.copy()
        found.grants = list(self.grants)
        found.photos = dict(self.photos)
        return found

    def granted(self, member: str) -> set[str]:
        held = {g.scope for g in self.grants if g.member == member and g.until is None}
        return {f"me:{member}", *held}

    def enrol(self, device: Device) -> None:
        self.devices[device.id] = device
        self.custody[device.id] = []


def copied_stream(s: Stream) -> Stream:
    return Stream(s.community, s.epoch, s.next_seq, s.floor_seq, s.last_hlc)


def copied_device(d: Device) -> Device:
    return Device(d.id, d.by, d.last_n, d.chain, d.last_eff, d.enrolled_at, d.anchor, d.revoked_at)


def copied_record(r: Record) -> Record:
    return Record(
        r.id, r.kind, r.scopes, r.owner, r.state, r.generation, r.path, dict(r.fields),
        r.facts, r.seq, r.removed, r.number, r.stepped,
    )  # fmt: skip


def new_device(id: str, by: str, anchor: Anchor, since: int) -> Device:
    return Device(id, by, 0, NO_CHAIN, 0, since, anchor)


def rendered(record: Record) -> dict[str, Any]:
    """What phones are told of a record."""
    return {
        "state": record.state,
        "generation": record.generation,
        "facts": record.facts,
        "fields": {name: [h.value, h.stamp.wire()] for name, h in record.fields.items()},
    }


class MemoryJournal:
    """Journal and Feed of one community. `before_commit` runs where another request might."""

    def __init__(self, tables: Tables, watch: Callable[[Tables, Batch], None]) -> None:
        self.tables = tables
        self.watch = watch
        self.before_commit: Callable[[], None] = lambda: None
        self.is_full = False
        self.transactions = 0
        self._kept: Batch | None = None
        self._effects: list[int] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.transactions += 1
        self._kept, self._effects = None, []
        yield
        self.before_commit()
        if self._kept is not None:
            self.watch(self.tables, self._kept)
            self._commit(self._kept)

    def effect(self, mark: int) -> None:
        """A domain's own write, inside the transaction."""
        self._effects.append(mark)

    def stream(self) -> Stream:
        return copied_stream(self.tables.stream)

    def device(self, device: str) -> Device | None:
        found = self.tables.devices.get(device)
        return found and copied_device(found)

    def settled(self, device: str, first: int, last: int) -> Sequence[Settled]:
        return self.tables.custody[device][first - 1 : last]

    def records(self, ids: Collection[str]) -> Mapping[str, Record]:
        known = self.tables.records
        return {id: copied_record(known[id]) for id in ids if id in known}

    def conflicts(self, ids: Collection[str]) -> Mapping[str, Conflict]:
        known = self.tables.conflicts
        return {id: known[id] for id in ids if id in known}

    def may_write(self, device: Device, scopes: Iterable[str], at: int) -> bool:
        if device.by == DESK or f"me:{device.by}" in scopes:
            return True
        return any(
            g.member == device.by
            and g.scope in scopes
            and g.since <= at
            and (g.until is None or at < g.until)
            for g in self.tables.grants
        )

    def is_outage(self, fault: Exception) -> bool:
        return isinstance(fault, Full)

    def day_number(self, received_at: int) -> str:
        return ""

    def keep(self, batch: Batch) -> None:
        if self.is_full:
            raise Full
        self._kept = batch

    def _commit(self, batch: Batch) -> None:
        tables = self.tables
        tables.stream = batch.stream
        tables.devices[batch.device.id] = batch.device
        kept = tables.custody[batch.device.id]
        for settled in batch.settled:
            # Not append: a broken rule that takes a number twice must not break the model.
            kept[settled.change.n - 1 : settled.change.n] = [settled]
        for settled in batch.rejudged:
            tables.custody[settled.stamp.device][settled.change.n - 1] = settled
        tables.records.update(batch.records)
        tables.conflicts.update(batch.conflicts)
        for row in batch.feed.values():
            tables.feed.setdefault(row.scope, {})[row.kind, row.about] = row
        tables.effects.update(self._effects)

    def head(self) -> Stream:
        return self.tables.stream

    def news(self, scope: str, after: int, upto: int, limit: int) -> Sequence[FeedRow]:
        rows = self.tables.feed.get(scope, {}).values()
        return sorted((r for r in rows if after < r.seq <= upto), key=lambda r: r.seq)[:limit]

    def rows(self, kind: str, ids: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        return {id: rendered(self.tables.records[id]) for id in ids}
