"""./steward demo: only where nothing is yet; and what is said at the start."""

from __future__ import annotations

import re

import pytest
from flask_migrate import upgrade

from server import create_app
from server.commands import meter, sign_ins
from server.database import db, writing
from server.settings import Settings
from tests import make


@pytest.fixture
def fresh(tmp_path):
    """An app whose database has just been made by the migrations."""
    app = create_app(Settings(data=tmp_path / "data", demo=True))
    with app.app_context():
        upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_a_database_in_use_is_left_alone(fresh):
    with writing() as rows:
        rows.add(make.subdistrict())

    answer = fresh.test_cli_runner().invoke(args=["demo"])

    assert answer.exit_code != 0
    assert answer.output.splitlines()[-1].startswith("Error: Something is in this database")


def test_everybody_is_named_with_a_password(demo):
    said = "\n".join(sign_ins(demo.config["SETTINGS"], "https://lanes.example.org"))

    for role in ("coordinator", "committee_member", "officer"):
        assert f"{role}: " in said
    assert "tap a steward" in said
    receipt = re.search(r"lanes\.example\.org(/r/[0-9A-Z]{20})$", said, re.M)[1]
    assert "已办结" in demo.test_client().get(receipt).text


def test_nobody_is_named_where_it_is_no_demo(fresh):
    assert sign_ins(fresh.config["SETTINGS"]) == []


def test_progress_is_a_line_for_each_quarter(capsys):
    tell = meter(2, 3)
    for done in range(0, 101, 5):
        tell(done, 100, "Drawing")

    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"[2/3] {percent:3d} %  Drawing" for percent in (0, 25, 50, 75, 100)]
