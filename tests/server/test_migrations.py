"""A migrated database has exactly the tables of the models."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from server import create_app
from server.accounts.models import Member
from server.database import Base, db, writing
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
        context = MigrationContext.configure(connection, opts={"compare_type": True})
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


def test_the_head_is_written_down():
    heads = ScriptDirectory(str(SCRIPTS)).get_heads()

    assert heads == [(SCRIPTS / "head.txt").read_text().strip()]
