"""Several reports at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.cases.models import Case
from server.database import db


@pytest.fixture
def desk(signed_in_as):
    return signed_in_as("coordinator")


def cases() -> list[Case]:
    db.session.rollback()
    return list(db.session.scalars(select(Case)))


def test_the_chosen_are_looked_at_before_anything_happens(told, desk, report_now):
    ids = [told("第一"), told("第二")]

    page = desk.get("/reports/batch", query_string={"do": "accept", "selected": ids}).text

    assert "受理 2 条" in page
    assert "环卫" in page
    assert report_now(ids[0]).state == "screening"


def test_all_are_accepted_with_their_own_owner_and_day(told, desk, report_now):
    ids = [told(), told("灯不亮", category="lamp_out")]

    answer = desk.post("/reports/batch", data={"do": "accept", "selected": ids})

    assert "2 条都办好了" in answer.text
    assert {case.owner for case in cases()} == {"环卫", "市政路灯"}


def test_three_become_one_case(told, desk, report_now):
    ids = [told(f"第 {i}") for i in range(3)]

    desk.post("/reports/batch", data={"do": "merge", "selected": ids, "case": "new"})

    assert sorted(report_now(id).state for id in ids) == ["accepted", "merged", "merged"]
    assert len({report_now(id).case_id for id in ids}) == len(cases()) == 1


def test_they_join_a_case_that_is_there(told, case_of, desk, report_now):
    case = case_of()
    ids = [told("甲"), told("乙")]

    desk.post("/reports/batch", data={"do": "merge", "selected": ids, "case": case.id})

    assert {report_now(id).case_id for id in ids} == {case.id}


def test_a_case_that_is_not_there_changes_nothing(told, desk, report_now):
    ids = [told(), told()]

    answer = desk.post("/reports/batch", data={"do": "merge", "selected": ids, "case": "9999"})

    assert answer.status_code == 422
    assert "没有这一件" in answer.text
    assert report_now(ids[0]).state == "screening"


def test_leaving_out_asks_what_and_why(told, desk, report_now):
    ids = [told(), told()]
    data = {"do": "dismiss", "selected": ids}

    assert "请选是哪一种" in desk.post("/reports/batch", data=data).text
    assert "请写一句原因" in desk.post("/reports/batch", data={**data, "to": "invalid"}).text
    desk.post("/reports/batch", data={**data, "to": "spam"})
    assert {report_now(id).state for id in ids} == {"spam"}


def test_done_and_not_done_are_both_counted(told, desk):
    ids = [told(), told()]
    data = {"do": "dismiss", "selected": ids, "to": "invalid", "reason": "很长" * 300}

    page = desk.post("/reports/batch", data=data).text

    assert "0 条办好，2 条没成，原因写在各条下面" in page


def test_who_is_decided_already_is_not_decided_again(told, by_desk, desk):
    gone, stays = told(), told()
    by_desk("report.dismissed@1", gone, {"to": "spam"})

    desk.post("/reports/batch", data={"do": "accept", "selected": [gone, stays]})

    assert len(cases()) == 1


def test_nothing_chosen_is_said(town, desk):
    assert "还没选" in desk.get("/reports/batch").text
    assert desk.post("/reports/batch", data={"do": "accept"}).status_code == 422


def test_only_a_coordinator_decides(told, signed_in_as):
    for role in ("committee_member", "officer"):
        assert signed_in_as(role).get("/reports/batch").status_code == 403
