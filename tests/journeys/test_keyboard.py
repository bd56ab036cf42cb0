"""A steward's phone with the keyboard alone."""

from __future__ import annotations

import pytest
from PIL import Image
from sqlalchemy import delete

from server.database import writing
from server.reports.models import Category
from tests.journeys.acts import answers, is_delivered, notes, sends
from tests.journeys.keys import goes_to, has_focus, presses


def answers_yes(page):
    """The safe answer has the focus, the other one is the next."""
    page.wait_for_selector("dialog[open]")
    assert has_focus(page, "dialog .button--primary")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def thinks_better_of_it(page, selector):
    """Escape is the safe answer, and the focus is back where it was."""
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    assert has_focus(page, selector)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "lamp.jpg"
    Image.effect_noise((800, 600), 60).convert("RGB").save(path)
    return path


def test_a_steward_enrols_walks_and_tells_without_touching(server, net, phone, picture):
    browser = phone()
    page = browser.page
    browser.opens("/app/start")
    page.wait_for_selector("#code:focus")
    page.keyboard.type(server.code_for(server.town.steward))
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-part=ready-words]:visible")
    presses(page, "[data-part=ready-on] a")
    page.wait_for_url("**/app/")
    net.set("refuse")

    presses(page, f"[href$='{server.town.lane.id}/midday'].brick")
    page.wait_for_selector("[data-part=finish]:enabled")
    presses(page, "[data-part=finish]")
    page.wait_for_selector("[data-part=finish]:has-text('走完了')")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-part=done-title]:focus")
    presses(page, "[data-part=finish-bar] a")
    page.wait_for_url("**/app/")

    presses(page, ".tabbar__item--do")
    page.wait_for_selector("footer.actions button:enabled")
    goes_to(page, "input[type=file][multiple]")
    page.set_input_files("input[type=file][multiple]", picture)
    page.wait_for_selector("[data-part=tray] .is-saved")
    goes_to(page, ".photo__open", "Shift+Tab")
    page.keyboard.press("Enter")
    thinks_better_of_it(page, ".photo__open")
    page.keyboard.press("Enter")
    answers_yes(page)
    page.wait_for_selector("[data-part=tray] figure", state="detached")
    assert has_focus(page, "[data-part=tray-add] input")
    assert page.inner_text("[data-part=photo-count]") == "0 张，最多 5 张"
    goes_to(page, "[name=category]")
    page.keyboard.press("Space")
    goes_to(page, "[name=words]")
    page.keyboard.type("路灯不亮")
    presses(page, "footer.actions button")
    page.wait_for_url("**/app/lanes/**")
    assert [item["state"] for item in browser.outbox()] == ["saved", "saved"]
    kept = browser.outbox()[0]["body"]
    assert kept["words"] == "路灯不亮"
    assert not kept.get("photos")


def test_what_was_kept_is_discarded_sent_again_and_taken_back_without_touching(server, net, phone):
    browser = phone()
    page = browser.page
    browser.enrols(server.code_for(server.town.steward))
    net.set("refuse")
    notes(browser, server.town.lane, "写错了，不要了")
    browser.opens("/app/outbox")
    page.wait_for_selector("[data-part=waiting] .row")
    presses(page, "[data-tidy]")
    page.wait_for_selector("[data-part=waiting] button")
    presses(page, "[data-part=waiting] button")
    thinks_better_of_it(page, "[data-part=waiting] button")
    page.keyboard.press("Enter")
    answers_yes(page)
    page.wait_for_selector("dialog :text('再问一次')")
    answers_yes(page)
    page.wait_for_selector("[data-part=waiting] .row", state="detached")
    assert browser.outbox() == []
    assert has_focus(page, "[data-part=sum]")

    net.set()
    honest = answers(browser, "/sync/v1/push", lambda route: route.fulfill(status=413))
    notes(browser, server.town.lane, "再送一次的")
    sends(browser)
    honest()
    browser.opens("/app/outbox")
    page.wait_for_selector("[data-part=attention] .row")
    presses(page, "[data-part=attention] button")
    assert is_delivered(browser)

    [item] = browser.outbox()
    browser.opens(f"/app/reports/one#{item['about']}")
    page.wait_for_selector("[data-part=withdraw]:visible")
    presses(page, "[data-part=withdraw]")
    thinks_better_of_it(page, "[data-part=withdraw]")
    with page.expect_event("load"):
        page.keyboard.press("Enter")
        answers_yes(page)
    page.wait_for_selector(":text('撤回'):visible")
    sends(browser)
    assert server.rows("SELECT state FROM reports") == [("withdrawn",)]


def test_what_was_refused_is_changed_and_sent_again_without_touching(server, net, phone):
    browser = phone()
    page = browser.page
    browser.enrols(server.code_for(server.town.steward))
    net.set("refuse")
    notes(browser, server.town.lane, "灯不亮，早就没这一类了")
    with server.app.app_context(), writing() as session:
        session.execute(delete(Category).where(Category.key == "lamp_out"))
    net.set()
    sends(browser)
    browser.opens("/app/outbox")
    page.wait_for_selector("[data-part=attention] .row:has-text('请重新选一个')")

    presses(page, "[data-part=attention] button")
    page.wait_for_selector("footer.actions button:enabled")
    assert page.input_value("[name=words]") == "灯不亮，早就没这一类了"
    goes_to(page, "[name=category]")
    page.keyboard.press("ArrowDown")
    presses(page, "footer.actions button")
    page.wait_for_url("**/app/lanes/**")
    sends(browser)

    [(words, category)] = server.rows("SELECT words, category FROM reports")
    assert words == "灯不亮，早就没这一类了"
    assert category != "lamp_out"
