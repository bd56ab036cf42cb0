"""The same log of changes gives the same state on SQLite and on PostgreSQL, to the last byte."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from functools import reduce
from itertools import groupby
from random import Random

import pytest
from sqlalchemy import insert

from server import create_app
from server.backups.copying import proof
from server.database import db, writing
from server.devices.models import Device as DeviceRow
from server.exchange import line as lines
from server.exchange.intake import open_stream
from server.exchange.journal import SqlJournal
from server.exchange.models import (
    ChangeRow,
    ConflictRow,
    DayCounter,
    FeedEntry,
    RecordRow,
    StreamRow,
)
from server.prepared import table_of
from server.settings import Settings
from sync.change import NO_CHAIN, link
from sync.clock import Reading
from sync.reconcile import Outcome, settle
from sync.simulator.domain import NEW
from sync.simulator.world import World
from sync.wire import Push
from tests import make

SEEDS = range(1, 61)
STATE = (ChangeRow, RecordRow, FeedEntry, ConflictRow, StreamRow, DayCounter, DeviceRow)


class Person(str):
    """Whoever holds a device, as the simulator's domain and the tables both want it."""

    __slots__ = ()
    role = ""

    @property
    def id(self) -> str:
        return str(self)


class Journal(SqlJournal):
    """The database's own, for the simulator's kinds of change."""

    def device(self, device):
        found = super().device(device)
        if found:
            found.by = Person(found.by.id)
        return found

    def may_write(self, device, scopes, at):
        return sum(map(ord, "".join(sorted(scopes)))) % 7 > 0  # some scopes are out of bounds

    def effect(self, mark):
        """What an effect is does not matter here."""


def log_of(seed: int) -> list[tuple[str, int, list]]:
    """A simulated history as pushes: device, time of receipt, changes; in the order received."""
    world = World(seed)
    world.live()
    custody = world.server.tables.custody
    pushes = [
        (device, at, list(together))
        for device, kept in custody.items()
        for at, together in groupby(kept, key=lambda settled: settled.received_at)
    ]
    return sorted(pushes, key=lambda push: (push[1], push[0], push[2][0].change.n))


def replay(logs, most_together: int = 0) -> dict[str, object]:
    """Logs through the door of an empty database, push by push or up to so many in a group; what
    every table of custody comes to."""
    with writing() as session:
        session.add(make.subdistrict())
        session.flush()
    for seed, log in logs.items():
        community_id = f"c0000000-0000-4000-8000-{seed:012}"
        found(community_id, sorted({device for device, _, _ in log}))
        if most_together:
            in_groups(tickets(community_id, log), Random(seed), most_together)
        else:
            for ticket in tickets(community_id, log):
                settle(ticket.push, Journal(community_id), NEW, ticket.received_at)
    with db.engine.connect() as rows:
        return {model.__tablename__: proof(rows, table_of(model)) for model in STATE}


def found(community_id: str, devices) -> None:
    with writing() as session:
        community = make.community(prefix=community_id[-3:])
        community.id = community_id
        session.add(community)
        open_stream(session, community_id)
        values = {"community_id": community_id, "kind": "phone", "enrolled_at": 0}
        session.execute(insert(table_of(DeviceRow)), [values | {"id": name} for name in devices])


def tickets(community_id: str, log) -> list[lines._Ticket]:
    made, chains = [], {}
    for device, at, together in log:
        last = together[-1].change
        clock = Reading(last.segment, last.wall)
        changes = tuple(settled.change for settled in together)
        first, chain = changes[0].n, chains.get(device, NO_CHAIN)
        push = Push(community_id, device, 1, first, chain, clock, False, "test", changes)
        chains[device] = reduce(link, (change.raw for change in changes), chain)
        made.append(lines._Ticket(push, at))
    return made


def in_groups(waiting: list[lines._Ticket], chance: Random, most: int) -> None:
    """Groups as a busy hour makes them, now and then with a push that is said twice in one."""
    while waiting:
        group = [waiting.pop(0) for _ in range(min(len(waiting), chance.randint(1, most)))]
        again = [lines._Ticket(t.push, t.received_at) for t in group if chance.random() < 0.1]
        lines._settle_together(group + again)
        assert all(isinstance(t.outcome, Outcome) for t in group + again)


@contextmanager
def empty(folder, database, url=""):
    folder.mkdir()
    shutil.copy(database, folder / "steward.db")
    with create_app(Settings(data=folder, database_url=url)).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def test_simulated_histories_leave_the_same_state_on_both(tmp_path, empty_database, postgres):
    logs = {seed: log_of(seed) for seed in SEEDS}

    with empty(tmp_path / "here", empty_database):
        here = replay(logs)
    with postgres.fresh() as url, empty(tmp_path / "there", empty_database, url):
        there = replay(logs)

    changes = sum(len(together) for log in logs.values() for *_, together in log)
    assert here["changes"].rows == changes > 300
    assert here["feed"].rows > 100
    assert here["conflicts"].rows > 0
    assert there == here


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_pushes_that_go_in_together_leave_what_they_leave_one_by_one(
    tmp_path, empty_database, postgres, monkeypatch, database
):
    logs = {seed: log_of(seed) for seed in SEEDS[:20]}
    monkeypatch.setattr(lines, "SqlJournal", Journal)
    monkeypatch.setattr(lines, "KINDS", NEW)

    with empty(tmp_path / "alone", empty_database):
        alone = replay(logs)
    with postgres.fresh() as url:
        url = url if database == "postgresql" else ""
        with empty(tmp_path / "together", empty_database, url):
            together = replay(logs, most_together=6)

    assert alone["changes"].rows > 100
    assert together == alone
