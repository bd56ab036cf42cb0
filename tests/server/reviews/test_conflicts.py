"""Two people changed the same thing: what the coordinator sees, and what the phones learn."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from server.database import db
from server.exchange.models import ConflictRow
from tests import make

H = 3_600_000


@pytest.fixture
def report(phone, town):
    """A report both the steward's phone and the desk know."""
    about = phone.files_report(town.lane.id, "井盖松了", spot="21号门口")
    phone.pushes()
    phone.pulls()
    return about


@pytest.fixture
def two_spots(phone, report, by_desk, time):
    """The steward wrote without signal, then the desk wrote; neither had seen the other's."""
    phone.writes(
        "report.corrected@1", report, {"spot": "27号门口"}, seen=phone.sees(report)["stamps"]
    )
    time(make.NOW + H)
    by_desk("report.corrected@1", report, {"spot": "23号对面"})
    phone.wall += H
    phone.pushes()
    return report


@pytest.fixture
def unsure(phone, report, by_desk, time):
    """As above, but the phone's clock leaves the order open."""
    phone.segment += 1
    phone.writes(
        "report.corrected@1", report, {"spot": "27号门口"}, seen=phone.sees(report)["stamps"]
    )
    time(make.NOW + H)
    by_desk("report.corrected@1", report, {"spot": "23号对面"})
    time(make.NOW + 2 * H)
    phone.segment += 1
    phone.pushes()
    return report


@pytest.fixture
def late_step(phone, report, by_desk, time):
    """The desk called it spam; the steward, who could not know, withdrew it."""
    by_desk("report.dismissed@1", report, {"to": "spam"})
    phone.writes("report.withdrawn@1", report, {"reason": "我看错了"})
    phone.pushes()
    return report


def conflict() -> ConflictRow:
    db.session.rollback()
    return db.session.scalars(select(ConflictRow)).one()


def test_the_later_one_stands_and_the_other_is_shown(two_spots, signed_in_as, report_now):
    page = signed_in_as("coordinator").get("/conflicts?tab=by_time").text

    assert report_now(two_spots).spot == "23号对面"
    assert "“具体位置”改了两次" in page
    assert "27号门口" in page
    assert "23号对面" in page
    assert "写的时候看到的是“21号门口”" in page
    assert page.index("田秀英") < page.index("方敏", page.index("田秀英"))


def test_one_tap_brings_the_other_back_and_the_phone_learns(
    two_spots, phone, signed_in_as, report_now
):
    desk = signed_in_as("coordinator")

    answer = desk.post(f"/conflicts/{conflict().id}/decision", data={"choice": "restore"})
    phone.pulls()

    assert answer.status_code == 303
    assert report_now(two_spots).spot == "27号门口"
    assert phone.sees(two_spots)["spot"] == "27号门口"
    assert "换成另一个" in desk.get(answer.headers["Location"]).text
    assert "方敏定了：换成另一个" in desk.get(f"/reports/{two_spots}").text


def test_what_was_decided_can_be_changed_back(two_spots, signed_in_as, report_now):
    desk = signed_in_as("coordinator")
    where = f"/conflicts/{conflict().id}/decision"
    desk.post(where, data={"choice": "restore"})

    page = desk.get("/conflicts?tab=decided").text
    desk.post(where, data={"choice": "swap", "tab": "decided"})

    assert "换回来" in page
    assert report_now(two_spots).spot == "23号对面"
    desk.post(where, data={"choice": "swap", "tab": "decided"})
    assert report_now(two_spots).spot == "27号门口"


def test_an_order_nobody_can_tell_waits_with_the_size_of_the_doubt(unsure, signed_in_as):
    page = signed_in_as("coordinator").get("/conflicts").text

    assert "分不清先后" in page
    assert re.search(r"可能差 \d+ (小时|分钟)，先后说不好，请您定", page)
    assert 'id="waits-conflicts" class="badge badge--look">1<' in page


def test_keeping_what_stands_empties_the_list(unsure, signed_in_as, report_now):
    desk = signed_in_as("coordinator")
    stands = report_now(unsure).spot

    desk.post(f"/conflicts/{conflict().id}/decision", data={"choice": "keep"})

    assert report_now(unsure).spot == stands
    assert "没有要您定的" in desk.get("/conflicts").text
    assert conflict().state == "kept"


def test_a_second_decision_is_told_that_there_was_a_first(unsure, signed_in_as):
    desk = signed_in_as("coordinator")
    where = f"/conflicts/{conflict().id}/decision"
    desk.post(where, data={"choice": "keep"})

    answer = desk.post(where, data={"choice": "restore"})

    assert answer.status_code == 422
    assert "已经有人定过了" in answer.text


def test_words_about_people_are_for_a_person_to_weigh(phone, report, by_desk, time, signed_in_as):
    phone.writes("report.corrected@1", report, {"words": "老人摔了一跤"})
    time(make.NOW + H)
    by_desk("report.corrected@1", report, {"words": "井盖松了，有人摔倒"})
    phone.wall += H
    phone.pushes()

    page = signed_in_as("coordinator").get("/conflicts").text

    assert "这段话说到了人" in page
    assert "老人摔了一跤" in page


def test_a_step_that_came_too_late_is_kept_beside_what_stands(late_step, signed_in_as, report_now):
    page = signed_in_as("coordinator").get("/conflicts").text

    assert "那一步已经过去了" in page
    assert "“已撤回”，可那时已经“广告骚扰”" in page
    assert "“我看错了”" in page
    assert "这一步现在接不上了" in page
    assert report_now(late_step).state == "spam"


def test_nothing_to_do_is_an_answer_too(late_step, signed_in_as, report_now):
    desk = signed_in_as("coordinator")

    desk.post(f"/conflicts/{conflict().id}/decision", data={"choice": "dismiss"})

    assert (conflict().state, report_now(late_step).state) == ("dismissed", "spam")


def test_a_step_becomes_possible_again_when_the_way_is_open(
    late_step, by_desk, signed_in_as, report_now
):
    by_desk("report.screened_again@1", late_step)
    desk = signed_in_as("coordinator")

    assert "换成那一个" in desk.get("/conflicts").text
    desk.post(f"/conflicts/{conflict().id}/decision", data={"choice": "restore"})

    assert report_now(late_step).state == "withdrawn"


def test_a_choice_there_is_none_and_a_conflict_there_is_none(unsure, signed_in_as):
    desk = signed_in_as("coordinator")

    answer = desk.post(f"/conflicts/{conflict().id}/decision", data={"choice": "both"})
    nowhere = desk.post(f"/conflicts/{make.id_of('none')}/decision", data={"choice": "keep"})

    assert answer.status_code == 422
    assert nowhere.status_code == 404


def test_only_the_community_decides(unsure, signed_in_as):
    for role in ("committee_member", "officer"):
        assert signed_in_as(role).get("/conflicts").status_code == 403
    assert "27号门口" not in signed_in_as("far_coordinator").get("/conflicts").text
