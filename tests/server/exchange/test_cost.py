"""What syncing costs depends on what is new, not on what is stored: counted by the engines."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update

from server.database import db, writing
from server.exchange.models import ChangeRow, FeedEntry, RecordRow, StreamRow
from server.prepared import table_of
from server.reports.models import Report
from tests import make
from tests.work_done import counting

LITTLE, MUCH = 1_000, 50_000
MANY_CHANGES = 20
OTHERWISE = {
    "id": "substr(:seed, 1, 24) || CAST(100000000000 + k.i AS VARCHAR(12))",
    "about": "substr(:seed, 1, 24) || CAST(100000000000 + k.i AS VARCHAR(12))",
    "device_id": "'a phone of long ago'",
    "n": "k.i",
    "seq": ":head + k.i",
}


def remember(town, seed: str, first: int, last: int) -> None:
    """Reports like one that is there, told long ago by another phone of the same lane."""
    ours = (StreamRow.community_id == town.community.id, StreamRow.stream == 0)
    with writing() as session:
        end = session.scalar(
            update(StreamRow)
            .where(*ours)
            .values(next_seq=StreamRow.next_seq + (last - first + 1))
            .returning(StreamRow.next_seq)
        )
        values = {"seed": seed, "first": first, "last": last, "head": end - 1 - last}
        for model in (ChangeRow, RecordRow, FeedEntry, Report):
            session.execute(text(copies_of(table_of(model))), values)
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def copies_of(table) -> str:
    columns = [column.name for column in table.columns]
    values = [OTHERWISE.get(name, f"{table.name}.{name}") for name in columns]
    name = "about" if "about" in columns else "id"
    return (
        f"INSERT INTO {table.name} ({', '.join(columns)}) "  # noqa: S608 - our own tables
        "WITH RECURSIVE k(i) AS (SELECT CAST(:first AS BIGINT) UNION ALL "
        "SELECT i + 1 FROM k WHERE i < :last) "
        f"SELECT {', '.join(values)} FROM {table.name}, k WHERE {table.name}.{name} = :seed"
    )


@pytest.fixture
def costs(app, town, enrolled, time):
    """What each act costs, with so many reports stored."""
    writer, reader, other = enrolled(), enrolled(), enrolled(town.other_steward)
    scopes = reader.pulls().json["scopes"]
    seed = writer.files_report(town.lane.id)
    writer.pushes()
    for _ in range(MANY_CHANGES):
        other.files_report(town.other_lane.id)
    other.pushes()

    def push():
        for _ in range(MANY_CHANGES):
            writer.files_report(town.lane.id)
        assert writer.pushes().status_code == 200

    def pull(phone=reader, rows=None, status=200):
        answer = phone.pulls()
        assert answer.status_code == status
        assert rows is None or len(answer.json["changes"]) == rows
        return answer

    def cold():
        other.cursors.clear()
        pull(other, MANY_CHANGES * 2)

    def care(until):
        with writing() as session:
            session.merge(make.assignment(town.other_lane, town.steward, until_at=until))

    def join():
        care(None)
        assert f"place:{town.other_lane.id}" not in reader.cursors
        assert len(pull().json["changes"]) == MANY_CHANGES

    def leave():
        care(make.NOW - 1)
        assert pull().json["leave"] == [f"place:{town.other_lane.id}"]

    acts = {
        "push": push,
        "delta pull": lambda: pull(rows=MANY_CHANGES * 2),
        "nothing new": lambda: pull(rows=0),
        "cold pull": cold,
        "join": join,
        "leave": leave,
        "repeat": lambda: writer.pushes(first=len(writer.lines) - MANY_CHANGES + 1),
    }

    def measure(count, first: int, last: int) -> dict[str, int]:
        remember(town, seed, first, last)
        head = (
            db.session.get(StreamRow, (town.community.id, 0), populate_existing=True).next_seq - 1
        )
        reader.cursors = {scope: [head, 0] for scope in scopes}
        for act in (*acts.values(), *acts.values()):  # what is made once for all is made now
            act()
        return {name: count(act) for name, act in acts.items()}

    return measure


def test_no_cost_grows_with_what_is_stored(costs, engine, capsys):
    with counting() as count:
        few = costs(count, 1, LITTLE)
        many = costs(count, LITTLE + 1, MUCH)

    with capsys.disabled():
        print(f"\n{engine}: with {LITTLE} {few}; with {MUCH} {many}")  # noqa: T201 - the figures
    assert {name: cost for name, cost in many.items() if cost > few[name]} == {}
