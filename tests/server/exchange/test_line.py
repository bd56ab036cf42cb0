"""Phones that call at the same moment go in together; who is one too many is told when to come."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from threading import Barrier, Event

import pytest
from sqlalchemy import delete, event, func, select
from sqlalchemy.exc import OperationalError

from server.database import db, sqlite, writing
from server.exchange import line as lines
from server.exchange import views
from server.exchange.journal import SqlJournal
from server.exchange.line import Busy, Line
from server.exchange.models import ChangeRow, RecordRow

CALLERS = 6


@pytest.fixture
def crowd(app, enrolled, town):
    """Phones with a report each, the first of which holds the line until all others stand in it."""

    def call(phones) -> list[int]:
        line = app.extensions["line"]
        all_here, first = Event(), Barrier(2)
        taken = line._in_front

        def wait_for_all(queue):
            if not all_here.is_set():
                first.wait()
                all_here.wait()
            return taken(queue)

        def one(phone) -> int:
            with app.app_context():
                return phone.pushes().status_code

        line._in_front = wait_for_all
        with ThreadPoolExecutor(len(phones)) as callers:
            answers = [callers.submit(one, phones[0])]
            first.wait()
            answers += [callers.submit(one, phone) for phone in phones[1:]]
            while sum(len(queue.waiting) for queue in line._queues.values()) < len(phones):
                time.sleep(0.001)
            all_here.set()
            return [answer.result() for answer in answers]

    def phone():
        made = enrolled()
        made.client = app.test_client()
        made.files_report(town.lane.id)
        return made

    return [phone() for _ in range(CALLERS)], call


def kept() -> int:
    db.session.rollback()
    count = select(func.count()).where(ChangeRow.kind == "report.filed@1")
    return db.session.scalar(count)


def test_those_who_wait_go_in_with_one_flush(app, crowd):
    phones, call = crowd
    commits = []
    event.listen(db.engine, "commit", lambda connection: commits.append(1))

    assert call(phones) == [200] * CALLERS

    assert len(commits) == 1
    assert kept() == CALLERS


def test_a_fork_in_the_group_is_told_to_nobody_else(crowd, town):
    phones, call = crowd
    phones[2].pushes()
    phones[2].lines[0] += b" "
    phones[2].files_report(town.lane.id)
    phones[2].acked = 0

    answers = call(phones)

    assert answers[2] == 409
    assert [code for i, code in enumerate(answers) if i != 2] == [200] * (CALLERS - 1)


def test_one_that_spoils_the_group_is_found_and_set_aside(crowd, monkeypatch):
    phones, call = crowd
    spoilt = phones[3].device
    real = SqlJournal.keep

    def keep(self, batch):
        if batch.device.id == spoilt and any(s.receipt.reason != "fault" for s in batch.settled):
            raise ArithmeticError("this rule has a hole")
        real(self, batch)

    monkeypatch.setattr(SqlJournal, "keep", keep)

    assert call(phones) == [200] * CALLERS
    reasons = dict(db.session.execute(select(ChangeRow.device_id, ChangeRow.reason)).all())
    assert [id for id, reason in reasons.items() if reason == "fault"] == [spoilt]
    assert kept() == CALLERS


def test_a_fault_that_only_the_database_sees_is_found_too(engine, crowd, town):
    phones, call = crowd
    spoilt = phones[3]
    assert spoilt.pushes().status_code == 200
    with writing() as session:  # custody has forgotten what its tables still hold
        session.execute(delete(RecordRow))
    about = json.loads(spoilt.lines[0])["o"]
    body = {"place": town.lane.id, "category": "rubbish", "level": "community", "words": "again"}
    spoilt.writes("report.filed@1", about, body)

    assert call(phones) == [200] * CALLERS
    reasons = dict(db.session.execute(select(ChangeRow.device_id, ChangeRow.reason)).all())
    assert [id for id, reason in reasons.items() if reason == "fault"] == [spoilt.device]
    assert kept() == CALLERS + 1


def test_a_phone_that_says_it_twice_at_once_is_heard_once(engine, crowd):
    phones, call = crowd
    twin = replace(phones[4], client=phones[4].client.application.test_client(), receipts={})

    assert call([*phones, twin]) == [200] * (CALLERS + 1)

    assert twin.receipts == phones[4].receipts != {}
    assert kept() == CALLERS


def test_an_outage_is_everybodys_and_changes_nothing(crowd, monkeypatch):
    phones, call = crowd

    def locked(group):
        raise OperationalError("COMMIT", None, sqlite.OperationalError("database is locked"))

    monkeypatch.setattr(lines, "_settle_together", locked)

    assert call(phones) == [503] * CALLERS
    assert kept() == 0


def test_one_too_many_is_told_when_to_come_again(app, enrolled, town):
    line, phone = app.extensions["line"], enrolled()
    phone.files_report(town.lane.id)

    with ExitStack() as full:
        for _ in range(lines.MOST_WAITING):
            full.enter_context(line.push())
        answer = phone.pushes()

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) == answer.json["retry_after_s"] >= 1
    assert answer.json["error"] == "busy"
    assert phone.pushes().status_code == 200


def test_who_is_one_too_many_is_not_even_looked_at(app, enrolled, town, monkeypatch):
    line, phone = app.extensions["line"], enrolled()
    phone.files_report(town.lane.id)
    asked = []
    monkeypatch.setattr("server.exchange.door.is_genuine", lambda *args: asked.append(1) or True)

    with ExitStack() as full:
        for _ in range(lines.MOST_WAITING):
            full.enter_context(line.push())
        assert phone.pushes().status_code == 503
    assert not asked
    assert phone.pushes().status_code == 200
    assert asked


def test_who_waits_in_line_holds_no_connection(app, engine, enrolled, town, monkeypatch):
    phone, held = enrolled(), []
    phone.files_report(town.lane.id)
    settle = views._settle

    def count(push, received_at):
        held.append(db.engine.pool.checkedout())
        return settle(push, received_at)

    monkeypatch.setattr(views, "_settle", count)
    db.session.remove()

    assert phone.pushes().status_code == 200
    assert held == [0]


def test_whoever_is_turned_away_later_is_asked_to_come_later():
    line = Line()
    line.pace_s = 0.5
    waits = []
    with ExitStack() as full:
        for _ in range(lines.MOST_WAITING):
            full.enter_context(line.push())
        for _ in range(40):
            with pytest.raises(Busy) as no, line.push():
                pass
            waits.append(no.value.after_s)

    assert waits[0] <= lines.LEAST_WAIT_S + 2
    assert waits[-1] > waits[0] >= lines.LEAST_WAIT_S
    assert max(waits) <= lines.LONGEST_WAIT_S


def test_a_first_filling_waits_while_pushes_are_many_and_news_does_not():
    line = Line()
    with ExitStack() as many:
        for _ in range(lines.MOST_WAITING // 2 + 1):
            many.enter_context(line.push())
        with pytest.raises(Busy) as no, line.pull(is_cold=True):
            pass
        assert no.value.after_s <= 3  # it binds what is pushed too
        with line.pull(is_cold=False):
            pass
        assert line.wait_s > 0
    with line.pull(is_cold=True):
        assert (line.pushing, line.pulling, line.cold, line.wait_s) == (0, 1, 1, 0)
    assert (line.pulling, line.cold) == (0, 0)
