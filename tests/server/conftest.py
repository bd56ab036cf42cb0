"""Phones of the town's stewards, enrolled the way real ones are."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest

from server import clock
from server.accounts.models import Member, actor_for
from server.cases.models import Case
from server.database import db
from server.exchange.intake import record
from server.exchange.rows import Reader
from server.reports.models import Report
from tests.phone import FakePhone
from tests.resident import Resident


@pytest.fixture
def enrolled(app, town, time, signed_in_as) -> Callable[..., FakePhone]:
    """A phone of a steward; `slow` sets its clock back by so many milliseconds."""

    def enrol(who: Member | None = None, *, slow: int = 0) -> FakePhone:
        desk = signed_in_as("coordinator")
        page = desk.post("/enrolments", data={"member": (who or town.steward).id})
        digits = re.sub(r"\D", "", re.search(r'data-digits="([\d ]+)"', page.text)[1])
        phone = FakePhone(app.test_client(), clock.now() - slow)
        assert phone.enrols(digits).status_code == 201
        return phone

    return enrol


@pytest.fixture
def phone(enrolled) -> FakePhone:
    return enrolled()


@pytest.fixture
def resident(client, town, time) -> Resident:
    """Somebody who lives in the town's lane."""
    return Resident(client, lambda ms: time(clock.now() + ms), town.lane.plate)


@pytest.fixture
def by_desk(app, town, time) -> Callable[..., object]:
    """Make a change as the coordinator, who has everything that arrived before the eyes."""

    def act(kind: str, about: str, body: dict | None = None):
        coordinator = actor_for(db.session(), town.coordinator, clock.now())
        stamps = Reader(db.session.connection(), coordinator.community_id).stamps_of(about)
        seen = {name: stamp for name, stamp in stamps.items() if name in (body or {})}
        return record(by=coordinator, kind=kind, about=about, body=body or {}, seen=seen)

    return act


@pytest.fixture
def told(by_desk, town) -> Callable[..., str]:
    """A report written down at the desk; returns its id."""

    def tell(words: str = "桶满了", **more) -> str:
        about = str(uuid.uuid4())
        body = {"place": town.lane.id, "category": "rubbish", "level": "community", "words": words}
        assert by_desk("report.filed@1", about, {**body, **more}).verdict.value == "applied"
        return about

    return tell


@pytest.fixture
def case_of(by_desk, told) -> Callable[..., Case]:
    """A report that has become a case."""

    def make(words: str = "桶满了", due_in_h: int = 24, **more) -> Case:
        about, case = told(words, **more), str(uuid.uuid4())
        body = {
            "case": case,
            "level": "community",
            "owner": "环卫所",
            "due_at": clock.now() + due_in_h * 3_600_000,
            "answer": "已受理。",
        }
        assert by_desk("report.accepted@1", about, body).verdict.value == "applied"
        db.session.rollback()
        return db.session.scalars(db.select(Case).where(Case.id == case)).one()

    return make


@pytest.fixture
def report_now(app) -> Callable[[str], Report]:
    """A report as it stands in the database this moment."""

    def read(id: str) -> Report:
        db.session.rollback()
        return db.session.scalars(db.select(Report).where(Report.id == id)).one()

    return read
