"""A day of rounds at the desk."""

from __future__ import annotations

import pytest

from server.database import writing
from tests import make
from tests.counter import statements
from tests.phone import new_id

H = 3_600_000
DAY = "2026-05-29"


@pytest.fixture
def walks(phone, town):
    """The steward walks a round and it arrives; returns its id."""

    def walk(period: str = "midday", words: str = "", **more) -> str:
        about = new_id()
        body = {
            "place": town.lane.id,
            "period": period,
            "day": DAY,
            "checklist": "lane",
            "version": 1,
            "marks": {},
            "tallies": {"dissuaded": 2},
            "words": words,
            "started": [phone.segment, phone.wall - 600_000],
        }
        phone.writes("patrol.walked@1", about, {**body, **more})
        phone.pushes()
        return about

    return walk


def test_a_day_is_a_wall_of_bricks(walks, town, signed_in_as):
    about = walks()

    page = signed_in_as("coordinator").get("/patrols").text

    assert "打铁巷" in page
    assert "竹篮巷" in page
    assert f'class="brick brick--part" href="/patrols/{about}"' in page
    assert page.count("brick--later") == 5


def test_numbers_open_their_rows(walks, signed_in_as):
    walks()
    desk = signed_in_as("coordinator")

    page = desk.get("/patrols").text
    rows = desk.get(f"/patrols?day={DAY}&state=partial").text

    assert f'href="/patrols?day={DAY}&amp;state=partial"' in page
    assert "打铁巷，午巡" in rows
    assert "竹篮巷" not in rows.split("</nav>")[-1]


def test_a_round_not_walked_is_missed_a_day_after_its_window(town, signed_in_as, time):
    time(make.NOW + 48 * H)
    desk = signed_in_as("coordinator")

    page = desk.get(f"/patrols?day={DAY}").text

    assert page.count("brick--missed") == 6


def test_who_has_a_place_for_a_while_stands_in(enrolled, town, signed_in_as):
    with writing() as session:
        session.add(
            make.assignment(
                town.lane, town.other_steward, from_at=make.NOW - H, until_at=make.NOW + 8 * H
            )
        )
    neighbour = enrolled(town.other_steward)
    about = new_id()
    body = {"place": town.lane.id, "period": "midday", "day": DAY, "checklist": "lane"}
    started = {"started": [neighbour.segment, neighbour.wall - 600_000]}
    neighbour.writes("patrol.walked@1", about, {**body, "version": 1, "marks": {}, **started})
    neighbour.pushes()

    page = signed_in_as("coordinator").get(f"/patrols?day={DAY}&state=substituted").text

    assert "打铁巷，午巡" in page


def test_an_excuse_is_not_a_miss(phone, town, signed_in_as):
    body = {"place": town.lane.id, "period": "early", "day": DAY, "reason": "weather"}
    about = new_id()
    phone.writes("patrol.excused@1", about, body)
    phone.pushes()
    desk = signed_in_as("coordinator")

    assert "请假" in desk.get("/patrols").text
    assert "天气太坏" in desk.get(f"/patrols/{about}").text


def test_who_could_not_go_is_not_counted_as_a_walk(phone, walks, town, signed_in_as):
    excuse = {"place": town.lane.id, "period": "midday", "day": DAY, "reason": "family"}
    phone.writes("patrol.excused@1", new_id(), excuse)
    phone.pushes()
    walked = walks()
    desk = signed_in_as("coordinator")

    page = desk.get("/patrols").text
    rows = desk.get(f"/patrols?day={DAY}&state=partial").text

    assert f'href="/patrols/{walked}">' in page
    assert "走了一部分 2" not in page
    assert "家里有事" in rows


def test_a_round_walked_twice_opens_both(walks, signed_in_as):
    first, second = walks(), walks()
    desk = signed_in_as("coordinator")

    assert "走了一部分 2" in desk.get("/patrols").text
    rows = desk.get(f"/patrols?day={DAY}&state=partial").text
    assert f'href="/patrols/{first}"' in rows
    assert f'href="/patrols/{second}"' in rows


def test_one_round_with_what_was_looked_at_and_done(phone, walks, town, signed_in_as):
    patrol = walks(words="纸箱劝走了", marks={"lane_lamps": "not_ok"})
    report = phone.files_report(town.lane.id, "灯灭了", patrol=patrol)
    phone.pushes()

    page = signed_in_as("coordinator").get(f"/patrols/{patrol}").text

    assert "“纸箱劝走了”" in page
    assert "劝导" in page
    assert "没看到" in page
    assert f"/reports/{report}" in page


@pytest.mark.parametrize("day", ["2031-01-01", "0000-00-00", "yesterday", "1850-02-02"])
def test_a_day_that_is_none_is_today(town, time, signed_in_as, day):
    time(make.NOW)

    assert f'value="{DAY}"' in signed_in_as("coordinator").get(f"/patrols?day={day}").text


def test_an_officer_reads_without_names_and_a_phone_not_here(walks, phone, town, signed_in_as):
    patrol = walks()
    officer = signed_in_as("officer")

    assert "田秀英" not in officer.get(f"/patrols?community={town.community.id}").text
    assert "田秀英" not in officer.get(f"/patrols/{patrol}").text
    assert phone.sends("GET", "/patrols").status_code == 404
    assert signed_in_as("far_coordinator").get(f"/patrols/{patrol}").status_code == 404


def test_more_rounds_cost_no_more_statements(walks, signed_in_as):
    walks()
    desk = signed_in_as("coordinator")
    with statements() as few:
        desk.get("/patrols")
    for period in ("early", "evening", "midday"):
        walks(period)

    with statements() as many:
        desk.get("/patrols")

    assert len(many) == len(few)
