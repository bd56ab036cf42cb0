"""Bodies of long ago lie in files beside the photos; to people and phones nothing has changed."""

from __future__ import annotations

import gzip
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from server import archiving
from server.archiving import DAY_MS, Damaged, archive_bodies, body_of, files_of
from server.database import db, writing
from server.exchange.models import Archive, ChangeRow
from server.media.store import folder, settings
from server.stories.models import changes_in
from server.upkeep.models import Task
from sync.change import NO_CHAIN, link
from tests import make

LATER = make.NOW + 450 * DAY_MS


def changes(phone):
    db.session.rollback()
    mine = select(ChangeRow).where(ChangeRow.device_id == phone.device).order_by(ChangeRow.n)
    return db.session.scalars(mine.execution_options(populate_existing=True)).all()


def files():
    db.session.rollback()
    found = db.session.scalars(select(Archive).order_by(Archive.community_id, Archive.part)).all()
    return [(row, (folder(settings()) / row.name).read_bytes()) for row in found]


@pytest.fixture
def wrote(phone, town):
    for k in range(5):
        phone.files_report(town.lane.id, f"第{k}件")
    assert phone.pushes().status_code == 200
    return phone


def test_bodies_stay_thirteen_months_and_then_lie_in_a_file(wrote, time):
    archive_bodies(make.NOW + 300 * DAY_MS)
    assert [bytes(row.raw) for row in changes(wrote)] == wrote.lines

    archive_bodies(LATER)

    assert [bytes(row.raw) for row in changes(wrote)] == [b""] * 5
    assert [body_of(db.session(), row) for row in changes(wrote)] == wrote.lines
    told = changes_in(db.session(), select(ChangeRow).where(ChangeRow.device_id == wrote.device))
    assert sorted(one.body["words"] for one in told) == [f"第{k}件" for k in range(5)]


def test_a_repeat_of_long_ago_is_a_repeat_and_other_bytes_are_not(wrote, town, time):
    archive_bodies(LATER)
    time(LATER)

    again = wrote.pushes(first=1)
    assert (again.status_code, again.json["acked"]) == (200, 5)
    assert len(changes(wrote)) == 5

    wrote.lines[2] = wrote.lines[2].replace("第2件".encode(), "第9件".encode())
    forked = wrote.pushes(first=2)
    assert (forked.status_code, forked.json) == (409, {"error": "fork", "agreed": 2})


def test_the_files_alone_prove_that_nothing_is_missing(wrote, monkeypatch, time):
    monkeypatch.setattr(archiving, "ROWS_AT_ONCE", 2)
    archive_bodies(LATER)

    before, chain, said = {}, NO_CHAIN, []
    for row, file in files():
        head, *lines = map(json.loads, gzip.decompress(file).decode().split("\n"))
        assert hashlib.sha256(file).hexdigest() == row.sha256
        assert head["before"] == row.before == before.get(row.community_id, "")
        before[row.community_id] = row.sha256
        said += [line for line in lines if line[0] == wrote.device]
    for n, (_device, number, kept, raw) in enumerate(said, 1):
        chain = link(chain, raw.encode("latin-1"))
        assert (number, kept) == (n, chain.hex())
    assert len(said) == 5
    assert len(files()) > 2


def test_what_is_set_aside_stays_at_hand(wrote, time):
    with writing() as session:
        row = session.get_one(ChangeRow, _key(changes(wrote)[1]))
        row.verdict = "parked"

    archive_bodies(LATER)

    assert [bool(row.raw) for row in changes(wrote)] == [False, True, False, False, False]


def test_several_workers_move_each_body_once(app, wrote):
    def move(_):
        with app.app_context():
            archive_bodies(LATER)

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(move, range(3)))

    assert [body_of(db.session(), row) for row in changes(wrote)] == wrote.lines
    held = db.session.scalar(select(func.sum(Archive.rows)))
    assert held == db.session.scalar(select(func.count()).select_from(ChangeRow))


def test_a_store_that_keeps_something_else_takes_nothing_away(wrote, monkeypatch, time):
    put = archiving.obstore.put
    monkeypatch.setattr(
        archiving.obstore, "put", lambda store, name, _, **more: put(store, name, b"?", **more)
    )

    archive_bodies(LATER)

    assert db.session.get(Task, archiving.TASK).failure == "Damaged"
    assert [bytes(row.raw) for row in changes(wrote)] == wrote.lines


def test_a_file_that_was_altered_is_found_out(wrote, time):
    archive_bodies(LATER)
    for row, _file in files():
        (folder(settings()) / row.name).write_bytes(b"something else")

    with pytest.raises(Damaged):
        body_of(db.session(), changes(wrote)[0])


def test_backups_know_the_files(wrote, time):
    archive_bodies(LATER)

    with db.engine.connect() as rows:
        assert files_of(rows) == sorted(row.name for row, _ in files())


def _key(row):
    return row.community_id, row.received_month, row.device_id, row.n
