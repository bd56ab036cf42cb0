"""A row that is held is changed by one request after the other, on every engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from server.accounts.models import SignInTries
from server.database import db, writing
from server.devices.models import Device, Enrolment
from server.devices.rules import invite
from server.holding import hold, hold_or_begin
from server.permissions import Actor
from tests import make
from tests.phone import FakePhone

AT_ONCE = 4


def at_once(app, act):
    """What comes of an act that several do at the same moment."""
    together = Barrier(AT_ONCE)

    def run(k):
        with app.app_context():
            together.wait()
            return act(k)

    with ThreadPoolExecutor(AT_ONCE) as several:
        return list(several.map(run, range(AT_ONCE)))


def test_nobody_counts_over_another(app):
    def count(_):
        for _ in range(10):
            with writing() as session:
                hold_or_begin(session, SignInTries, key="k", count=0, last_at=5).count += 1

    at_once(app, count)

    kept = db.session.get(SignInTries, "k")
    assert (kept.count, kept.last_at) == (AT_ONCE * 10, 5)


def test_what_is_held_is_as_the_last_one_left_it(app, town):
    def add_a_star(_):
        with writing() as session:
            member = session.get(type(town.steward), (town.community.id, town.steward.id))
            hold(session, member).name += "*"

    at_once(app, add_a_star)

    db.session.rollback()
    kept = db.session.get(type(town.steward), (town.community.id, town.steward.id))
    assert kept.name == town.steward.name + "*" * AT_ONCE


@pytest.mark.usefixtures("time")
def test_one_code_makes_one_phone_even_when_several_show_it_at_once(app, town):
    by = Actor(town.coordinator.id, "coordinator", town.community.id)
    enrolment, digits, _token = invite(town.steward, by=by, now=make.NOW)
    with writing() as session:
        session.add(enrolment)

    def enrol(_):
        return FakePhone(app.test_client(), make.NOW).enrols(digits).status_code

    assert sorted(at_once(app, enrol)) == [201] + [403] * (AT_ONCE - 1)
    phones = db.session.query(Device).where(Device.member_id == town.steward.id).all()
    assert [phone.id for phone in phones] == [db.session.query(Enrolment).one().device_id]
