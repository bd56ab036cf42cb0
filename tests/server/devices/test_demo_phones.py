"""One tap in the demo: a browser becomes a steward's phone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.database import writing
from server.settings import Settings
from tests import make
from tests.phone import FakePhone


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data", demo=True)


@pytest.fixture
def person(town):
    with writing() as rows:
        member = make.member("展小燕", demo_sign_in=True)
        rows.add(member)
    return member


def tap(client, member):
    return client.post("/demo/phones", data={"steward": f"{member.community_id}/{member.id}"})


def test_one_tap_makes_a_browser_a_stewards_phone(app, town, client, person, time):
    assert "展小燕" in client.get("/session").text

    answer = tap(client, person)
    page, _, token = answer.headers["Location"].partition("#demo.")
    phone = FakePhone(client, make.NOW)

    assert (answer.status_code, page) == (303, "/app/start")
    assert phone.enrols(token).status_code == 201
    assert phone.member == person.id


def test_not_as_somebody_who_is_no_part_of_the_demo(town, client, person):
    assert tap(client, town.steward).status_code == 404
    assert client.post("/demo/phones").status_code == 404


def test_not_where_it_is_no_demo(app, town, client, person):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], demo=False)

    assert tap(client, person).status_code == 404
