"""Phones of the town's stewards, enrolled the way real ones are."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from server import clock
from server.accounts.models import Member
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
