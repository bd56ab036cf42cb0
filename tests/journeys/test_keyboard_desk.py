"""A coordinator's desk with the keyboard alone."""

from __future__ import annotations

import uuid

from server.exchange.intake import record
from server.permissions import Actor
from tests.journeys.browser import until
from tests.journeys.desk import WIDE
from tests.journeys.keys import goes_to, has_focus, presses
from tests.make import PASSWORD


def sits_down_with_keys(server, phone):
    """Signed in, at the list of what is new."""
    browser = phone("desk", **WIDE)
    browser.opens("/session")
    goes_to(browser.page, "[name=name]")
    browser.page.keyboard.type(server.town.coordinator.name)
    goes_to(browser.page, "[name=password]")
    browser.page.keyboard.type(PASSWORD)
    browser.page.keyboard.press("Enter")
    browser.page.wait_for_url("**/reports**")
    return browser


def does(server, who, kind, about, **body):
    by = Actor(who.id, who.role, who.community_id, place_ids=frozenset({server.town.lane.id}))
    with server.app.app_context():
        receipt = record(by=by, kind=kind, about=about, body=body)
    assert receipt.number


def tells(server, words):
    """A report of the steward's; its id."""
    about = str(uuid.uuid4())
    body = {"place": server.town.lane.id, "category": "rubbish", "level": "community"}
    does(server, server.town.steward, "report.filed@1", about, words=words, **body)
    return about


def opens_report(page, about):
    """From the list into the pane."""
    presses(page, f"#report-{about} a")
    page.wait_for_selector(f"#pane[data-report='{about}']:not(.htmx-added)")


def says(page, words):
    page.wait_for_selector(f"[data-toast]:has-text('{words}')")
    assert not has_focus(page, "body"), "the focus is lost"


def test_reports_are_accepted_merged_and_left_out_without_a_mouse(server, phone):
    first, second, third = (tells(server, words) for words in ("桶满了", "桶又满了", "路太窄"))
    desk = sits_down_with_keys(server, phone)
    page = desk.page

    opens_report(page, first)
    page.keyboard.press("a")
    assert has_focus(page, "#accept-go")
    page.keyboard.press("Enter")
    says(page, "已受理")

    desk.opens("/reports")
    opens_report(page, second)
    page.keyboard.press("m")
    assert has_focus(page, "#merge-case")
    [(number,)] = server.rows("SELECT number FROM cases")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    says(page, "已合并")

    desk.opens("/reports")
    opens_report(page, third)
    page.keyboard.press("n")
    assert has_focus(page, "[data-act=dismiss] [name=to]")
    page.keyboard.press("Space")
    goes_to(page, "#dismiss-reason")
    page.keyboard.type("路宽是规划定的")
    presses(page, "[data-act=dismiss] button.button--primary")
    says(page, "不成立")
    presses(page, "[data-toast] button")
    says(page, "撤销了")
    states = dict(server.rows("SELECT id, state FROM reports"))
    assert states == {first: "accepted", second: "merged", third: "screening"}


def test_a_late_answer_takes_nothing_from_who_has_gone_on(server, phone):
    about = tells(server, "桶满了")
    page = sits_down_with_keys(server, phone).page
    held = []
    page.route(f"**/f/reports/{about}*", lambda route: held.append(route))
    presses(page, f"#report-{about} a")
    until(lambda: page.title() and held)
    page.keyboard.press("m")
    page.keyboard.type("1124-01")

    page.evaluate(
        "document.addEventListener('htmx:afterOnLoad', () => document.body.classList.add('came'))"
    )
    held[0].continue_()
    page.wait_for_selector("body.came")

    assert page.input_value("#merge-case") == "1124-01"
    assert has_focus(page, "#merge-case")


def test_a_reporter_is_asked_and_words_are_corrected_without_a_mouse(server, phone):
    about = tells(server, "桶满了")
    page = sits_down_with_keys(server, phone).page

    opens_report(page, about)
    presses(page, "[data-act=ask] summary")
    goes_to(page, "[data-act=ask] textarea")
    page.keyboard.type("是哪一只桶？")
    presses(page, "[data-act=ask] button.button--primary")
    page.wait_for_selector("#pane:has-text('是哪一只桶？')")
    presses(page, "[data-act=correct] summary")
    goes_to(page, "#correct-words")
    page.keyboard.press("Control+A")
    page.keyboard.type("21号门口的桶满了")
    presses(page, "[data-act=correct] button.button--primary")
    page.wait_for_selector("#pane .said:has-text('21号门口的桶满了')")

    assert server.rows("SELECT words FROM reports") == [("21号门口的桶满了",)]
    assert server.rows("SELECT kind, words FROM additions") == [("question", "是哪一只桶？")]


def test_two_values_are_kept_and_brought_back_without_a_mouse(server, phone):
    kept, restored = tells(server, "一号"), tells(server, "二号")
    for about, words in ((kept, "一号桌上改的"), (restored, "二号桌上改的")):
        does(server, server.town.coordinator, "report.corrected@1", about, words=words)
    desk = sits_down_with_keys(server, phone)
    page = desk.page
    names = dict(server.rows("SELECT about, id FROM conflicts"))

    desk.opens("/conflicts?tab=by_time")
    presses(page, f"#c-{names[kept]} [value=keep]")
    page.wait_for_selector("[role=status]:has-text('定好了')")
    page.wait_for_selector(f"#c-{names[kept]}", state="detached")
    goes_to(page, f"#c-{names[restored]} [value=keep], #c-{names[restored]} [value=restore]")
    [key] = page.locator("[value=restore]").evaluate_all("(all) => all.map((b) => b.dataset.key)")
    page.keyboard.press(key)
    page.wait_for_selector("[role=status]:has-text('换成另一个')")

    words = dict(server.rows("SELECT id, words FROM reports"))
    assert words == {kept: "一号桌上改的", restored: "二号"}


def test_a_phone_is_enrolled_and_reported_lost_without_a_mouse(server, phone):
    desk = sits_down_with_keys(server, phone)
    page = desk.page
    desk.opens("/devices")
    goes_to(page, "#member")
    page.keyboard.press("ArrowDown")
    presses(page, "#code button")
    digits = page.wait_for_selector("[data-digits]").get_attribute("data-digits")
    phone().enrols(digits)
    page.wait_for_selector("#enrolment-state:has-text('可离线使用')")

    desk.opens("/devices")
    presses(page, "a[href$='/revocation']")
    page.wait_for_selector("button.button--alarm")
    presses(page, "button.button--alarm")
    page.wait_for_selector("[role=status]:has-text('挂失')")
    [(revoked_at,)] = server.rows("SELECT revoked_at FROM devices WHERE kind = 'phone'")
    assert revoked_at
