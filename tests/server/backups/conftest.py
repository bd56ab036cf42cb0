"""A backup, a second place, and an app that has nothing yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server import clock, create_app
from server.backups import restoring, taking
from server.backups.copying import proof, tables
from server.backups.entries import Shelf, installation
from server.backups.journal import Journal
from server.backups.places import Place
from server.database import db
from tests import make

KEY = "a key that is kept away from the machine"
# A restore begins a new epoch and signs everybody out; the worker's own notes go on.
BY_ITSELF = ("streams", "staff_sessions", "tasks", "journal_marks", "seq_marks", "archives", "feed")


def quiet(_k: int, _of: int, _words: str) -> None:
    """Nobody looks at the progress of a test."""


def proofs(*besides: str) -> dict[str, object]:
    """What all that must come back hashes to, by table."""
    left_out = {*BY_ITSELF, *besides}
    with db.engine.connect() as rows:
        return {table.name: proof(rows, table) for table in tables() if table.name not in left_out}


@pytest.fixture
def take(settings, tmp_path):
    """Takes a backup of the app as it is; returns the file."""

    def taken(name: str = "one"):
        path = tmp_path / f"{name}.backup"
        taking.take(db.engine, settings, path, KEY, clock.now(), quiet)
        return path

    return taken


@pytest.fixture
def place(tmp_path):
    return Place(f"file://{tmp_path / 'second'}")


@pytest.fixture
def journal(app, settings, place, monkeypatch):
    """The worker's hand on the journal; it has begun, and looks at everything every time."""
    monkeypatch.setattr("server.backups.journal.WATCH_SHARE", 0)
    found = Journal(settings, Shelf(place, installation(settings.key), KEY))
    found.follow(clock.now())
    return found


@pytest.fixture
def elsewhere(settings, tmp_path):
    """An app that has nothing yet; what stands in it is looked at inside its context."""
    app = create_app(replace(settings, data=tmp_path / "elsewhere"))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def bring_back(path, app, now: int = make.NOW, journal: Place | None = None):
    with app.app_context():
        target = app.config["SETTINGS"]
        return restoring.restore(path, target, db.engine, KEY, now, quiet, journal)
