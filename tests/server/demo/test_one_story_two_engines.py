"""The same story told to SQLite and to PostgreSQL leaves the same rows behind."""

from __future__ import annotations

from dataclasses import replace

from flask_migrate import upgrade
from sqlalchemy import select

from server import create_app
from server.accounts.models import Credential
from server.backups.copying import proof, tables
from server.database import db
from tests import make
from tests.server.demo.conftest import tell_story


def proofs():
    """Every table's rows, in the order of their bytes; passwords have salt of their own."""
    with db.engine.connect() as rows:
        return {
            table.name: proof(rows, table)
            for table in tables()
            if table is not Credential.__table__
        }


def test_every_row_of_the_story_is_the_same(demo, postgres, tmp_path):
    told_to_sqlite = proofs()

    with postgres.fresh() as url:
        app = create_app(replace(demo.config["SETTINGS"], data=tmp_path, database_url=url))
        for _ in tell_story(app, make.NOW):
            assert db.engine.dialect.name == "postgresql"
            told_to_postgres = proofs()

    assert told_to_sqlite["changes"].rows > 1000
    assert told_to_postgres == told_to_sqlite


def test_a_town_moves_to_postgres_and_goes_on_where_it_was_stopped(demo, postgres):
    here = {**proofs(), "credentials": credentials()}

    with postgres.fresh("template1") as url:
        first = demo.test_cli_runner().invoke(args=["move-to-postgres", url])
        again = demo.test_cli_runner().invoke(args=["move-to-postgres", url])
        there = replace(demo.config["SETTINGS"], database_url=url)
        with create_app(there).app_context():
            upgrade()
            assert {**proofs(), "credentials": credentials()} == here
            db.session.remove()
            db.engine.dispose()

    for told in (first, again):
        assert told.exit_code == 0, told.output
        assert "all the same" in told.output


def credentials():
    return db.session.scalars(select(Credential.password_hash).order_by(Credential.member_id)).all()
