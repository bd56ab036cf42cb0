"""Deciding one report at the desk."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from server.cases.models import Case
from server.database import db
from tests import make
from tests.counter import statements

H = 3_600_000
DAY = 24 * H


@pytest.fixture
def desk(signed_in_as):
    return signed_in_as("coordinator")


def cases() -> list[Case]:
    db.session.rollback()
    return list(db.session.scalars(select(Case).order_by(Case.opened_at)))


def test_one_report_shows_what_the_coordinator_needs(enrolled, town, time, signed_in_as):
    phone = enrolled()
    about = phone.files_report(
        town.lane.id, "21号门前又冒水了", spot="21号门前", photos=[
            {"sha256": "a" * 64, "bytes": 900, "type": "image/jpeg"}
        ]
    )  # fmt: skip
    phone.wall += 5 * H
    time(make.NOW + 5 * H)
    phone.pushes()

    page = signed_in_as("coordinator").get(f"/reports/{about}").text

    assert "“21号门前又冒水了”" in page
    assert "放了 4 小时" in page or "放了 5 小时" in page
    assert "还在路上" in page
    assert "田秀英反映" in page


def test_clock_doubt_is_told_with_its_size(enrolled, town, time, signed_in_as):
    phone = enrolled()
    phone.files_report(town.lane.id)
    phone.segment += 1
    phone.wall += 60_000
    about = phone.files_report(town.lane.id, "时间说不准的")
    time(make.NOW + 2 * H)
    phone.segment += 1
    phone.pushes()

    assert re.search(
        r"时间不准，前后约差 \d+ (分钟|小时)",
        signed_in_as("coordinator").get(f"/reports/{about}").text,
    )


def test_the_owner_of_last_time_is_suggested(told, desk):
    first, second = told(), told()
    desk.post(f"/reports/{first}/acceptance", data={"owner": "杏坞环卫所"})

    assert 'value="杏坞环卫所"' in desk.get(f"/reports/{second}").text


def test_fields_that_hang_together_follow_and_own_words_stay(told, desk):
    about = told()
    page = desk.get(f"/f/reports/{about}").text
    suggested = re.search(r'name="suggested" value="([^"]+)"', page)[1]

    def draft(moved, **said):
        data = {"category": "rubbish", "level": "community", "suggested": suggested, **said}
        headers = {"HX-Trigger-Name": moved, "HX-Request": "true"}
        return desk.post(f"/f/reports/{about}/acceptance", data=data, headers=headers).text

    followed = draft("category", category="lamp_out", owner="环卫", answer=suggested)
    kept = draft("owner", owner="老钟", due="2026-06-02T18:00", answer="我自己写的")

    assert 'value="市政路灯"' in followed
    assert "由市政路灯去办" in followed
    assert "我自己写的" in kept


def test_the_last_one_leaves_an_empty_pane(told, desk):
    about = told()

    answer = desk.post(f"/reports/{about}/acceptance", data={}, headers={"HX-Request": "true"})

    assert 'data-report=""' in answer.text
    assert answer.headers["HX-Push-Url"] == "/reports?"


def test_two_that_wait_become_one_case(told, desk, report_now):
    older, newer = told("第一条"), told("第二条")

    desk.post(f"/reports/{newer}/merger", data={"with": older})

    [case] = cases()
    assert (report_now(older).state, report_now(newer).state) == ("accepted", "merged")
    assert report_now(newer).case_id == case.id == report_now(older).case_id


def test_similar_ones_of_the_lane_lie_beside_it(told, case_of, town, desk):
    case_of("早报过的那堆")
    told("别的巷的", place=town.other_lane.id)
    about = told("这一堆")

    page = desk.get(f"/reports/{about}").text

    assert f'name="case" value="{cases()[0].id}"' in page
    assert "事项 0529-01" in page
    assert page.count("一起受理") == 0


def test_an_empty_question_is_sent_back(told, desk):
    answer = desk.post(f"/reports/{told()}/question", data={"question": " "})

    assert answer.status_code == 422
    assert "请把要问的写成一两句话" in answer.text


def test_what_somebody_else_changed_meanwhile_is_not_changed_back(told, by_desk, desk, report_now):
    about = told("桶满了", spot="井台边")
    was = json.dumps({"spot": "井台边", "words": "桶满了"})
    by_desk("report.corrected@1", about, {"spot": "井台东边"})

    desk.post(
        f"/reports/{about}/correction",
        data={"spot": "井台边", "words": "桶满了，有味", "was": was},
    )

    assert (report_now(about).spot, report_now(about).words) == ("井台东边", "桶满了，有味")


def test_a_correction_of_nothing_is_no_change(told, desk):
    about = told()

    assert desk.post(f"/reports/{about}/correction", data={"words": "桶满了"}).status_code == 303
    assert "方敏更正" not in desk.get(f"/reports/{about}").text


@pytest.mark.parametrize("field", ["place", "category", "level"])
def test_a_correction_to_what_does_not_exist_is_refused(told, desk, field):
    assert desk.post(f"/reports/{told()}/correction", data={field: "nowhere"}).status_code == 422


def test_a_committee_member_and_an_officer_get_no_number(told, signed_in_as):
    about = told(contact="154 0000 9001")

    for role in ("committee_member", "officer"):
        answer = signed_in_as(role).post(f"/reports/{about}/contact", data={"why": "看看"})
        assert answer.status_code == 403


def test_one_report_takes_as_many_statements_however_long_its_story(told, by_desk, desk):
    about = told()
    with statements() as few:
        desk.get(f"/reports/{about}")
    for i in range(8):
        by_desk("report.corrected@1", about, {"words": f"第 {i} 次"})
        told(f"别的 {i}")

    with statements() as many:
        desk.get(f"/reports/{about}")

    assert len(many) <= len(few) + 2
