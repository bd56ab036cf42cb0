"""The server around the code that reconciles: bytes come in, what goes on the wire comes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any, NamedTuple

from sync.bench import Bench
from sync.clock import Anchor, Reading, remembered
from sync.journal import Batch, Device, Stream
from sync.kind import Kinds
from sync.pull import Behind, answer
from sync.reconcile import Fork, Gap, OtherEpoch, Outcome, UnknownDevice, said_before, settle
from sync.simulator.domain import NEW, OLD
from sync.simulator.outbox import JOURNAL_MS
from sync.simulator.phone import COMMUNITY
from sync.simulator.storage import DESK, Full, MemoryJournal, Tables, new_device
from sync.stamp import hlc
from sync.wire import Push, read_pull, read_push


class Backup(NamedTuple):
    at: int
    tables: Tables


class Server:
    """One community. `now` is true time; the world moves it."""

    def __init__(self, now: int, watch: Callable[[Tables, Batch], None]) -> None:
        self.now = now
        self.journal = MemoryJournal(Tables(Stream(COMMUNITY)), watch)
        self.kinds: Kinds = OLD
        self.backups: list[Backup] = []
        self.epochs = 1
        self.names = 0
        self.keys: dict[str, str] = {}
        self.cold_orders: set[tuple[str, str]] = set()
        self.desk = self._name()
        self.tables.enrol(new_device(self.desk, DESK, Anchor(0, now, now), now))

    @property
    def tables(self) -> Tables:
        return self.journal.tables

    def _name(self) -> str:
        self.names += 1
        return f"d{self.names:07x}-0000-4000-8000-000000000000"

    # Phones

    def enrol(self, member: str, here: Reading, memory: Anchor | None, old: Device | None) -> str:
        """A device for a phone that is new, was renewed, or is linked again."""
        now = Anchor(here.segment, here.wall, self.now)
        anchor = remembered(memory, now, old.enrolled_at if old else 0)
        since = old.enrolled_at if old else self.now
        device = new_device(self._name(), member, anchor, since)
        self.tables.enrol(device)
        return device.id

    def renew(
        self, key: str, old: str, member: str, here: Reading, memory: Anchor | None
    ) -> tuple[int, dict[str, Any]]:
        """The same key asks twice and gets one name. Without an old name somebody links it anew."""
        device = self.keys.get(key, "")
        if device not in self.tables.devices:
            device = self.enrol(member, here, memory, self.tables.devices.get(old))
            self.keys[key] = device
        return 200, {"device": device, "epoch": self.tables.stream.epoch}

    def _said_before(self, push: Push) -> Outcome | None:
        if not (device := self.tables.devices.get(push.device)):
            return None
        return said_before(push, self.tables.stream, device, self.journal.settled, self.now)

    def push(self, body: bytes) -> tuple[int, dict[str, Any]]:
        push = read_push(body)
        try:
            outcome = self._said_before(push) or settle(push, self.journal, self.kinds, self.now)
        except Gap as gap:
            return 409, {"error": "gap", "expected": gap.expected}
        except Fork as fork:
            return 409, {"error": "fork", "agreed": fork.agreed}
        except OtherEpoch as other:
            return 409, {"error": "epoch", "epoch": other.epoch, "acked": other.acked}
        except UnknownDevice:
            return 404, {"error": "unknown_device"}
        except Full:
            return 503, {"error": "busy"}
        except ZeroDivisionError:
            return 500, {"error": "fault"}
        return 200, self._receipts(push, outcome)

    def _receipts(self, push: Push, outcome: Outcome) -> dict[str, Any]:
        return {
            "epoch": outcome.epoch,
            "received_at": self.now,
            "acked": outcome.acked,
            "durable": self.durable(push.device),
            "seq": outcome.seq,
            "receipts": [r.as_wire() for r in outcome.receipts if not r.is_plain],
        }

    def durable(self, device: str) -> int:
        """The last number that is in a backup."""
        kept = self.backups[-1].tables.devices.get(device) if self.backups else None
        return kept.last_n if kept else 0

    def hello(self, body: bytes) -> tuple[int, dict[str, Any]]:
        device = self.tables.devices.get(json.loads(body)["device"])
        if device is None:
            return 404, {"error": "unknown_device"}
        standing = "ok" if device.revoked_at is None else "revoked"
        epoch = self.tables.stream.epoch
        return 200, {"epoch": epoch, "standing": standing, "acked": device.last_n}

    def pull(self, body: bytes) -> tuple[int, dict[str, Any]]:
        pull = read_pull(body)
        device = self.tables.devices.get(pull.device)
        if device is None:
            return 404, {"error": "unknown_device"}
        if device.revoked_at is not None:
            return 403, {"error": "revoked"}
        try:
            told = answer(pull, self.journal, self.tables.granted(device.by))
        except Behind:
            return 503, {"error": "behind"}
        self.cold_orders |= {(device.id, s) for s, state in told.scopes.items() if state[1]}
        epoch = self.tables.stream.epoch
        return 200, {"epoch": epoch, "acked": device.last_n, **told.as_wire()}

    # The desk, in the way `server.exchange.intake` does it

    @contextmanager
    def bench(self) -> Any:
        """A transaction of the desk's own device."""
        journal = self.journal
        with journal.transaction():
            stream = journal.stream()
            now = max(self.now, (stream.last_hlc + 1) >> 16)
            stream.last_hlc = max(stream.last_hlc + 1, hlc(now))
            device = journal.device(self.desk)
            assert device is not None
            bench = Bench(Batch(stream, device), journal, self.kinds, now)
            yield bench
            journal.keep(bench.batch)

    # Those who look after the server

    def back_up(self) -> None:
        self.backups.append(Backup(self.now, self.tables.copy()))

    def restore(self, backup: Backup) -> None:
        """What came after the backup is gone, but for the number of restores."""
        self.backups = [b for b in self.backups if b.at <= backup.at]
        self.epochs += 1
        self.journal.tables = backup.tables.copy()
        self.tables.stream.epoch = self.epochs

    def restorable(self) -> list[Backup]:
        """The newest, or any that phones' journals still reach back to."""
        return [b for b in self.backups if b is self.backups[-1] or self.now - b.at < JOURNAL_MS]

    def compact(self, floor: int) -> None:
        """Old news of what is gone is forgotten; whoever has not heard it starts cold."""
        for rows in self.tables.feed.values():
            for key in [k for k, r in rows.items() if r.what != "row" and r.seq <= floor]:
                del rows[key]
        self.tables.stream.floor_seq = max(self.tables.stream.floor_seq, floor)

    def upgrade(self) -> None:
        self.kinds = NEW
