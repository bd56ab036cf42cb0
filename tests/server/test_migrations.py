"""A migrated database has exactly the tables of the models, and keys that can be spread."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint, inspect

from server import create_app
from server.accounts.models import Member
from server.database import Base, db, writing
from server.settings import ROOT
from tests import make

# Small lists every machine has a copy of, and what belongs to no community.
OF_NOBODY = {"subdistricts", "communities", "sign_in_tries", "code_tries", "tasks"}
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


def spread_tables():
    return [table for table in Base.metadata.sorted_tables if table.name not in OF_NOBODY]


@pytest.mark.parametrize("table", spread_tables(), ids=lambda table: table.name)
def test_every_key_begins_with_the_community(table):
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint | ForeignKeyConstraint):
            first = next(iter(constraint.columns)).name
            assert first == "community_id", f"{constraint.name} begins with {first}"


@pytest.mark.parametrize("table", spread_tables(), ids=lambda table: table.name)
def test_only_sql_that_runs_everywhere(table):
    kinds = {type(column.type).__name__ for column in table.columns}

    assert kinds <= {"String", "Text", "Integer", "BigInteger", "Boolean", "LargeBinary"}
    assert not [column.name for column in table.columns if column.computed or column.identity]
    assert not [index.name for index in table.indexes if index.dialect_options["sqlite"]["where"]]
