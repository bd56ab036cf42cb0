"""Steps of a case: whose they are, and what begins anew when a case is taken up again."""

from __future__ import annotations

import pytest

from server.cases.models import Case
from server.database import db
from server.exchange.intake import record
from server.exchange.models import ConflictRow, RecordRow
from server.permissions import Actor
from tests import make

CASE = make.id_of("a case")


@pytest.fixture
def desk(town) -> Actor:
    return Actor(town.coordinator.id, "coordinator", town.community.id)


@pytest.fixture
def about(phone, town, desk):
    """A report the desk has accepted as a case."""
    about = phone.files_report(town.lane.id)
    phone.pushes()
    body = {"case": CASE, "level": "community", "due_at": make.NOW}
    assert record(by=desk, kind="report.accepted@1", about=about, body=body).verdict == "applied"
    return about


def move(desk, to, **more):
    return record(by=desk, kind="case.moved@1", about=CASE, body={"to": to, **more})


def case(town):
    db.session.rollback()
    return db.session.get(Case, (town.community.id, CASE))


def test_a_lanes_steward_says_that_it_is_done(phone, about, town):
    phone.writes("case.moved@1", CASE, {"to": "solved", "from": "accepted"})
    phone.pushes()

    assert phone.receipts[2]["verdict"] == "applied"
    assert case(town).state == "solved"


def test_other_steps_are_the_desks(phone, about, town):
    phone.writes("case.moved@1", CASE, {"to": "closed", "ending": "solved"})
    phone.pushes()

    assert phone.receipts[2]["reason"] == "not_permitted"
    assert case(town).state == "accepted"


def test_done_without_signal_while_it_was_sent_to_somebody(phone, about, town, desk):
    phone.writes("case.moved@1", CASE, {"to": "solved", "from": "accepted", "words": "水退了"})
    move(desk, "assigned", words="派给排水")
    phone.pushes()

    assert (phone.receipts[2]["verdict"], phone.receipts[2]["reason"]) == (
        "conflict",
        "illegal_step",
    )
    [conflict] = db.session.query(ConflictRow).all()
    assert (conflict.winner_value, conflict.loser_value) == ('"assigned"', '"solved"')
    assert case(town).state == "assigned"


def test_a_case_taken_up_again_begins_a_new_generation(about, town, desk):
    for to in ("solved", "verified", "closed", "accepted"):
        assert move(desk, to).verdict == "applied"

    kept = db.session.get(RecordRow, (town.community.id, CASE))
    assert (case(town).generation, kept.generation) == (2, 2)
    assert move(desk, "assigned", generation=2).verdict == "applied"
    assert move(desk, "solved", generation=1).verdict == "superseded"
    assert (case(town).state, case(town).ending, case(town).closed_at) == ("assigned", "", None)
