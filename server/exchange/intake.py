"""Changes that are made here: at a desk, by a resident's form, by the demo."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server import clock
from server.database import writing
from server.devices.models import Device as DeviceTable
from server.exchange.journal import SqlJournal
from server.exchange.kinds import KINDS
from server.exchange.models import ChangeRow, StreamRow
from server.permissions import Actor
from sync.bench import Bench
from sync.change import Change
from sync.clock import Estimate
from sync.journal import Batch, Device, Settled
from sync.receipt import Receipt, Refused, Verdict
from sync.stamp import hlc
from sync.wire import read_change

SET_ASIDE = (Verdict.PARKED, Verdict.QUARANTINED)
_DESK = uuid.UUID("5c9a1f1e-3d3b-5d0f-8b7a-2f6e0c5d4a10")


@dataclass(frozen=True, slots=True)
class New:
    """A change about to be made. `seen`: field → stamp of the value that was on the screen; `wall`:
    what its maker's clock comes to (ms), where that was before now; the stamp is of now."""

    kind: str
    about: str
    body: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    wall: int | None = None


def record(
    *,
    by: Actor,
    kind: str,
    about: str,
    body: Mapping[str, Any] | None = None,
    seen: Mapping[str, str] | None = None,
    community_id: str = "",
) -> Receipt:
    """Make one change at a desk or the public door, and settle it at once."""
    [receipt] = record_all(by, [New(kind, about, body or {}, seen or {})], community_id)
    return receipt


def record_all(by: Actor, changes: Sequence[New], community_id: str = "") -> list[Receipt]:
    """Make several changes in one transaction; each is judged for itself."""
    with writing() as session:
        return record_within(session, by, changes, community_id=community_id)


def record_within(
    session: Session,
    by: Actor,
    changes: Sequence[New],
    *,
    community_id: str = "",
    at: int | None = None,
) -> list[Receipt]:
    """As `record_all`, inside a transaction somebody else has begun."""
    with _bench(session, by, community_id or by.community_id, at or clock.now()) as bench:
        return [make(bench, new) for new in changes]


def release(by: Actor, device_id: str, n: int) -> Receipt:
    """Judge a set-aside change again, as its author's and at its own time."""
    with writing() as session, _bench(session, by, by.community_id, clock.now()) as bench:
        journal = _journal(bench)
        kept, author = _set_aside(journal, device_id, n)
        make(bench, New("change.released@1", device_id, {"n": n}))
        receipt = bench.rejudge(kept, author.by)
        if receipt.verdict not in SET_ASIDE:
            _mark_looked_at(session, by, device_id, n, bench.now)
        return receipt


def discard(by: Actor, device_id: str, n: int, reason: str) -> Receipt:
    """Leave a set-aside change out. It stays in custody, and who left it out is known."""
    with writing() as session, _bench(session, by, by.community_id, clock.now()) as bench:
        _set_aside(_journal(bench), device_id, n)
        body = {"n": n, "reason": reason}
        receipt = make(bench, New("change.discarded@1", device_id, body))
        _mark_looked_at(session, by, device_id, n, bench.now)
        return receipt


def make(bench: Bench, new: New) -> Receipt:
    """Freeze a change of the bench's device and judge it."""
    wall = bench.now if new.wall is None else min(new.wall, bench.now)
    line = {"k": new.kind, "o": new.about, "t": [0, wall, 0], "b": dict(new.body)}
    if new.seen:
        line["seen"] = dict(new.seen)
    raw = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
    change = Change(
        bench.batch.device.last_n + 1,
        raw,
        kind=new.kind,
        about=new.about,
        wall=wall,
        body=new.body,
        seen=new.seen,
    )
    bench.fetch([change])
    return bench.admit(change, Estimate(bench.now, 0, "exact"))


def announce(session: Session, community_id: str, ids: Sequence[str]) -> None:
    """What a record shows has changed although the record did not: a photo has arrived."""
    with _bench(session, Actor(), community_id, clock.now()) as bench:
        for record in _journal(bench).records(ids).values():
            bench.publish(record, record.scopes)


@contextmanager
def _bench(session: Session, by: Actor, community_id: str, now: int) -> Iterator[Bench]:
    journal = SqlJournal(community_id)
    journal.join(session)
    stream = journal.stream()
    now = max(now, (stream.last_hlc + 1) >> 16)
    stream.last_hlc = max(stream.last_hlc + 1, hlc(now))
    device = _own_device(session, journal, by, community_id, now)
    bench = Bench(Batch(stream, device), journal, KINDS, now)
    yield bench
    journal.keep(bench.batch)


def _journal(bench: Bench) -> SqlJournal:
    assert isinstance(bench.journal, SqlJournal)  # noqa: S101 - made by _bench
    return bench.journal


def _own_device(
    session: Session, journal: SqlJournal, by: Actor, community_id: str, now: int
) -> Device:
    """The desk of a person, or the community's public door; made at its first change."""
    id = str(uuid.uuid5(_DESK, f"{community_id}:{by.id or 'public'}"))
    device = journal.device(id)
    if device is None:
        row = DeviceTable(
            community_id=community_id,
            id=id,
            kind="desk" if by.id else "public",
            member_id=by.id or None,
            enrolled_at=now,
        )
        session.add(row)
        session.flush()
        device = journal.device(id)
    assert device is not None  # noqa: S101 - just made
    device.by = Actor(
        id=by.id,
        role=by.role,
        community_id=community_id,
        subdistrict_id=by.subdistrict_id,
        name=by.name,
        device_id=id,
    )
    return device


def _set_aside(journal: SqlJournal, device_id: str, n: int) -> tuple[Settled, Device]:
    kept = journal.settled(device_id, n, n)
    author = journal.device(device_id)
    if not kept or author is None:
        raise Refused("change_unknown")
    if kept[0].receipt.verdict not in SET_ASIDE:
        raise Refused("already_decided")
    return kept[0]._replace(change=read_change(kept[0].change.raw, n)), author


def _mark_looked_at(session: Session, by: Actor, device_id: str, n: int, now: int) -> None:
    session.execute(
        update(ChangeRow)
        .where(
            ChangeRow.community_id == by.community_id,
            ChangeRow.device_id == device_id,
            ChangeRow.n == n,
        )
        .values(looked_at=now, looked_by=by.id)
    )


def open_stream(session: Session, community_id: str) -> None:
    """Every community has its counter row from the first day."""
    found = session.scalar(select(StreamRow.stream).where(StreamRow.community_id == community_id))
    if found is None:
        session.add(StreamRow(community_id=community_id))
