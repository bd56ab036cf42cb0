"""A migrated database has exactly the tables of the models."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import insert, inspect, select
from sqlalchemy.exc import IntegrityError

from server import create_app
from server.accounts.models import Member
from server.database import Base, db, writing
from server.exchange.models import ChangeRow
from server.exchange.months import is_part
from server.settings import ROOT
from tests import make

SCRIPTS = ROOT / "server" / "migrations"


@pytest.fixture
def migrated(settings, bare_url):
    app = create_app(replace(settings, database_url=bare_url))
    with app.app_context():
        upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrations_lead_to_the_models(migrated):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: kind != "table" or not is_part(name),
            },
        )
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_migrations_can_be_taken_back(migrated):
    downgrade(revision="base")

    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}


def test_people_move_in_after_a_way_up_down_and_up_again(migrated):
    downgrade(revision="base")
    upgrade()

    with writing() as session:
        town = make.town(session)
    assert db.session.get(Member, (town.steward.community_id, town.steward.id)).role == "steward"


def change(month, n):
    """A change that was received in this month."""
    texts = dict.fromkeys(("reason", "number", "details"), "")
    numbers = dict.fromkeys(("eff", "doubt", "segment", "wall", "zone", "received_at", "seq"), 0)
    key = {"community_id": "c", "received_month": month, "device_id": "d", "n": n}
    what = {"kind": "report.filed@1", "about": f"r{n}", "raw": b"{}", "chain": bytes(32)}
    return key | what | {"method": "exact", "verdict": "applied"} | texts | numbers


WAYS = ((downgrade, "0001"), (upgrade, "head"), (downgrade, "0002"), (upgrade, "head"))


def test_changes_of_all_months_stay_on_the_way_down_and_up(migrated):
    rows = [change(month, n) for n, month in enumerate((202312, 202401, 202605, 209901), 1)]
    with writing() as session:
        session.execute(insert(ChangeRow.__table__), rows)

    for move, to in WAYS:
        db.session.rollback()
        db.engine.dispose()
        move(revision=to)
        kept = db.session.execute(select(ChangeRow.__table__).order_by(ChangeRow.n)).mappings()
        assert [dict(row) for row in kept] == [
            {**row, "looked_at": None, "looked_by": None} for row in rows
        ]
        with pytest.raises(IntegrityError), writing() as session:
            session.execute(insert(ChangeRow.__table__), rows[:1])


def test_the_head_is_written_down():
    heads = ScriptDirectory(str(SCRIPTS)).get_heads()

    assert heads == [(SCRIPTS / "head.txt").read_text().strip()]
