from dataclasses import replace

import pytest
from sqlalchemy import func, select

from server import clock
from server.accounts.intake import forget_old_sign_ins
from server.accounts.models import SignInTries, StaffSession
from server.accounts.rules import IDLE_MS, SESSION_MS
from server.accounts.views import COOKIE
from server.database import db, writing
from server.permissions import ANYBODY
from server.words import gettext
from tests import make

WRONG = "Name or password is not right. A colleague can reset it with you in person."


def sign_in(browser, name="方敏", password=make.PASSWORD, **form):
    return browser.post("/session", data={"name": name, "password": password, **form})


def actor(app, browser):
    """Who the server takes this browser for."""
    from flask import g

    with browser:
        browser.get("/session")
        return g.actor


def test_a_coordinator_signs_in_and_is_known(app, town, client):
    answer = sign_in(client)

    known = actor(app, client)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/reports"
    assert (known.id, known.role) == (town.coordinator.id, "coordinator")
    assert known.community_id == town.community.id
    assert known.subdistrict_id == town.subdistrict.id


def test_an_officer_belongs_to_the_subdistrict(app, town, client):
    sign_in(client, "江海涛")

    assert actor(app, client).subdistrict_id == town.subdistrict.id


def test_case_and_width_of_a_name_do_not_matter(app, town, client):
    with writing() as rows:
        member = make.member("Ｗei Lan", role="coordinator")
        rows.add(member)
        rows.flush()
        rows.add(make.credential(member))

    assert sign_in(client, " wei lan ").status_code == 303


def test_the_cookie_is_for_this_server_alone_and_tells_nothing(town, client):
    said = sign_in(client).headers["Set-Cookie"]
    kept = db.session.scalars(select(StaffSession)).one()

    assert "HttpOnly" in said
    assert "SameSite=Strict" in said
    assert kept.token_hash not in said


def test_behind_https_the_cookie_stays_on_https(app, town):
    answer = app.test_client().post(
        "/session", data={"name": "方敏", "password": make.PASSWORD}, base_url="https://localhost"
    )

    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("name", ["方敏", "没有此人", "", "田秀英", "\x00", "方敏" * 200])
def test_a_wrong_try_says_the_same_whether_the_name_exists(app, town, client, name):
    answer = sign_in(client, name, "wrong")

    assert answer.status_code == 422
    assert gettext(WRONG) in answer.text
    assert actor(app, client) == ANYBODY


def test_a_password_is_looked_at_even_for_nobody(town, client, monkeypatch):
    looked = []
    monkeypatch.setattr(
        "server.accounts.views.is_password", lambda password, kept: looked.append(kept) or False
    )

    sign_in(client, "没有此人")
    sign_in(client, "方敏")

    assert looked[0] is None
    assert looked[1]


@pytest.mark.parametrize("name", ["方敏", "没有此人"])
def test_wrong_tries_slow_the_next_and_never_lock(town, client, time, name):
    for _ in range(3):
        assert sign_in(client, name, "wrong").status_code == 422
    slowed = sign_in(client, name, "wrong")
    time(make.NOW + 20_000)

    assert slowed.status_code == 429
    assert slowed.headers["Retry-After"] == "1"
    assert sign_in(client, name, "wrong").status_code == 422
    for seconds in range(40, 300, 20):
        time(make.NOW + seconds * 1000)
        assert sign_in(client, name, "wrong").status_code == 422


def test_the_owner_of_a_slowed_name_gets_in_after_fifteen_seconds(app, town, client, time):
    for n in range(40):
        time(make.NOW + n * 1_000)
        sign_in_from(app, f"198.51.{n}.1", "方敏")
    time(make.NOW + 55_000)

    assert sign_in(client).status_code == 303


def test_many_names_from_one_address_are_slowed(town, client, time):
    answers = [sign_in(client, f"name {n}", "wrong").status_code for n in range(21)]

    assert answers == [422] * 20 + [429]


def test_neighbours_of_an_address_count_together(town, app, time):
    def knock(address):
        return sign_in_from(app, address).status_code

    answers = [knock(f"203.0.113.{n}") for n in range(21)]

    assert answers[-1] == 429
    assert knock("198.51.100.7") == 422


def sign_in_from(app, address, name=""):
    return app.test_client().post(
        "/session",
        data={"name": name or f"name of {address}", "password": "wrong"},
        environ_base={"REMOTE_ADDR": address},
    )


@pytest.mark.parametrize("step_ms", [IDLE_MS, IDLE_MS + 1])
def test_half_an_hour_without_use_ends_a_session(app, town, client, time, step_ms):
    sign_in(client)

    time(make.NOW + step_ms)

    assert actor(app, client) == ANYBODY


def test_a_page_that_asks_for_news_by_itself_keeps_no_session(app, town, client, time):
    sign_in(client)

    def asks_for_news():
        htmx = {"HX-Request": "true"}
        return client.get("/f/reports/news?since=0", headers=htmx).status_code

    for minutes in range(0, 30, 5):
        time(make.NOW + minutes * 60_000)
        assert asks_for_news() == 200
    time(make.NOW + IDLE_MS)

    assert asks_for_news() == 401
    assert actor(app, client) == ANYBODY


def test_use_keeps_a_session_for_twelve_hours_and_no_longer(app, town, client, time):
    sign_in(client)

    at = make.NOW
    while at + 20 * 60_000 < make.NOW + SESSION_MS:
        at += 20 * 60_000
        time(at)
        assert actor(app, client).is_known
    time(make.NOW + SESSION_MS)

    assert actor(app, client) == ANYBODY


def test_signing_out_makes_the_cookie_worthless(app, town, client):
    cookie = sign_in(client).headers["Set-Cookie"].split(";")[0].partition("=")[2]

    answer = client.post("/session/end")

    thief = app.test_client()
    thief.set_cookie(COOKIE, cookie)
    assert answer.status_code == 303
    assert actor(app, thief) == ANYBODY


@pytest.mark.parametrize("cookie", ["", ".", "x", "a.b.c", "\x7f", "é." + "x" * 3000])
def test_a_cookie_nobody_gave_is_nobody(app, client, cookie):
    client.set_cookie(COOKIE, cookie)

    assert actor(app, client) == ANYBODY


def test_a_signed_request_reads_no_cookie(app, town, signed_in_as):
    from flask import g

    with signed_in_as("coordinator") as browser:
        browser.get("/session", headers={"Authorization": "Lane device=1"})
        assert g.actor == ANYBODY


@pytest.mark.parametrize(
    "after", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1", "x"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(town, client, after):
    assert sign_in(client, next=after).headers["Location"] == "/reports"


def test_a_person_comes_back_to_the_page_they_asked_for(town, client):
    assert sign_in(client, next="/cases?page=2").headers["Location"] == "/cases?page=2"


class TestDemo:
    @pytest.fixture
    def settings(self, tmp_path):
        from server.settings import Settings

        return Settings(data=tmp_path / "data", demo=True)

    @pytest.fixture(autouse=True)
    def person(self, town):
        with writing() as rows:
            member = make.member("展小燕", role="coordinator", demo_sign_in=True)
            rows.add(member)
        return member

    def test_one_tap_signs_in(self, app, town, client, person):
        assert "展小燕" in client.get("/session").text

        client.post("/session", data={"demo": f"{person.community_id}/{person.id}"})

        assert actor(app, client).id == person.id

    def test_only_as_a_person_of_the_demo(self, app, town, client):
        real = town.coordinator

        client.post("/session", data={"demo": f"{real.community_id}/{real.id}"})

        assert actor(app, client) == ANYBODY

    def test_not_where_it_is_no_demo(self, app, town, client, person):
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], demo=False)

        client.post("/session", data={"demo": f"{person.community_id}/{person.id}"})

        assert "展小燕" not in client.get("/session").text
        assert actor(app, client) == ANYBODY


def test_the_worker_forgets_what_is_over(town, client, time):
    sign_in(client)
    sign_in(client, password="wrong")

    forget_old_sign_ins(make.NOW + SESSION_MS)

    assert db.session.scalar(select(func.count()).select_from(StaffSession)) == 0
    assert db.session.scalar(select(func.count()).select_from(SignInTries)) == 0
    assert clock.now() == make.NOW
