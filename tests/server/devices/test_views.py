"""Phones on the desk: who has one, what is still only on it, a new one, a lost one."""

from __future__ import annotations

import re

from sqlalchemy import select

from server.database import db
from server.devices.models import Enrolment
from tests import make
from tests.counter import statements
from tests.phone import FakePhone

H = 3_600_000


def test_a_phone_with_what_it_said_of_itself(phone, signed_in_as):
    phone.wall += 3 * 60_000
    phone.says_hello(unsent=2, oldest_wall=phone.wall - 2 * H, storage={"persisted": False})

    page = signed_in_as("coordinator").get("/devices").text

    assert "田秀英" in page
    assert "在用" in page
    assert "<b>2</b>" in page
    assert "2 小时" in page
    assert "会被清理" in page
    assert "快 3 分钟" in page
    assert "没有送到" not in page


def test_a_phone_silent_for_two_days_asks_to_be_rung(phone, signed_in_as, time):
    phone.says_hello(unsent=4, oldest_wall=phone.wall - H)
    time(make.NOW + 49 * H)

    page = signed_in_as("coordinator").get("/devices").text

    assert "田秀英的手机有 4 件放了 2 天没送" in page
    assert 'href="tel:00005550911"' in page
    assert "1 台超过 48 小时" in page
    assert 'class="table__row--look"' in page
    assert "很久没联系" in page


def test_a_new_phone_from_the_code_to_the_tick(app, town, time, signed_in_as):
    desk = signed_in_as("coordinator")
    page = desk.post(
        "/enrolments", data={"member": town.steward.id}, headers={"HX-Request": "true"}
    )
    digits = re.search(r'data-digits="(\d{8})"', page.text)[1]
    state = f"/f/enrolments/{db.session.scalars(select(Enrolment.id)).one()}"

    assert page.status_code == 201
    assert "<svg" in page.text
    assert "14:15 前有效" in desk.get(state).text
    assert "等开通" in desk.get("/devices").text

    phone = FakePhone(app.test_client(), make.NOW)
    phone.enrols(digits)
    assert "正在取清单和地点" in desk.get(state).text
    time(make.NOW + 5000)
    phone.says_hello()
    reported = desk.get(state).text
    assert "能不能离线用还没试出来" in reported
    assert "可离线使用" not in reported
    assert "hx-get" in reported
    phone.says_hello(offline=True)
    said = desk.get(state).text
    assert "可离线使用" in said
    assert "手机自己试过" in said
    assert "hx-get" not in said


def test_a_phone_that_does_not_open_offline_is_not_called_ready(phone, signed_in_as):
    desk = signed_in_as("coordinator")
    assert "离线还没试过" in desk.get("/devices").text

    phone.says_hello(offline=False)
    state = f"/f/enrolments/{db.session.scalars(select(Enrolment.id)).one()}"

    assert "没网打不开" in desk.get(state).text
    assert "可离线使用" not in desk.get(state).text
    assert "没网打不开" in desk.get("/devices").text


def test_a_phone_that_says_nothing_more_about_it_stays_as_it_was(phone, signed_in_as):
    phone.says_hello(offline=True)
    phone.says_hello()

    assert "离线能用" in signed_in_as("coordinator").get("/devices").text


def test_a_code_that_has_run_out_offers_another(town, time, signed_in_as):
    signed_in_as("coordinator").post("/enrolments", data={"member": town.steward.id})
    state = f"/f/enrolments/{db.session.scalars(select(Enrolment.id)).one()}"
    time(make.NOW + 16 * 60_000)

    assert "过了 15 分钟" in signed_in_as("coordinator").get(state).text


def test_nobody_enrols_a_colleague_or_somebody_elsewhere(town, signed_in_as):
    desk = signed_in_as("coordinator")

    assert desk.post("/enrolments", data={"member": town.coordinator.id}).status_code == 422
    assert desk.post("/enrolments", data={"member": town.far_steward.id}).status_code == 404
    assert desk.post("/enrolments").status_code == 404


def test_before_a_phone_is_lost_its_unsent_count_is_shown(phone, signed_in_as):
    phone.says_hello(unsent=3)
    desk = signed_in_as("coordinator")

    asked = desk.get(f"/devices/{phone.device}/revocation").text
    answer = desk.post(f"/devices/{phone.device}/revocation")
    page = desk.get(answer.headers["Location"]).text

    assert "挂失田秀英的手机？" in asked
    assert "<b>3</b>" in asked
    assert "当时还有 3 件没送" in page
    assert "已挂失" in page
    assert desk.post(f"/devices/{phone.device}/revocation").status_code == 422


def test_an_officer_sees_phones_of_the_chosen_community(phone, town, signed_in_as):
    officer = signed_in_as("officer")

    here = officer.get(f"/devices?community={town.community.id}").text
    there = officer.get(f"/devices?community={town.other_community.id}").text

    assert phone.device in here
    assert phone.device not in there


def test_who_may_not(phone, town, signed_in_as):
    assert signed_in_as("committee_member").get("/devices").status_code == 403
    far = signed_in_as("far_coordinator")
    assert phone.device not in far.get("/devices").text
    assert far.post(f"/devices/{phone.device}/revocation").status_code == 404


def test_no_phone_yet_says_how_to_begin(town, signed_in_as):
    page = signed_in_as("coordinator").get("/devices").text

    assert "还没有开通的手机" in page
    assert town.steward.name in page


def test_more_phones_cost_no_more_statements(enrolled, town, signed_in_as):
    enrolled()
    desk = signed_in_as("coordinator")
    with statements() as few:
        desk.get("/devices")
    for who in (town.steward, town.other_steward, town.other_steward):
        enrolled(who)

    with statements() as many:
        desk.get("/devices")

    assert len(many) == len(few)
