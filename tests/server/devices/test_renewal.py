"""The same phone under a new name: what it wrote before keeps its time."""

from __future__ import annotations

import json

from sqlalchemy import select

from server.database import db
from server.devices.models import Device
from server.reports.models import Report
from tests import make

H = 3_600_000


def renews(phone, **more):
    body = {"v": 1, "key": phone.public_key, "clock": phone.clock(), **more}
    answer = phone.sends("POST", "/sync/v1/renewals", json.dumps(body).encode())
    assert answer.status_code == 201
    old, phone.device, phone.acked = phone.device, answer.get_json()["device"], 0
    return db.session.get(Device, (phone.community, old))


def of(phone) -> Device:
    db.session.rollback()
    return db.session.get_one(Device, (phone.community, phone.device))


def test_a_renewed_phone_is_as_old_as_it_was_and_brings_its_anchor(phone, time):
    anchor = {**phone.clock(), "server": make.NOW}
    phone.wall += 5 * H
    time(make.NOW + 5 * H)

    old = renews(phone, anchor=anchor)

    new = of(phone)
    assert new.enrolled_at == old.enrolled_at
    assert (new.anchor_wall, new.anchor_server) == (anchor["wall"], make.NOW)


def test_what_waited_keeps_its_time_through_a_renewal(phone, town, time):
    anchor = {**phone.clock(), "server": make.NOW}
    phone.wall += H
    time(make.NOW + H)
    phone.files_report(town.lane.id)
    phone.wall += 5 * H
    time(make.NOW + 6 * H)
    renews(phone, anchor=anchor)

    assert phone.pushes().status_code == 200

    [report] = db.session.scalars(select(Report)).all()
    assert abs(report.happened_at - make.NOW - H) < 2_000


def test_an_anchor_that_cannot_be_true_is_passed_over(phone, time):
    time(make.NOW + H)
    phone.wall += H

    renews(phone, anchor={"segment": 1, "wall": phone.wall, "server": make.NOW + 9 * H})

    assert of(phone).anchor_server == make.NOW + H


def test_a_repeated_hello_does_not_move_the_anchor(phone, time):
    phone.wall += H
    time(make.NOW + H)
    clock = phone.clock()
    phone.says_hello(unsent=0)
    phone.wall += H
    time(make.NOW + 2 * H)
    phone.says_hello(unsent=0, clock=clock)

    assert (of(phone).anchor_wall, of(phone).anchor_server) == (clock["wall"], make.NOW + H)
