"""The coordinator: edits what phones edit, decides conflicts, looks at what was set aside."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from sync.change import Change
from sync.clock import Estimate
from sync.receipt import Receipt, Verdict
from sync.record import Record
from sync.simulator.domain import PLACES, STATES
from sync.simulator.server import Server

ASIDE = (Verdict.PARKED, Verdict.QUARANTINED)


class Desk:
    """Works on the server itself, with the stamps of a page that may be some time old."""

    def __init__(self, server: Server, rng: Random, mark: Callable[[], int]) -> None:
        self.server = server
        self.rng = rng
        self.mark = mark
        self.page: dict[str, Record] = {}

    def look(self) -> None:
        self.page = dict(self.server.tables.records)

    def act(self) -> None:
        """One thing a coordinator does."""
        if self.rng.random() < 0.6 or not self.page:
            self.look()
        if not self.page:
            return
        record = self.page[self.rng.choice(sorted(self.page))]
        chance = self.rng.random()
        if chance < 0.35:
            self._edit(record)
        elif chance < 0.6:
            self._move(record)
        elif chance < 0.65:
            self.record("thing.dropped@1", record.id, {})
        elif chance < 0.9:
            self._decide()
        else:
            self.release(self.rng.random)

    def _edit(self, record: Record) -> None:
        field = self.rng.choice(("title", "note", "place", "place"))
        value = self.rng.choice(PLACES) if field == "place" else f"desk {self.mark()}"
        seen = {field: record.fields[field].stamp.wire()}
        self.record("thing.changed@1", record.id, {field: value}, seen)

    def _move(self, record: Record) -> None:
        if record.state in ("done", "closed") and self.rng.random() < 0.5:
            self.record("thing.reopened@1", record.id, {})
            return
        step: dict[str, Any] = {"to": self.rng.choice(STATES)}
        if self.rng.random() < 0.7:
            step |= {"from": record.state, "generation": record.generation}
        self.record("thing.moved@1", record.id, step)

    def _decide(self) -> None:
        found = [c for c in self.server.tables.conflicts.values() if c.state == "open"]
        if found:
            conflict = self.rng.choice(found)
            choice = self.rng.choice(("keep", "restore", "dismiss"))
            self.decide(conflict.id, conflict.about, choice)

    def decide(self, conflict: str, about: str, choice: str) -> Receipt:
        return self.record("conflict.decided@1", about, {"conflict": conflict, "choice": choice})

    def record(
        self, kind: str, about: str, body: dict[str, Any], seen: dict[str, str] | None = None
    ) -> Receipt:
        """Make one change here and settle it at once."""
        body = {**body, "mark": self.mark()}
        with self.server.bench() as bench:
            line = {"k": kind, "o": about, "t": [0, bench.now, 0], "b": body}
            n = bench.batch.device.last_n + 1
            raw = json.dumps({**line, "seen": seen} if seen else line).encode()
            change = Change(n, raw, kind, about, wall=bench.now, body=body, seen=seen or {})
            bench.fetch([change])
            receipt: Receipt = bench.admit(change, Estimate(bench.now, 0, "exact"))
        return receipt

    def release(self, chance: Callable[[], float]) -> None:
        """Judge again what was set aside, as its author's and at its own time."""
        for device, kept in self.server.tables.custody.items():
            for settled in kept:
                if settled.receipt.verdict in ASIDE and chance() < 0.5:
                    self._judge_again(device, settled.change.n)

    def _judge_again(self, device: str, n: int) -> None:
        try:
            with self.server.bench() as bench:
                [kept] = self.server.journal.settled(device, n, n)
                bench.rejudge(kept, self.server.tables.devices[device].by)
        except ZeroDivisionError:
            return  # still broken: it stays where it is
