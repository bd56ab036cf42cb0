"""A steward's whole day without signal, through the screens; in the evening it all arrives."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.journeys.acts import is_delivered, notes, sends
from tests.journeys.desk import WIDE, sits_down


class Taps:
    """Every touch of the screen, counted."""

    def __init__(self, page):
        self.page, self.n = page, 0

    def __call__(self, selector):
        self.page.tap(selector)
        self.n += 1


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "lamp.jpg"
    Image.effect_noise((800, 600), 60).convert("RGB").save(path)
    return path


def brick(lane, period, words):
    return f".brick[href$='{lane.id}/{period}']:has-text('{words}')"


def walks_in_three_taps(browser, lane):
    browser.opens("/app/")
    page, tap = browser.page, Taps(browser.page)
    tap(f".brick[href$='{lane.id}/early']")
    tap("[data-part=finish]:enabled")
    tap("[data-part=finish]:has-text('走完了')")
    page.wait_for_selector(".finish:has-text('已存本机')")
    assert tap.n == 3


def counts_what_was_done_in_passing(browser, lane):
    page = browser.page
    browser.opens(f"/app/patrols/{lane.id}/midday")
    page.wait_for_selector("[data-part=finish]:enabled")
    for key in ("dissuaded", "dissuaded", "explained"):
        page.tap(f"[data-tally={key}]")
    page.wait_for_selector("[data-tally=dissuaded]:has-text('2')")
    page.tap("[data-part=finish]")
    page.tap("[data-part=finish]:has-text('走完了')")
    page.wait_for_selector("[data-part=noted]:has-text('劝导 2 回，宣传 1 回')")


def says_why_not(browser, lane):
    page = browser.page
    browser.opens(f"/app/patrols/{lane.id}/evening")
    page.click("summary:has-text('去不了')")
    page.check("#excuse [value=weather]")
    page.click("#excuse button:enabled")
    page.wait_for_url("**/app/")


def opens_own(browser, words):
    """The page of the report that was filed with these words."""
    [about] = [item["about"] for item in browser.outbox() if item["body"].get("words") == words]
    browser.opens("/app/lanes")
    browser.opens(f"/app/reports/one#{about}")
    browser.page.wait_for_selector("[data-part=own]:visible")


def adds(browser, words, picture):
    page = browser.page
    page.click("summary:has-text('补充几句')")
    page.set_input_files("#add input[type=file][multiple]", picture)
    page.wait_for_selector("#add .is-saved")
    page.fill("#add [name=words]", words)
    with page.expect_event("load"):
        page.click("#add button.button--primary")
    page.wait_for_selector(f"article:has-text('{words}')")


def corrects(browser, words):
    page = browser.page
    page.click("summary:has-text('改一改')")
    page.fill("#new-words", words)
    with page.expect_event("load"):
        page.click("#correct button")
    page.wait_for_selector(f"[data-part=words]:has-text('{words}')")


def takes_back(browser):
    page = browser.page
    page.click("[data-part=withdraw]:visible")
    with page.expect_event("load"):
        page.click("dialog button:has-text('撤回')")
    page.wait_for_selector("[data-part=own]", state="hidden")


def test_a_day_without_signal_arrives_as_it_was_lived(server, net, phone, picture):
    lane = server.town.lane
    browser = phone()
    page = browser.page
    browser.enrols(server.code_for(server.town.steward))
    net.set("refuse")
    walks_in_three_taps(browser, lane)
    counts_what_was_done_in_passing(browser, lane)
    says_why_not(browser, lane)
    notes(browser, lane, "巷口灯坏")
    opens_own(browser, "巷口灯坏")
    adds(browser, "晚上更暗", picture)
    corrects(browser, "巷口第二盏灯坏")
    notes(browser, lane, "桶满了")
    opens_own(browser, "桶满了")
    takes_back(browser)
    assert {item["state"] for item in browser.outbox()} == {"saved"}
    browser.opens("/app/")
    for period, words in (("early", "走了"), ("midday", "走了"), ("evening", "没去成")):
        page.wait_for_selector(brick(lane, period, words))

    net.set()
    sends(browser)
    is_delivered(browser)

    browser.opens(f"/app/lanes/{lane.id}")
    page.wait_for_selector("#open .row:has-text('灯不亮')")
    assert page.locator("#open .row").count() == 1  # what was taken back is not open
    browser.opens("/app/")
    for period, words in (("early", "走了"), ("midday", "走了"), ("evening", "没去成")):
        page.wait_for_selector(brick(lane, period, words))
    told = server.rows("SELECT tally, times FROM tallies ORDER BY tally")
    assert told == [("dissuaded", 2), ("explained", 1)]

    desk = phone("desk", **WIDE)
    sits_down(desk, server.town.coordinator)
    desk.page.wait_for_selector("#queue .queue__text:has-text('巷口第二盏灯坏')")
    assert "桶满了" not in desk.page.inner_text("#queue")
    desk.page.click("#queue .queue__title")
    desk.page.wait_for_selector("#pane img")
    story = desk.page.inner_text("#pane")
    assert "晚上更暗" in story
    assert "巷口灯坏" in story
    desk.opens("/patrols?state=excused")
    desk.page.wait_for_selector(".rows:has-text('天气太坏')")
