"""The list of reports, its news, and writing one down for somebody."""

from __future__ import annotations

import re

import pytest

from server.database import writing
from server.exchange.intake import record_within
from server.permissions import Actor
from server.reports.models import Report
from tests import make
from tests.counter import statements

H = 3_600_000


def order_of(page: str, *words: str) -> list[str]:
    return sorted(words, key=page.index)


def test_the_list_says_what_where_who_and_until_when(phone, town, signed_in_as):
    phone.files_report(town.lane.id, "井台边的桶满了")
    phone.pushes()

    page = signed_in_as("coordinator").get("/reports").text

    assert "垃圾没清" in page
    assert "打铁巷" in page
    assert "“井台边的桶满了”" in page
    assert "管家 田秀英" in page
    assert "18:00 前" in page
    assert '<span id="queue-total">1</span>' in page


def test_emergencies_come_first_then_who_came_first(told, signed_in_as, time):
    told("第一条")
    time(make.NOW + H)
    told("第二条")
    told("冒烟了", category="smoke_or_fire", emergency=True)

    page = signed_in_as("coordinator").get("/reports").text

    assert order_of(page, "第一条", "第二条", "冒烟了") == ["冒烟了", "第一条", "第二条"]


def test_a_report_not_read_in_a_working_day_is_late_in_words(told, signed_in_as, time):
    told()
    time(make.NOW + 4 * 24 * H)

    page = signed_in_as("coordinator").get("/reports").text

    assert re.search(r'class="overdue">过时 \d+ 小时', page)


@pytest.mark.parametrize("sought", ["0529-01", "打铁", "SQ-L01", "井台 桶", "西墙"])
def test_it_finds_numbers_lanes_plates_words_and_spots(told, town, signed_in_as, sought):
    told("井台边的桶满了", spot="西墙下")
    told("灯不亮", category="lamp_out", place=town.other_lane.id)

    page = signed_in_as("coordinator").get("/reports", query_string={"q": sought}).text

    assert "井台边" in page
    assert "“灯不亮”" not in page


def test_signs_of_the_database_are_only_signs(told, signed_in_as):
    told("百分之百")

    page = signed_in_as("coordinator").get("/reports", query_string={"q": "%"}).text

    assert "百分之百" not in page
    assert "按这个条件没有" in page


def test_filters_stand_in_the_address_and_links_keep_them(told, by_desk, signed_in_as):
    gone, stays = told("广告"), told("桶满了")
    by_desk("report.dismissed@1", gone, {"to": "spam"})

    page = signed_in_as("coordinator").get("/reports?state=dismissed&source=desk").text

    assert "“广告”" in page
    assert stays not in page
    assert f"/reports/{gone}?state=dismissed&amp;source=desk" in page


def test_the_list_takes_as_many_statements_however_long_it_is(told, signed_in_as):
    desk = signed_in_as("coordinator")
    for words in ("一", "二"):
        told(words)
    desk.get("/reports")
    with statements() as few:
        desk.get("/reports")
    for i in range(12):
        told(f"第 {i} 条")

    desk.get("/reports")
    with statements() as many:
        desk.get("/reports")

    assert len(many) == len(few)
    assert len(few) <= 24


def test_a_long_list_has_pages(told, signed_in_as):
    for i in range(61):
        told(f"第 {i:02d} 条")

    desk = signed_in_as("coordinator")

    assert "第 1 页，共 2 页" in desk.get("/reports").text
    assert desk.get("/reports?p=2").text.count("data-row=") == 1


def test_an_empty_list_says_how_it_fills(town, signed_in_as):
    assert "新反映都看过了" in signed_in_as("coordinator").get("/reports").text


def since(page: str) -> str:
    return re.search(r"since=(\d+)", page)[1]


def test_news_tells_what_came_and_only_that(told, signed_in_as):
    desk = signed_in_as("coordinator")
    told("早就在的")
    asked = since(desk.get("/reports").text)
    told("刚来的")

    first = desk.get(f"/f/reports/news?since={asked}").text
    again = desk.get(f"/f/reports/news?since={since(first)}").text

    assert "刚来的" in first
    assert "早就在的" not in first
    assert "新到 1 条" in first
    assert "刚来的" not in again


def test_news_counts_up_and_names_emergencies(told, signed_in_as):
    desk = signed_in_as("coordinator")
    asked = since(desk.get("/reports").text)
    told("冒烟", category="smoke_or_fire", emergency=True)

    news = desk.get(f"/f/reports/news?since={asked}&arrived=3").text

    assert "新到 4 条" in news
    assert "0529-01" in news
    assert 'beforeend:#queue"' in news
    assert "“冒烟”" not in news  # it would push what somebody is reading; its link opens it


def test_a_row_that_changed_is_sent_anew(told, by_desk, signed_in_as):
    desk, about = signed_in_as("coordinator"), told()
    asked = since(desk.get("/reports").text)
    by_desk("report.corrected@1", about, {"words": "改过的"})

    news = desk.get(f"/f/reports/news?since={asked}").text

    assert "改过的" in news
    assert f'id="report-{about}"' in news
    assert "新到" not in news


def test_the_desk_says_what_is_still_only_on_phones(phone, signed_in_as):
    phone.says_hello(unsent=3)

    page = signed_in_as("coordinator").get("/reports").text

    assert "1 台手机还有 3 件没送到" in page


def entry(town, **more):
    return {
        "id": make.id_of("told at the station"),
        "source": "phone_call",
        "place": town.lane.id,
        "category": "lamp_out",
        "words": "路口灯灭了三天",
        **more,
    }


def test_what_somebody_says_on_the_telephone_is_written_down(town, time, signed_in_as, report_now):
    answer = signed_in_as("coordinator").post(
        "/reports", data=entry(town, contact="154 0000 9001", emergency="yes")
    )

    report = report_now(make.id_of("told at the station"))
    assert answer.status_code == 303
    assert (report.source, report.words) == ("phone_call", "路口灯灭了三天")
    assert report.emergency
    assert report.contact == "154 0000 9001"


def test_written_down_twice_is_written_once(town, time, signed_in_as):
    desk = signed_in_as("coordinator")

    answers = [desk.post("/reports", data=entry(town)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert desk.get("/reports").text.count("data-row=") == 1


def test_a_refused_entry_keeps_what_was_typed_and_names_the_field(town, signed_in_as):
    answer = signed_in_as("coordinator").post("/reports", data=entry(town, place="", words=""))

    assert answer.status_code == 422
    assert "请从名单里选一个地点" in answer.text
    assert "还没写情况" in answer.text
    assert 'value="lamp_out" selected' in answer.text


def test_nobody_is_led_to_sign_in_and_a_committee_member_only_reads(told, client, signed_in_as):
    about = told()
    member = signed_in_as("committee_member")

    assert "/session?next=" in client.get("/reports").headers["Location"]
    page = member.get(f"/reports/{about}").text
    assert "“桶满了”" in page
    assert 'name="owner"' not in page
    assert member.post(f"/reports/{about}/dismissal", data={"to": "spam"}).status_code == 403


def test_a_phone_has_its_own_pages(phone):
    assert phone.sends("GET", "/reports").status_code == 404


def test_an_officer_chooses_a_community_and_sees_no_names(phone, town, signed_in_as):
    phone.files_report(town.lane.id, "井台边的桶满了", spot="21号门口")
    phone.files_report(town.lane.id, "两家吵起来了", category="quarrel")
    phone.pushes()
    officer = signed_in_as("officer")

    page = officer.get(f"/reports?community={town.community.id}").text
    other = officer.get(f"/reports?community={town.other_community.id}").text

    assert "“井台边的桶满了”" in page
    assert "田秀英" not in page
    assert "两家吵起来了" not in page
    assert "涉及隐私，只给本社区看" in page
    assert "井台" not in other


def test_a_coordinator_sees_no_other_community(town, signed_in_as):
    far = town.far_coordinator
    actor = Actor(id=far.id, role="coordinator", community_id=far.community_id, name=far.name)
    about = make.id_of("far away")
    body = {"place": town.far_lane.id, "category": "rubbish", "level": "community", "words": "远"}
    with writing() as session:
        from server.exchange.intake import New

        record_within(session, actor, [New("report.filed@1", about, body)])
        assert session.get(Report, (far.community_id, about))

    assert signed_in_as("coordinator").get(f"/reports/{about}").status_code == 404
    assert signed_in_as("coordinator").get(f"/f/reports/{about}").status_code == 404


def test_before_any_phone_is_enrolled_the_desk_does_not_say_all_has_arrived(town, signed_in_as):
    page = signed_in_as("coordinator").get("/reports").text

    assert "还没有开通手机" in page
    assert "全都送到了" not in page
