"""Months of changes lie apart on PostgreSQL, made in time by the sweep, and on SQLite together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.database import db
from server.exchange.models import ChangeRow
from server.exchange.months import OTHER, PARTS, make_months, month_after, month_of
from server.work import sweep
from tests import make

YEAR_MS = 365 * 86_400_000
on_postgres = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
LIES_IN = text("SELECT CAST(tableoid AS regclass) FROM changes")


def parts() -> set[str]:
    found = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'changes%'")
    with db.engine.connect() as connection:
        return set(connection.scalars(found))


def test_december_is_followed_by_january():
    assert [month_after(202611), month_after(202612)] == [202612, 202701]
    assert [month_after(202601, -13), month_after(202611, 14)] == [202412, 202801]


def test_a_change_is_taken_whenever_it_comes(app, enrolled, town, time):
    phone = enrolled()
    for years in range(3):
        time(make.NOW + years * YEAR_MS)
        phone.files_report(town.lane.id)
        assert phone.pushes().status_code == 200
        make_months(make.NOW + years * YEAR_MS)

    assert phone.pushes(first=1).json["acked"] == 3
    months = {row.received_month for row in db.session.query(ChangeRow)}
    assert months == {month_of(make.NOW + years * YEAR_MS) for years in range(3)}


@on_postgres
def test_the_sweep_makes_months_ahead_once_whoever_runs_it(app, time):
    later = make.NOW + 3 * YEAR_MS
    time(later)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(sweep, [app] * 4))

    wanted = {f"{PARTS}{month_after(month_of(later), k)}" for k in range(4)}
    assert wanted <= parts()
    made = parts()
    sweep(app)
    assert parts() == made


@on_postgres
def test_a_month_that_nobody_made_in_time_lies_with_the_others(app, enrolled, town, time):
    phone = enrolled()
    late = make.NOW + 3 * YEAR_MS
    time(late)
    phone.files_report(town.lane.id)
    phone.pushes()

    make_months(late)
    time(late + 10 * 86_400_000)
    phone.files_report(town.lane.id)
    phone.pushes()

    with db.engine.connect() as connection:
        lie_in = sorted(connection.scalars(LIES_IN))
    assert lie_in == sorted([OTHER, f"{PARTS}{month_after(month_of(late))}"])
