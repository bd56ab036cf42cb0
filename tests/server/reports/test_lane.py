"""Who may add to a report and correct it: its author, and whoever looks after the lane."""

from __future__ import annotations

import pytest

from server.database import db, writing
from server.exchange.models import ConflictRow
from server.reports.models import Report
from server.reports.rules import is_about_people
from tests import make


@pytest.fixture
def neighbour(town, enrolled):
    """The phone of a second steward of the same lane."""
    with writing() as rows:
        rows.add(make.assignment(town.lane, town.other_steward))
    return enrolled(town.other_steward)


def stamps(phone, about):
    return phone.sees(about)["stamps"]


def report(about, town):
    db.session.rollback()
    return db.session.get(Report, (town.community.id, about))


def test_a_lanes_stewards_correct_each_others_reports(phone, neighbour, town):
    about = phone.files_report(town.lane.id, spot="21号门口")
    phone.pushes()
    neighbour.pulls()

    neighbour.writes(
        "report.corrected@1", about, {"spot": "27号门口"}, seen=stamps(neighbour, about)
    )
    neighbour.writes("report.added_to@1", about, {"words": "换好了"})
    neighbour.pushes()

    assert {r["verdict"] for r in neighbour.receipts.values()} == {"applied"}
    assert report(about, town).spot == "27号门口"


def test_somebody_of_another_lane_waits_for_the_coordinator(phone, enrolled, town):
    about = phone.files_report(town.lane.id, spot="21号门口")
    phone.pushes()
    stranger = enrolled(town.other_steward)

    stranger.writes("report.corrected@1", about, {"spot": "27号门口"})
    stranger.pushes()

    assert stranger.receipts[1] == {"n": 1, "verdict": "parked", "reason": "scope_left"}
    assert report(about, town).spot == "21号门口"


def test_only_its_author_takes_a_report_back(phone, neighbour, town):
    about = phone.files_report(town.lane.id)
    phone.pushes()

    neighbour.writes("report.withdrawn@1", about, {})
    neighbour.pushes()

    assert neighbour.receipts[1]["reason"] == "not_yours"
    assert report(about, town).state == "screening"


def test_two_wordings_that_name_people_wait_for_a_person(phone, neighbour, town):
    about = phone.files_report(town.lane.id, "两家吵起来了")
    phone.pushes()

    neighbour.pulls()
    seen = stamps(neighbour, about)
    phone.writes("report.corrected@1", about, {"words": "两家都推了一把"})
    neighbour.writes("report.corrected@1", about, {"words": "都动了气，没有人受伤"}, seen=seen)
    neighbour.pushes()
    phone.pushes()

    [conflict] = db.session.query(ConflictRow).all()
    assert conflict.reason == "person_text"


@pytest.mark.parametrize("words", ["3号老人血压高", "他又来了", "长" * 41])
def test_words_about_people(words):
    assert is_about_people(words)


@pytest.mark.parametrize("words", ["桶满了，袋子堆到路上", "", None, 7])
def test_words_about_things(words):
    assert not is_about_people(words)
