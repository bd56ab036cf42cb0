"""Cases at the desk: the list, one case, its steps and corrections."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from server.cases.models import Case, CaseStep
from server.database import db
from tests import make
from tests.counter import statements

DAY = 86_400_000
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(signed_in_as):
    return signed_in_as("coordinator")


@pytest.fixture
def about(phone, town, desk):
    """The id of a case somebody told us of."""
    report = phone.files_report(town.lane.id, "井台边的桶满了", spot="21号门口")
    phone.pushes()
    desk.post(f"/reports/{report}/acceptance", data={"owner": "环卫站", "answer": "明天去清。"})
    return case().id


def case() -> Case:
    db.session.rollback()
    return db.session.scalars(select(Case).order_by(Case.opened_at.desc())).first()


def test_what_is_in_hand_with_its_owner_and_its_day(desk, about):
    page = desk.get("/cases").text

    assert f"/cases/{about}" in page
    assert "环卫站" in page
    assert "超期" not in page


def test_a_case_past_its_day_is_overdue(signed_in_as, desk, about, time):
    time(make.NOW + 9 * DAY)

    desk = signed_in_as("coordinator")

    assert "超期" in desk.get("/cases").text
    assert "超期" in desk.get(f"/cases/{about}").text


def test_the_soonest_due_comes_first(phone, town, desk, about):
    for words, due in (("灯不亮", "2026-05-30T10:00"), ("路塌了", "2026-06-30T10:00")):
        report = phone.files_report(town.lane.id, words)
        phone.pushes()
        desk.post(f"/reports/{report}/acceptance", data={"due": due})

    listed = re.findall(r'href="/cases/([0-9a-f-]{36})"', desk.get("/cases").text)

    assert len(listed) == 3
    dues = [db.session.get(Case, (town.community.id, id)).due_at for id in listed]
    assert dues == sorted(dues)


def test_one_case_shows_who_told_us_and_its_story(desk, about):
    page = desk.get(f"/cases/{about}").text

    for part in ("“井台边的桶满了”", "田秀英", "0529-01", "明天去清。"):
        assert part in page


def test_a_step_with_words(desk, about):
    answer = desk.post(f"/cases/{about}/step", data={"to": "assigned", "owner": "清运二队"})

    assert answer.status_code == 303
    assert (case().state, case().owner) == ("assigned", "清运二队")


def test_done_needs_a_sentence_and_keeps_the_rest(desk, about):
    refused = desk.post(f"/cases/{about}/step", data={"to": "solved", "words": ""})
    assert (refused.status_code, case().state) == (422, "accepted")
    assert "field__error" in refused.text

    desk.post(f"/cases/{about}/step", data={"to": "solved", "words": "清走了"})

    assert (case().state, case().resolution_level) == ("solved", "community")
    assert "清走了" in desk.get(f"/cases/{about}").text


def test_closing_needs_an_ending_and_an_answer(desk, about):
    bare = desk.post(f"/cases/{about}/step", data={"to": "closed", "answer": "清走了。"})
    assert (bare.status_code, case().state) == (422, "accepted")
    assert "先选一个结果" in bare.text
    assert "清走了。" in bare.text

    desk.post(
        f"/cases/{about}/step", data={"to": "closed", "ending": "solved", "answer": "清走了。"}
    )

    assert (case().state, case().ending, case().answer) == ("closed", "solved", "清走了。")


def test_waiting_needs_a_day_to_look_again(desk, about):
    said = {"to": "waiting", "words": "等配件"}
    assert desk.post(f"/cases/{about}/step", data=said).status_code == 422

    desk.post(f"/cases/{about}/step", data={**said, "review": "2026-06-05T10:00"})

    assert case().state == "waiting"


def test_a_step_there_is_none_is_refused(desk, about):
    assert desk.post(f"/cases/{about}/step", data={"to": "flown"}).status_code == 422
    assert db.session.scalars(select(CaseStep)).all() == []


def test_a_correction_changes_only_what_was_changed(desk, about):
    was = {"owner": "环卫站", "answer": "明天去清。", "level": "community"}

    answer = desk.post(
        f"/cases/{about}/correction",
        data={**was, "owner": "清运二队", "was": json.dumps(was), "seen": "{}"},
    )

    assert answer.status_code == 303
    assert (case().owner, case().answer) == ("清运二队", "明天去清。")
    assert "<del>环卫站</del>" in desk.get(f"/cases/{about}").text


def test_a_refused_correction_keeps_what_was_typed(desk, about):
    answer = desk.post(
        f"/cases/{about}/correction", data={"owner": "清运二队", "due": "never", "due_was": ""}
    )

    assert answer.status_code == 422
    assert "清运二队" in answer.text
    assert case().owner == "环卫站"


def test_the_stewards_phone_learns_what_became_of_it(phone, desk, about):
    desk.post(f"/cases/{about}/step", data={"to": "solved", "words": "清走了"})

    phone.pulls()

    row = next(row for (_, kind, _), row in phone.rows.items() if kind == "report")
    assert (row["status"], row["case"]["state"]) == ("settled", "solved")


def test_others_read_and_do_not_move(signed_in_as, about, town):
    for role in ("committee_member", "officer"):
        browser = signed_in_as(role)
        page = browser.get(f"/cases/{about}?community={town.community.id}")
        assert page.status_code == 200
        assert "/step" not in page.text
        assert browser.post(f"/cases/{about}/step", data={"to": "closed"}).status_code == 403
    assert signed_in_as(town.far_coordinator).get(f"/cases/{about}").status_code == 404


def test_an_officer_reads_every_community_without_names(signed_in_as, about, town):
    officer = signed_in_as("officer")

    page = officer.get(f"/cases/{about}").text

    assert "田秀英" not in page
    assert "21号门口" not in page


def test_a_longer_list_costs_no_more_statements(phone, town, desk, about):
    costs = []
    for n in (1, 20):
        for i in range(n):
            report = phone.files_report(town.lane.id, f"第 {i} 条")
            phone.pushes()
            desk.post(f"/reports/{report}/acceptance", data={})
        desk.get("/cases")
        with statements() as sent:
            assert desk.get("/cases").status_code == 200
        costs.append(len(sent))

    assert costs[0] == costs[1]
    assert costs[1] <= 12


def test_who_was_signed_out_keeps_the_page_and_what_was_typed_on_it(client, case_of):
    case = case_of()

    answer = client.post(
        f"/cases/{case.id}/step", data={"to": "solved", "words": "换了"}, headers=HTMX
    )

    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert 'role="alert"' in answer.text


def test_htmx_is_sent_on_after_a_step(signed_in_as, case_of):
    case = case_of()

    answer = signed_in_as("coordinator").post(
        f"/cases/{case.id}/step", data={"to": "in_progress"}, headers=HTMX
    )

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/cases/{case.id}")
