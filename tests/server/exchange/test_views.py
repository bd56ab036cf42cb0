"""The door, as a phone meets it."""

from __future__ import annotations

import json

from sqlalchemy import func, select

from server.cases.models import Case
from server.database import db
from server.exchange.models import ChangeRow
from server.reports.models import Report
from tests import make
from tests.phone import sha
from tests.server.media import corpus

DAY = 86_400_000
TEN_YEARS = 3650 * DAY


def reports():
    db.session.rollback()
    return db.session.scalars(select(Report).order_by(Report.happened_at)).all()


def test_a_report_is_filed_and_gets_a_number(phone, town):
    about = phone.files_report(town.lane.id, "井台边的桶满了")

    answer = phone.pushes()

    assert answer.status_code == 200
    assert phone.receipts[1]["verdict"] == "applied"
    assert phone.receipts[1]["number"] == "0529-01"
    [report] = reports()
    assert (report.id, report.words, report.member_id) == (about, "井台边的桶满了", town.steward.id)


def test_a_report_sent_twice_is_filed_once(phone, town):
    phone.files_report(town.lane.id)
    phone.pushes(losing_the_answer=True)

    phone.pushes()

    assert phone.receipts[1]["number"] == "0529-01"
    assert len(reports()) == 1


def test_a_packed_push_is_the_same(phone, town):
    phone.files_report(town.lane.id)

    assert phone.pushes(packed=True).status_code == 200

    assert len(reports()) == 1


def test_a_clock_ten_years_off_does_no_harm(enrolled, town, time):
    for slow in (TEN_YEARS, -TEN_YEARS):
        phone = enrolled(slow=slow)
        phone.files_report(town.lane.id)
        phone.wall += 60_000
        time(make.NOW + 61_000)

        phone.pushes()

        assert abs(reports()[-1].happened_at - (make.NOW + 1000)) < 2000
        time(make.NOW)


def test_what_was_settled_on_the_spot_is_a_solved_case_at_once(phone, town):
    phone.files_report(town.lane.id, level="on_the_spot", done="拖走了")

    phone.pushes()

    [report] = reports()
    case = db.session.scalars(select(Case)).one()
    assert (report.state, report.case_id) == ("accepted", case.id)
    assert (case.state, case.resolution_level) == ("solved", "on_the_spot")


def test_a_bad_item_costs_only_itself(phone, town):
    phone.files_report(town.lane.id)
    phone.lines.append(b'{"k":"report.filed@1","o":"x"')
    phone.writes("report.filed@1", make.id_of("a"), {"place": town.lane.id, "colour": "red"})
    phone.writes("report.teleported@1", make.id_of("b"), {})
    phone.files_report(town.lane.id, "")
    phone.files_report(town.lane.id, "灯不亮")

    phone.pushes()

    verdicts = [phone.receipts[n]["verdict"] for n in range(1, 7)]
    assert verdicts == ["applied", "rejected", "rejected", "parked", "rejected", "applied"]
    assert phone.receipts[3]["details"]["field"] in ("colour", "category")
    assert phone.receipts[5]["reason"] == "words_missing"
    assert len(reports()) == 2


def test_a_gap_names_the_number_it_wants(phone, town):
    phone.files_report(town.lane.id)
    phone.files_report(town.lane.id)

    answer = phone.pushes(first=2)

    assert (answer.status_code, answer.get_json()) == (409, {"error": "gap", "expected": 1})
    assert reports() == []


def test_a_cloned_phone_is_told_to_take_a_new_name(phone, town):
    phone.files_report(town.lane.id)
    phone.pushes(losing_the_answer=True)
    phone.lines.clear()
    phone.files_report(town.lane.id, "别的字")

    answer = phone.pushes()

    assert (answer.status_code, answer.get_json()) == (409, {"error": "fork", "agreed": 0})
    old = phone.device
    renewal = phone.sends(
        "POST",
        "/sync/v1/renewals",
        json.dumps({"v": 1, "key": phone.public_key, "clock": phone.clock()}).encode(),
    )
    phone.device, phone.acked = renewal.get_json()["device"], 0
    assert phone.device != old
    assert phone.pushes().status_code == 200
    assert len(reports()) == 2


def test_an_edit_made_after_seeing_the_other_wins_whatever_the_clocks_say(
    enrolled, town, time, signed_in_as
):
    phone = enrolled(slow=TEN_YEARS)
    about = phone.files_report(town.lane.id, "桶满了", spot="井台边")
    phone.pushes()
    phone.pulls()
    time(make.NOW + DAY)
    desk = signed_in_as("coordinator")
    stamps = phone.sees(about)["stamps"]
    answer = desk.post(
        f"/reports/{about}/correction", data={"spot": "井台西边", "seen": json.dumps(stamps)}
    )
    assert answer.status_code in (200, 303)
    phone.wall += DAY
    phone.pulls()

    phone.writes(
        "report.corrected@1", about, {"spot": "井台东边"}, seen=phone.sees(about)["stamps"]
    )
    phone.pushes()

    assert reports()[0].spot == "井台东边"


def test_custody_keeps_the_bytes(phone, town):
    phone.files_report(town.lane.id)
    phone.lines.append(b"\xff\xfe not json")

    phone.pushes()

    kept = db.session.scalars(
        select(ChangeRow.raw).where(ChangeRow.device_id == phone.device).order_by(ChangeRow.n)
    ).all()
    assert [bytes(raw) for raw in kept] == phone.lines


def test_a_phone_reported_lost_is_heard_and_kept_apart(phone, town, signed_in_as):
    phone.files_report(town.lane.id)
    signed_in_as("coordinator").post(f"/devices/{phone.device}/revocation")

    answer = phone.pushes()

    assert phone.receipts[1]["verdict"] == "quarantined"
    assert answer.status_code == 200
    assert reports() == []
    assert phone.pulls().status_code == 403
    assert phone.says_hello().get_json()["standing"] == "revoked"


def test_news_comes_by_scope_and_a_lane_that_is_left_goes(phone, enrolled, town):
    other = enrolled(town.other_steward)
    mine = phone.files_report(town.lane.id)
    theirs = other.files_report(town.other_lane.id)
    phone.pushes()
    other.pushes()

    phone.pulls()

    assert phone.sees(mine)["number"] == "0529-01"
    assert phone.sees(theirs) is None


def test_cold_pages_go_on_where_they_stopped(phone, town):
    ids = [phone.files_report(town.lane.id, f"第 {i} 条") for i in range(7)]
    phone.pushes()

    for _ in range(12):
        phone.pulls(limit=2)

    assert all(phone.sees(id) for id in ids)
    assert {state[1] for state in phone.cursors.values()} == {0}


def test_every_change_is_in_custody_once(phone, town):
    for i in range(5):
        phone.files_report(town.lane.id, str(i))
    for _ in range(3):
        phone.pushes(first=1, losing_the_answer=True)

    assert db.session.scalar(select(func.count()).select_from(ChangeRow)) == 5


def test_a_photo_that_arrives_later_is_news_for_the_report(phone, town):
    picture = corpus.photo()
    sent = {"sha256": sha(picture), "bytes": len(picture), "type": "image/jpeg", "role": "before"}
    about = phone.files_report(town.lane.id, photos=[sent])
    phone.pushes()
    phone.pulls()
    assert phone.sees(about)["photos"][0]["state"] == "awaiting"
    promise = {"v": 1, **{name: sent[name] for name in ("sha256", "bytes", "type")}}
    phone.sends("POST", "/sync/v1/photos", json.dumps(promise).encode())

    phone.sends("PATCH", f"/sync/v1/photos/{sent['sha256']}", picture, {"Upload-Offset": "0"})

    phone.pulls()
    assert phone.sees(about)["photos"][0]["state"] == "stored"
