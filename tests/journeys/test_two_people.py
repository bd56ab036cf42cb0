"""Two people change the same words, neither having seen the other's: a steward whose phone has no
signal, and a coordinator at the desk."""

from __future__ import annotations

import pytest

from tests.journeys.acts import ODD_CLOCK, is_delivered, notes, odd, sends
from tests.journeys.desk import WIDE, sits_down

# Two times nearer than a phone's clock can be told are for a person to judge, not for time.
SURELY_LATER_MS = 2_500

HOUR_MS = 3_600_000


def words_now(server):
    return [words for (words,) in server.rows("SELECT words FROM reports ORDER BY number")]


@pytest.fixture
def steward(server, net, phone):
    """A phone whose clock can be set wrong."""
    browser = phone()
    browser.context.add_init_script(ODD_CLOCK)
    browser.enrols(server.code_for(server.town.steward))
    return browser


@pytest.fixture
def desk(server, phone):
    browser = phone("desk", **WIDE)
    browser.url = f"http://127.0.0.1:{server.port}"
    sits_down(browser, server.town.coordinator)
    return browser


def tells(browser, server, words):
    """One report, delivered, and its row known to the phone. Returns its id."""
    notes(browser, server.town.lane, words)
    sends(browser)
    is_delivered(browser)
    [(about,)] = server.rows("SELECT id FROM reports WHERE words = ?", words)
    return about


def corrects_own(browser, about, words):
    """On the phone's page of the report."""
    browser.opens("/app/lanes")
    browser.opens(f"/app/reports/one#{about}")
    browser.page.click("summary:has-text('改一改')")
    browser.page.fill("#new-words", words)
    with browser.page.expect_navigation():
        browser.page.click("#correct button")
    browser.page.wait_for_selector(f"[data-part=words]:has-text('{words}')")


def opens_correction(desk, about):
    desk.opens(f"/reports/{about}")
    desk.page.click("[data-act=correct] summary")


def corrects_at_the_desk(desk, words):
    """On the page that is open already."""
    desk.page.fill("#correct-words", words)
    desk.page.click("[data-act=correct] button")
    desk.page.wait_for_selector(f"#pane .said:has-text('{words}')")


def sides(desk, words):
    """Who wrote what, of the conflict with these words: first the one in use, then the other."""
    pair = f".conflict:has-text('{words}') .value"
    return [
        (value.locator("b").inner_text(), value.locator(".value__what").inner_text())
        for value in (desk.page.locator(f"{pair}--now"), desk.page.locator(f"{pair}--kept"))
    ]


def test_the_later_of_two_stands_and_the_other_comes_back_with_one_tap(server, net, steward, desk):
    one, other = tells(steward, server, "一号"), tells(steward, server, "二号")
    opens_correction(desk, one)
    net.set("refuse")
    corrects_own(steward, other, "二号手机先改的")
    corrects_at_the_desk(desk, "一号桌上先改的")
    steward.page.wait_for_timeout(SURELY_LATER_MS)
    corrects_own(steward, one, "一号手机后改的")
    opens_correction(desk, other)
    corrects_at_the_desk(desk, "二号桌上后改的")
    net.set()
    sends(steward)
    is_delivered(steward)

    assert words_now(server) == ["一号手机后改的", "二号桌上后改的"]
    steward.opens("/app/outbox")
    steward.page.wait_for_selector("[data-part=sent] .row:has-text('另有更新的写法')")
    desk.opens("/conflicts?tab=by_time")
    assert sides(desk, "一号") == [("田秀英", "一号手机后改的"), ("方敏", "一号桌上先改的")]
    assert sides(desk, "二号") == [("方敏", "二号桌上后改的"), ("田秀英", "二号手机先改的")]

    desk.page.click(".conflict:has-text('二号') button:has-text('换成那一个')")
    desk.page.wait_for_selector("text=定好了，换成另一个")

    assert words_now(server) == ["一号手机后改的", "二号手机先改的"]
    sends(steward)
    steward.opens(f"/app/reports/one#{other}")
    steward.page.wait_for_selector("[data-part=words]:has-text('二号手机先改的')")


def test_who_has_seen_the_others_words_replaces_them_whatever_the_clock_says(
    server, net, steward, desk
):
    about = tells(steward, server, "原话")
    opens_correction(desk, about)
    corrects_at_the_desk(desk, "桌上改的")
    sends(steward)
    net.set("refuse")
    odd(steward, -HOUR_MS)
    corrects_own(steward, about, "看过桌上的再改")
    net.set()
    sends(steward)
    is_delivered(steward)

    assert words_now(server) == ["看过桌上的再改"]
    corrections = "SELECT wall FROM changes WHERE kind = 'report.corrected@1' ORDER BY received_at"
    [(desks,), (phones,)] = server.rows(corrections)
    assert phones < desks
    assert server.rows("SELECT * FROM conflicts") == []
