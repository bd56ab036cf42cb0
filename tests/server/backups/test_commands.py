"""What an operator is told when a backup and its journal come back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server import clock, create_app
from server.database import db
from tests.server.backups.conftest import KEY


@pytest.fixture
def restores(settings, tmp_path):
    """Types the command on a machine that has nothing yet; what it says and how it ends."""
    app = create_app(replace(settings, data=tmp_path / "elsewhere", backup_key=KEY))

    def restore(*arguments) -> tuple[int, str]:
        with app.app_context():
            said = app.test_cli_runner().invoke(args=["restore", *map(str, arguments)])
        return said.exit_code, said.output

    yield restore
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def old(town, time, take, journal, told):
    """A backup after which something was said."""
    path = take()
    for words in ("一", "二"):
        told(words)
        journal.follow(clock.now())
    return path


def test_it_says_how_far_the_journal_came(restores, old, tmp_path):
    code, said = restores(old, "--journal", tmp_path / "second")

    assert code == 0
    assert "The journal added" in said
    assert "up to 2026-05-29 06:00:00 UTC." in said
    assert "damaged" not in said


def test_it_says_where_a_damaged_journal_ended(restores, old, tmp_path, place):
    last = place.names("journal")[-1]
    place.put(last, place.get(last)[:-1])

    code, said = restores(old, "--journal", tmp_path / "second")

    assert code == 0
    assert "It ended there: entry 3 is damaged" in said
    assert "Phones send again what came after." in said


def test_it_refuses_what_does_not_fit_and_writes_nothing(restores, old, tmp_path):
    code, said = restores(old, "--journal", tmp_path / "nothing")

    assert code == 1
    assert "Nothing was restored: there is no journal in this place." in said
    assert not (tmp_path / "elsewhere" / "steward.db").exists()
