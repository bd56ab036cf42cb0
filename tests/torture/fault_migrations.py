"""Every migration up, down and up again with rows in it, and killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import islice, pairwise

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, inspect, select

from server import clock, create_app
from server.database import db, writing
from server.devices import rules
from server.settings import ROOT
from sync.clock import Anchor
from tests import make
from tests.conftest import ENGINES
from tests.phone import FakePhone
from tests.torture.migrator import BASE, at, counted, is_up
from tests.torture.tally import Found

TIMES, POINTS, REPORTS = 20, 20, 60
SCRIPTS = ScriptDirectory(str(ROOT / "server" / "migrations"))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]

pytestmark = pytest.mark.parametrize("engine", ENGINES, indirect=True)


@pytest.fixture
def app(settings, bare_url):
    """An app on a database without tables that holds on to no connection."""
    app = create_app(replace(settings, database_url=bare_url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def moves(to):
    """To a revision, one up or down from here; how many statements that took, commit and all."""
    db.session.remove()
    with counted(db.engine) as seen:
        (upgrade if is_up(to) else downgrade)(revision=to)
    db.session.remove()
    db.engine.dispose()
    return len(seen)


def fill(app):
    """A town whose phones have sent reports."""
    with writing() as session:
        town = make.town(session)
    phone = FakePhone(app.test_client(), clock.now())
    here = Anchor(1, phone.wall, phone.wall)
    device = rules.claim(town.steward, key=phone.public_key, label="", app="", here=here)
    with writing() as session:
        session.add(device)
    phone.community, phone.device = device.community_id, device.id
    for _ in range(REPORTS):
        phone.files_report(town.lane.id)
    assert phone.pushes().status_code == 200
    db.session.remove()


def shape():
    """Tables, columns with their types, and indexes."""
    look = inspect(db.engine)
    found = {
        name: (
            sorted((column["name"], str(column["type"])) for column in look.get_columns(name)),
            sorted(str(index["name"]) for index in look.get_indexes(name)),
        )
        for name in look.get_table_names()
        if name != "alembic_version"
    }
    db.engine.dispose()
    return found


def contents():
    """What each column holds, in the order of its table's key."""
    meta = MetaData()
    meta.reflect(db.engine)
    found = {}
    with db.engine.connect() as rows:
        for table in meta.sorted_tables:
            held = rows.execute(select(table).order_by(*table.primary_key)).all()
            for n, column in enumerate(table.c):
                found[table.name, column.name] = [row[n] for row in held]
    db.engine.dispose()
    return {key: held for key, held in found.items() if key[0] != "alembic_version"}


def differing(one, other):
    """Columns that are in both and do not hold the same; what a step down drops is its loss."""
    return [key for key in one.keys() & other.keys() if one[key] != other[key]]


def test_every_migration_can_be_taken_back_with_rows(app, tell, times, engine):
    upgrade()
    fill(app)
    found, tried = Found(0, 0, 0, 0), 0
    for lower, upper in reversed(list(pairwise([BASE, *REVISIONS]))):
        assert at(db.engine) == upper
        for _ in range(times(TIMES)):
            above, before = shape(), contents()
            moves(lower)
            below = contents()
            moves(upper)
            lost = differing(before, below) + differing(below, contents())
            found += Found(lost=len(lost), half=int(shape() != above))
            tried += 1
        moves(lower)
    tell(f"F18 migrations up, down, up, {engine}", tried, found, f"{len(REVISIONS)} revisions")


def killed_on_the_way(app, to, dies_at):
    """True when it was killed, and not done before that."""
    url, folder = app.config["SETTINGS"].database_url, app.config["SETTINGS"].data
    environ = {**os.environ, "DATABASE_URL": url, "STEWARD_DATA": str(folder)}
    command = [sys.executable, "-m", "tests.torture.migrator", to, str(dies_at)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=False)
    return done.returncode == -signal.SIGKILL


def ways():
    """Down step by step to nothing, and up again, for ever."""
    path = [*reversed(REVISIONS), BASE]
    while True:
        yield from pairwise(path)
        path.reverse()


def test_a_migration_killed_anywhere_is_done_or_not_begun(app, chance, tell, times, engine):
    upgrade()
    fill(app)
    shapes = {}
    steps = {}
    for here, there in islice(ways(), 2 * len(REVISIONS)):
        shapes[here] = shape()
        steps[here, there] = moves(there)
    fill(app)

    found, died, tried = Found(0, 0, 0, 0), 0, times(POINTS)
    for here, there in islice(ways(), tried):
        before = contents()
        died += killed_on_the_way(app, there, chance.randint(1, steps[here, there]))
        is_at = at(db.engine) or BASE
        is_whole = is_at in (here, there) and shape() == shapes[is_at]
        lost = differing(before, contents())
        found += Found(lost=len(lost), half=int(not is_whole))
        if is_at == here:
            moves(there)
        if there == REVISIONS[-1] and not contents()["reports", "id"]:
            fill(app)
    tell(f"F18 migration killed, {engine}", tried, found, f"{died} of them before they were done")
    assert died
