"""Judging everything once more: in another order (P6), and by sending it again (P9)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from sync.bench import Bench
from sync.change import NO_CHAIN
from sync.clock import Anchor
from sync.journal import Batch, Settled, Stream
from sync.receipt import Verdict
from sync.record import Held
from sync.simulator.checks import hold
from sync.simulator.domain import NEW
from sync.simulator.phone import COMMUNITY
from sync.simulator.server import Server
from sync.simulator.storage import DESK, MemoryJournal, Tables, new_device

MERGED = ("thing.made@1", "thing.noted@1", "thing.changed@1", "thing.hailed@1", "thing.broken@1")
COUNTED = (Verdict.APPLIED, Verdict.SUPERSEDED, Verdict.CONFLICT)


def order_does_not_matter(tables: Tables, rng: Random) -> None:
    """P6: registers and facts, by judging all batches in another order with the same stamps.

    Steps of a state depend on the order by their nature, and so do removals and what a person
    decided; records with the latter two are left out.
    """
    left_out = {r.id for r in tables.records.values() if r.removed} | _restored(tables)
    streams = [
        [s for s in custody if _counts(s) and s.change.about not in left_out]
        for custody in tables.custody.values()
    ]
    bench = _bench()
    for settled in _another_order(streams, rng):
        by = tables.devices[settled.stamp.device].by
        bench.judge(settled.change, settled.stamp, settled.doubt, by=by)
    _latest_stand(streams, tables)
    for id, record in bench.known.items():
        was = tables.records[id]
        hold("P6", record.facts == was.facts, (id, record.facts, was.facts))
        hold("P6", _values(record.fields) == _values(was.fields), (record, was))


def _latest_stand(streams: list[list[Settled]], tables: Tables) -> None:
    """No field shows a value while a later one was set."""
    for settled in (s for stream in streams for s in stream):
        fields = tables.records[settled.change.about].fields
        for name in fields.keys() & settled.change.body.keys():
            hold("P6", settled.stamp <= fields[name].stamp, (settled, fields[name]))


def _values(fields: dict[str, Held]) -> dict[str, Any]:
    return {name: (held.value, held.stamp) for name, held in fields.items()}


def _counts(settled: Settled) -> bool:
    return settled.change.kind in MERGED and settled.receipt.verdict in COUNTED


def _restored(tables: Tables) -> set[str]:
    return {c.about for c in tables.conflicts.values() if c.state == "restored"}


def _bench() -> Bench:
    nobody = Anchor(0, 0, 0)
    journal = MemoryJournal(Tables(Stream(COMMUNITY)), lambda tables, batch: None)
    batch = Batch(Stream(COMMUNITY), new_device("", DESK, nobody, 0))
    return Bench(batch, journal, NEW, 0)


def _another_order(streams: list[list[Settled]], rng: Random) -> Iterator[Settled]:
    """Each device in its own order, no change before what it is about or what it had seen."""
    stamps = {s.stamp.wire() for stream in streams for s in stream}
    told: set[str] = set()
    made: set[str] = set()
    streams = [list(reversed(stream)) for stream in streams if stream]
    while streams:
        ready = [s for s in streams if _is_ready(s[-1], made, told, stamps)]
        stream = rng.choice(ready)
        settled = stream.pop()
        made.add(settled.change.about)
        told.add(settled.stamp.wire())
        if not stream:
            streams.remove(stream)
        yield settled


def _is_ready(settled: Settled, made: set[str], told: set[str], stamps: set[str]) -> bool:
    change = settled.change
    is_born = change.kind == "thing.made@1" or change.about in made
    return is_born and all(s in told for s in change.seen.values() if s in stamps)


def repeating_changes_nothing(server: Server) -> None:
    """P9: everything in custody is sent again; receipts, stamps and numbers are the same."""
    before = {device: list(kept) for device, kept in server.tables.custody.items()}
    seq = server.tables.stream.next_seq
    for device, kept in before.items():
        if not kept:
            continue
        status, told = server.push(_whole(server, device, kept))
        wanted = [s.receipt.as_wire() for s in kept if not s.receipt.is_plain]
        hold("P9", status == 200, (device, status, told))
        hold("P9", told["receipts"] == json.loads(json.dumps(wanted)), (device, told, wanted))
    hold("P9", server.tables.custody == before, "custody has changed")
    hold("P9", server.tables.stream.next_seq == seq, (server.tables.stream.next_seq, seq))


def _whole(server: Server, device: str, kept: list[Settled]) -> bytes:
    envelope = {
        "v": 1,
        "community": COMMUNITY,
        "device": device,
        "epoch": server.tables.stream.epoch,
        "first": 1,
        "count": len(kept),
        "chain": NO_CHAIN.hex(),
        "clock": {"segment": 0, "wall": 0},
    }
    return b"\n".join([json.dumps(envelope).encode(), *(s.change.raw for s in kept)])


def digest(tables: Tables) -> Any:
    """Everything that must not depend on what phones' clocks show (P10)."""
    return (
        {id: (r.state, r.facts, r.seq, r.fields, r.path) for id, r in tables.records.items()},
        {
            device: [(s.change.n, s.stamp, s.doubt, s.receipt) for s in kept]
            for device, kept in tables.custody.items()
        },
        tables.conflicts,
        tables.effects,
    )
