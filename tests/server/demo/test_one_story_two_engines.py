"""The same story told to SQLite and to PostgreSQL leaves the same rows behind."""

from __future__ import annotations

from dataclasses import replace

from flask_migrate import upgrade
from sqlalchemy import func, select

from server import create_app
from server.accounts.models import Credential, Member
from server.backups import copying
from server.backups.copying import proof, tables
from server.database import db, writing
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


def test_a_move_that_is_killed_half_way_leaves_the_rest_to_the_next(demo, postgres, monkeypatch):
    moved = []

    def dies(read, write, table, fill=copying._fill):
        if table.name == "patrols":
            raise KeyboardInterrupt
        moved.append(table.name)
        fill(read, write, table)

    with postgres.fresh("template1") as url:
        monkeypatch.setattr(copying, "_fill", dies)
        killed = demo.test_cli_runner().invoke(args=["move-to-postgres", url])
        before = list(moved)
        monkeypatch.setattr(
            copying,
            "_fill",
            lambda read, write, table, fill=dies.__defaults__[0]: (
                moved.append(table.name),
                fill(read, write, table),
            ),
        )
        again = demo.test_cli_runner().invoke(args=["move-to-postgres", url])

    assert (killed.exit_code != 0, again.exit_code) == (True, 0), again.output
    assert "changes" in before
    assert sorted(moved) == sorted(set(moved)), "no table was copied twice"


def test_a_move_replaces_nothing_where_people_have_worked(demo, postgres):
    with postgres.fresh() as url:
        there = create_app(replace(demo.config["SETTINGS"], database_url=url))
        with there.app_context(), writing() as session:
            make.town(session)
        told = demo.test_cli_runner().invoke(args=["move-to-postgres", url])
        with there.app_context():
            kept = db.session.scalar(select(func.count()).select_from(Member))
            db.session.remove()
            db.engine.dispose()

    assert told.exit_code == 1
    assert "Nothing was copied" in told.output
    assert kept == 7


def test_a_copy_that_comes_out_different_is_told(demo, postgres, monkeypatch):
    def forgets_one(read, write, table, fill=copying._fill):
        fill(read, write, table)
        if table.name == "places":
            write.execute(table.update().values(name="？"))

    monkeypatch.setattr(copying, "_fill", forgets_one)
    with postgres.fresh("template1") as url:
        told = demo.test_cli_runner().invoke(args=["move-to-postgres", url])

    assert told.exit_code == 1
    assert "The table places came out different" in told.output


def credentials():
    return db.session.scalars(select(Credential.password_hash).order_by(Credential.member_id)).all()
