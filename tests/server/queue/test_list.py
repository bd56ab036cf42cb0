"""The coordinator's list: what it shows, in which order, and what it costs."""

from __future__ import annotations

import re

import pytest

from tests import make
from tests.counter import statements

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture
def desk(signed_in_as):
    return signed_in_as("coordinator")


def rows(page) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', page.text)


def since(page) -> str:
    return re.search(r"/f/reports/news\?since=(\d+)", page.text)[1]


def test_a_report_stands_in_the_list_with_its_words_lane_and_steward(phone, town, desk):
    about = phone.files_report(town.lane.id, "井台边的桶满了")
    phone.pushes()

    page = desk.get("/reports")

    assert rows(page) == [about]
    for part in ("“井台边的桶满了”", "打铁巷", "田秀英", "垃圾没清"):
        assert part in page.text


def test_emergencies_come_first_then_what_arrived_first(phone, town, signed_in_as, time):
    ids = []
    for hours, urgent in ((0, False), (1, False), (2, True)):
        time(make.NOW + hours * HOUR)
        ids.append(phone.files_report(town.lane.id, emergency=urgent))
        phone.pushes()

    desk = signed_in_as("coordinator")
    assert rows(desk.get("/reports")) == [ids[2], ids[0], ids[1]]
    assert rows(desk.get("/reports?order=newest")) == [ids[2], ids[1], ids[0]]


def test_what_nobody_has_read_within_a_working_day_is_overdue(phone, town, signed_in_as, time):
    phone.files_report(town.lane.id)
    phone.pushes()
    assert "overdue" not in signed_in_as("coordinator").get("/reports").text

    time(make.NOW + 4 * DAY)

    assert "overdue" in signed_in_as("coordinator").get("/reports").text


def test_how_long_it_lay_on_the_phone_and_how_sure_its_time_is(phone, town, signed_in_as, time):
    phone.segment = 2
    about = phone.files_report(town.lane.id)
    phone.wall += 5 * HOUR
    time(make.NOW + 5 * HOUR)
    phone.pushes()

    page = signed_in_as("coordinator").get(f"/reports/{about}").text

    assert re.search(r"晚了? ?5 小时|晚 4 小时|4 小时|5 小时", page)


def test_news_brings_only_what_came_and_what_changed(phone, town, desk):
    old = phone.files_report(town.lane.id)
    phone.pushes()
    cursor = since(desk.get("/reports"))
    assert rows(desk.get(f"/f/reports/news?since={cursor}")) == []

    fresh = phone.files_report(town.lane.id, "灯不亮", category="lamp_out")
    phone.pushes()
    news = desk.get(f"/f/reports/news?since={cursor}")

    assert rows(news) == [fresh]
    assert "新到 1" in news.text
    desk.post(f"/reports/{old}/dismissal", data={"to": "spam"})
    changed = desk.get(f"/f/reports/news?since={since(news)}")
    assert f'id="report-{old}"' in changed.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=井台", True),
        ("q=打铁", True),
        ("q=0529-01", True),
        ("q=没有的字", False),
        ("source=resident", False),
        ("source=steward", True),
        ("state=dismissed", False),
        ("state=nonsense&p=x&order=7", True),
    ],
)
def test_filters_stand_in_the_address(phone, town, desk, query, found):
    about = phone.files_report(town.lane.id, "井台边的桶满了")
    phone.pushes()

    assert rows(desk.get(f"/reports?{query}")) == ([about] if found else [])


def test_a_long_list_has_pages(phone, town, desk):
    for n in range(63):
        phone.files_report(town.lane.id, f"第 {n} 条")
    phone.pushes()
    phone.pushes()

    first, second = desk.get("/reports"), desk.get("/reports?p=2")

    assert (len(rows(first)), len(rows(second))) == (60, 3)


@pytest.mark.parametrize("path", ["/reports", "/f/reports/news?since=0"])
def test_a_longer_list_costs_no_more_statements(phone, town, desk, path):
    costs = []
    for n in (2, 30):
        for i in range(n):
            photo = {"sha256": make.id_of(f"{n} {i}").replace("-", "") * 2, "bytes": 9}
            photos = [{**photo, "role": "before", "type": "image/jpeg"}]
            phone.files_report(town.lane.id, f"第 {i} 条", photos=photos)
        phone.pushes()
        desk.get(path)
        with statements() as sent:
            page = desk.get(path)
        assert len(rows(page)) >= n
        costs.append(len(sent))

    assert costs[0] == costs[1]
    assert costs[1] <= 24


def test_another_communitys_reports_are_not_here(enrolled, town, desk, signed_in_as):
    about = enrolled(town.steward).files_report(town.lane.id)

    stranger = signed_in_as(town.far_coordinator)

    assert rows(stranger.get("/reports")) == []
    assert stranger.get(f"/reports/{about}").status_code == 404


def test_an_officer_chooses_a_community_and_reads_without_names(phone, town, signed_in_as):
    about = phone.files_report(town.lane.id, "井台边的桶满了", spot="21号门口")
    phone.pushes()
    officer = signed_in_as("officer")

    page = officer.get(f"/reports?community={town.community.id}")

    assert rows(page) == [about]
    assert "21号门口" not in officer.get(f"/reports/{about}").text
    assert rows(officer.get(f"/reports?community={town.other_community.id}")) == []


def test_a_committee_member_reads_and_decides_nothing(phone, town, signed_in_as):
    about = phone.files_report(town.lane.id)
    phone.pushes()
    member = signed_in_as("committee_member")

    page = member.get(f"/reports/{about}").text

    assert "/acceptance" not in page
    assert member.post(f"/reports/{about}/acceptance").status_code == 403
    assert member.get("/reports/new").status_code == 403
