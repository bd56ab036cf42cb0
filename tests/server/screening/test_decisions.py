"""What a coordinator makes of a report, what a refused form says, and the way back."""

from __future__ import annotations

import html
import json
import re

import pytest
from sqlalchemy import select

from server.cases.models import Case
from server.database import db
from server.reports.models import Report
from server.screening.models import ContactRead
from tests import make

DAY = 86_400_000


@pytest.fixture
def desk(signed_in_as):
    return signed_in_as("coordinator")


@pytest.fixture
def about(phone, town):
    id = phone.files_report(town.lane.id, "井台边的桶满了", spot="21号门口")
    phone.pushes()
    return id


def report(id, town) -> Report:
    db.session.rollback()
    return db.session.get(Report, (town.community.id, id))


def cases() -> list[Case]:
    db.session.rollback()
    return list(db.session.scalars(select(Case).order_by(Case.opened_at)))


ACCEPTED = {
    "category": "rubbish",
    "level": "community",
    "owner": "环卫站",
    "due": "2026-06-02T18:00",
    "answer": "已受理，派给环卫站。",
}


def test_accepting_makes_a_case_with_an_owner_a_day_and_an_answer(desk, about, town):
    answer = desk.post(f"/reports/{about}/acceptance", data=ACCEPTED)

    assert answer.status_code == 303
    [case] = cases()
    assert (case.owner, case.answer, case.state) == ("环卫站", "已受理，派给环卫站。", "accepted")
    assert case.due_at == 1_780_394_400_000
    assert report(about, town).case_id == case.id


def test_everything_is_suggested(desk, about):
    page = desk.get(f"/reports/{about}").text

    assert "环卫" in page
    assert "0529-01 已受理" in page


def test_accepting_in_one_tap_takes_what_was_suggested(desk, about, town):
    desk.post(f"/reports/{about}/acceptance", data={})

    [case] = cases()
    assert case.due_at > make.NOW
    assert report(about, town).state == "accepted"


def test_a_category_that_was_mended_on_the_way_is_its_own_change(desk, about, town):
    desk.post(f"/reports/{about}/acceptance", data={**ACCEPTED, "category": "lamp_out"})

    assert report(about, town).category == "lamp_out"
    assert cases()[0].category == "lamp_out"


@pytest.mark.parametrize(
    ("field", "value"),
    [("due", "someday"), ("due", "2020-01-01T10:00"), ("category", "x"), ("owner", "字" * 81)],
)
def test_a_refused_acceptance_keeps_what_was_typed_and_names_the_field(desk, about, field, value):
    answer = desk.post(f"/reports/{about}/acceptance", data={**ACCEPTED, field: value})

    assert answer.status_code == 422
    assert "field__error" in answer.text
    assert "已受理，派给环卫站。" in answer.text
    assert cases() == []


def test_merging_in_one_tap_joins_the_case(phone, desk, about, town):
    desk.post(f"/reports/{about}/acceptance", data=ACCEPTED)
    other = phone.files_report(town.lane.id, "还没清")
    phone.pushes()
    [case] = cases()
    assert f'value="{case.id}"' in desk.get(f"/reports/{other}").text

    desk.post(f"/reports/{other}/merger", data={"case": case.id})

    assert (report(other, town).state, report(other, town).case_id) == ("merged", case.id)
    phone.pulls()
    assert phone.sees(other)["case"]["number"] == case.number


def test_merging_into_a_case_there_is_none_says_so(desk, about):
    answer = desk.post(f"/reports/{about}/merger", data={"case": "9999-99"})

    assert answer.status_code == 422
    assert "没有这一件" in answer.text
    assert 'value="9999-99"' in answer.text


def test_leaving_out_needs_a_reason_except_for_spam(desk, about, town):
    refused = desk.post(f"/reports/{about}/dismissal", data={"to": "invalid", "reason": " "})
    assert (refused.status_code, report(about, town).state) == (422, "screening")
    assert "请写一句原因" in refused.text

    desk.post(f"/reports/{about}/dismissal", data={"to": "misdirected", "reason": "归公交公司"})

    assert report(about, town).state == "misdirected"
    assert "归公交公司" in desk.get(f"/reports/{about}").text


def test_a_decision_is_taken_back_within_thirty_days_and_not_later(
    desk, about, town, time, signed_in_as
):
    desk.post(f"/reports/{about}/dismissal", data={"to": "spam"})
    desk.post(f"/reports/{about}/second-look")
    assert report(about, town).state == "screening"

    desk.post(f"/reports/{about}/dismissal", data={"to": "spam"})
    time(make.NOW + 31 * DAY)
    answer = signed_in_as("coordinator").post(f"/reports/{about}/second-look")

    assert answer.status_code == 422
    assert "已过 30 天" in answer.text
    assert report(about, town).state == "spam"


def test_a_mistaken_acceptance_is_taken_back_and_its_case_given_up(phone, desk, about, town):
    desk.post(f"/reports/{about}/acceptance", data=ACCEPTED)
    phone.pulls()
    assert phone.sees(about)["state"] == "accepted"

    answer = desk.post(f"/reports/{about}/second-look")

    assert answer.status_code == 303
    assert (report(about, town).state, report(about, town).case_id) == ("screening", None)
    [case] = cases()
    assert (case.state, case.ending) == ("closed", "withdrawn")
    phone.pulls()
    assert phone.sees(about)["state"] == "screening"
    assert "受理并派给" in desk.get(f"/reports/{about}").text
    assert "撤回" in desk.get(f"/cases/{case.id}").text


def test_what_was_taken_back_is_accepted_anew(desk, about, town):
    desk.post(f"/reports/{about}/acceptance", data=ACCEPTED)
    desk.post(f"/reports/{about}/second-look")

    desk.post(f"/reports/{about}/acceptance", data={**ACCEPTED, "owner": "物业"})

    first, second = sorted(cases(), key=lambda case: case.state == "accepted")
    assert (first.owner, first.ending) == ("环卫站", "withdrawn")
    assert (second.owner, second.id) == ("物业", report(about, town).case_id)


def test_an_acceptance_stays_once_somebody_has_begun(desk, about, town):
    desk.post(f"/reports/{about}/acceptance", data=ACCEPTED)
    [case] = cases()
    assert f"/reports/{about}/second-look" in desk.get(f"/reports/{about}").text
    desk.post(f"/cases/{case.id}/step", data={"to": "in_progress"})
    assert f"/reports/{about}/second-look" not in desk.get(f"/reports/{about}").text

    answer = desk.post(f"/reports/{about}/second-look")

    assert answer.status_code == 422
    assert "已经有人在办" in answer.text
    assert report(about, town).state == "accepted"
    assert cases()[0].state == "in_progress"


def test_an_acceptance_that_others_have_joined_is_not_pulled_from_under_them(
    phone, desk, about, town
):
    desk.post(f"/reports/{about}/acceptance", data=ACCEPTED)
    [case] = cases()
    other = phone.files_report(town.lane.id, "还没清")
    phone.pushes()
    desk.post(f"/reports/{other}/merger", data={"case": case.id})

    assert "还有别的反映并在这一件里" in desk.post(f"/reports/{about}/second-look").text

    desk.post(f"/reports/{other}/second-look")
    desk.post(f"/reports/{about}/second-look")
    assert report(about, town).state == report(other, town).state == "screening"


def test_a_bare_second_look_does_not_leave_a_case_without_a_report(by_desk, about, desk, town):
    desk.post(f"/reports/{about}/acceptance", data=ACCEPTED)

    receipt = by_desk("report.screened_again@1", about)

    assert (receipt.verdict.value, receipt.reason) == ("rejected", "case_in_hand")
    assert report(about, town).state == "accepted"


def test_the_toast_after_accepting_offers_the_way_back(desk, about):
    answer = desk.post(
        f"/reports/{about}/acceptance", data=ACCEPTED, headers={"HX-Request": "true"}
    )

    assert f"/reports/{about}/second-look" in answer.text


def test_who_decides_second_is_told(desk, about, town):
    desk.post(f"/reports/{about}/acceptance", data=ACCEPTED)

    answer = desk.post(f"/reports/{about}/dismissal", data={"to": "spam"})

    assert answer.status_code == 422
    assert "已经有人先定了" in answer.text
    assert report(about, town).state == "accepted"


def test_htmx_gets_the_next_report_and_a_way_back(phone, desk, about, town):
    following = phone.files_report(town.lane.id, "灯不亮")
    phone.pushes()

    answer = desk.post(
        f"/reports/{about}/dismissal", data={"to": "spam"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 200
    assert f'data-report="{following}"' in answer.text
    assert f"/reports/{about}/second-look" in answer.text
    assert "<html" not in answer.text
    assert answer.headers["HX-Push-Url"].startswith(f"/reports/{following}")


def test_a_question_reaches_the_one_who_told_us(phone, desk, about):
    desk.post(f"/reports/{about}/question", data={"question": "是哪一边的桶？"})

    phone.pulls()

    assert phone.sees(about)["additions"][0]["words"] == "是哪一边的桶？"
    assert "是哪一边的桶？" in desk.get(f"/reports/{about}").text


def test_a_correction_keeps_the_old_value_readable(desk, about, town):
    shown = desk.get(f"/reports/{about}").text
    seen = html.unescape(re.search(r'name="seen" value="([^"]*)"', shown)[1])

    desk.post(f"/reports/{about}/correction", data={"spot": "27号门口", "seen": seen})

    assert report(about, town).spot == "27号门口"
    page = desk.get(f"/reports/{about}").text
    assert "<del>21号门口</del>" in page


def test_a_hidden_field_that_is_broken_does_no_harm(desk, about):
    for broken in ("not json", "[1]", "null", '{"spot": 7}', '{"spot": "x"}'):
        said = {"spot": "27号门口", "seen": broken, "was": broken}
        assert desk.post(f"/reports/{about}/correction", data=said).status_code < 500


def test_what_was_not_changed_is_not_recorded(desk, about, town):
    was = {"spot": "21号门口", "words": "井台边的桶满了"}

    desk.post(f"/reports/{about}/correction", data={**was, "was": json.dumps(was)})

    assert "<del>" not in desk.get(f"/reports/{about}").text


def test_a_place_of_somewhere_else_is_refused(desk, about, town):
    answer = desk.post(f"/reports/{about}/correction", data={"place": town.far_lane.id})

    assert answer.status_code == 422
    assert report(about, town).place_id == town.lane.id


def test_written_for_somebody_at_the_station(desk, town, time):
    said = {
        "id": make.id_of("at the station"),
        "place": town.lane.id,
        "category": "rubbish",
        "level": "community",
        "words": "桶三天没清",
        "source": "phone_call",
        "contact": "0000 555 0199",
    }
    assert desk.get("/reports/new").status_code == 200
    refused = desk.post("/reports", data={**said, "words": " "})
    assert refused.status_code == 422
    assert "0000 555 0199" in refused.text

    assert desk.post("/reports", data=said).status_code == 303
    assert desk.post("/reports", data=said).status_code == 303

    kept = db.session.scalars(select(Report)).all()
    assert [(one.source, one.words, one.number) for one in kept] == [
        ("phone_call", "桶三天没清", "0529-01")
    ]


def test_a_number_is_shown_to_who_says_why_and_that_is_kept(desk, town, signed_in_as):
    about = make.id_of("with a number")
    desk.post(
        "/reports",
        data={
            "id": about,
            "place": town.lane.id,
            "category": "rubbish",
            "level": "community",
            "words": "桶满了",
            "contact": "0000 555 0199",
        },
    )
    assert "0000 555 0199" not in desk.get(f"/reports/{about}").text
    assert desk.post(f"/reports/{about}/contact", data={"why": " "}).status_code == 422

    shown = desk.post(f"/reports/{about}/contact", data={"why": "问清楚是哪一栋"})

    assert "0000 555 0199" in shown.text
    [read] = db.session.scalars(select(ContactRead)).all()
    assert (read.why, read.member_id) == ("问清楚是哪一栋", town.coordinator.id)
    member = signed_in_as("committee_member")
    assert member.post(f"/reports/{about}/contact", data={"why": "看"}).status_code == 403
    assert "0000 555 0199" not in member.get(f"/reports/{about}").text
