"""Changes that were set aside: shown phone by phone, recorded or left out."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.database import db
from server.exchange.models import ChangeRow
from tests import make
from tests.counter import statements
from tests.phone import new_id


@pytest.fixture
def desk(signed_in_as):
    return signed_in_as("coordinator")


def change(n: int) -> ChangeRow:
    db.session.rollback()
    return db.session.scalars(select(ChangeRow).where(ChangeRow.n == n, ChangeRow.wall > 0)).first()


def test_a_kind_the_server_does_not_know_yet_is_kept_and_shown(phone, desk):
    phone.writes("report.teleported@1", new_id(), {"words": "新版手机写的"})
    phone.pushes()

    page = desk.get("/parked").text

    assert "服务器还不认得的一样" in page
    assert "“新版手机写的”" in page
    assert "手机比服务器新一步" in page
    assert "report.teleported@1" in page
    assert 'id="waits-parked" class="badge badge--look">1<' in page


def test_an_addition_to_a_report_that_never_came_waits_for_it(phone, desk, town):
    about = new_id()
    phone.writes("report.added_to@1", about, {"words": "又冒水了"})
    phone.pushes()
    where = f"/parked/{phone.device}/release"

    still = desk.post(where, data={"n": 1})
    assert "did=still" in still.headers["Location"]
    assert "又冒水了" in desk.get("/parked").text

    body = {"place": town.lane.id, "category": "rubbish", "level": "community", "words": "冒水"}
    phone.writes("report.filed@1", about, body)
    phone.pushes()
    done = desk.post(where, data={"n": 1})

    assert "did=released" in done.headers["Location"]
    assert "又冒水了" in desk.get(f"/reports/{about}").text
    phone.pulls()
    assert phone.sees(about)["additions"][0]["words"] == "又冒水了"


def test_what_a_lost_phone_sends_is_recorded_as_its_authors(phone, town, desk, report_now):
    first = phone.files_report(town.lane.id, "丢之前写的")
    second = phone.files_report(town.lane.id, "也是丢之前写的")
    desk.post(f"/devices/{phone.device}/revocation")
    phone.pushes()

    page = desk.get("/parked").text
    desk.post(f"/parked/{phone.device}/release")

    assert "手机挂失以后才送到的" in page
    assert "“丢之前写的”" in page
    assert "2 件按次序都记入" in page
    reports = [report_now(first), report_now(second)]
    assert {report.member_id for report in reports} == {town.steward.id}
    assert reports[0].happened_at <= reports[1].happened_at
    assert "没有待核对的" in desk.get("/parked").text
    assert "已记入" in desk.get("/parked").text


def test_leaving_out_asks_why_and_can_be_thought_over(phone, town, desk, report_now):
    about = phone.files_report(town.lane.id, "不知道是谁写的")
    desk.post(f"/devices/{phone.device}/revocation")
    phone.pushes()
    where = f"/parked/{phone.device}/discard"

    refused = desk.post(where, data={"n": 1})
    done = desk.post(where, data={"n": 1, "reason": "捡到手机的人写的"})

    assert refused.status_code == 422
    assert "请写一句原因" in refused.text
    page = desk.get(done.headers["Location"]).text
    assert "没有待核对的" in page
    assert "“捡到手机的人写的”" in page
    assert change(1).looked_by == town.coordinator.id
    desk.post(f"/parked/{phone.device}/release", data={"n": 1})
    assert report_now(about).words == "不知道是谁写的"


def test_what_is_recorded_already_or_was_never_there_is_said(phone, town, desk):
    phone.files_report(town.lane.id)
    phone.pushes()

    recorded = desk.post(f"/parked/{phone.device}/release", data={"n": 1})
    unknown = desk.post(f"/parked/{phone.device}/release", data={"n": 9})
    odd = desk.post(f"/parked/{phone.device}/release", data={"n": "²"})
    nobody = desk.post(f"/parked/{make.id_of('x')}/discard", data={"n": 1, "reason": "试"})

    assert (recorded.status_code, unknown.status_code) == (422, 422)
    assert "已经有人定过了" in recorded.text
    assert odd.status_code == 404
    assert nobody.status_code == 422


def test_a_longer_list_costs_no_more_statements(phone, desk):
    phone.writes("report.teleported@1", new_id(), {"words": "一"})
    phone.pushes()
    with statements() as few:
        desk.get("/parked")
    for i in range(6):
        phone.writes("report.teleported@1", new_id(), {"words": str(i)})
    phone.pushes()

    with statements() as many:
        desk.get("/parked")

    assert len(many) == len(few)


def test_only_the_community_looks(phone, signed_in_as):
    for role in ("committee_member", "officer"):
        assert signed_in_as(role).get("/parked").status_code == 403
