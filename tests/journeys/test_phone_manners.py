"""What a steward's screens owe a person: numbers in sight, no deed that cannot be done."""

from __future__ import annotations

from server.exchange.intake import record
from server.permissions import Actor
from tests.journeys.acts import is_delivered, notes, sends


def turns_away(server, about):
    coordinator = server.town.coordinator
    by = Actor(coordinator.id, "coordinator", coordinator.community_id)
    body = {"to": "misdirected", "reason": "归公交公司"}
    with server.app.app_context():
        record(by=by, kind="report.dismissed@1", about=about, body=body)


def test_the_numbers_to_call_come_up_where_the_words_are_written(server, net, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    browser.opens("/app/reports/new")
    page = browser.page
    page.wait_for_selector("footer.actions button:enabled")

    page.get_by_label("情况").first.press_sequentially("三楼冒烟了，有人喊救命")
    card = page.locator("[data-part=field-words] + [data-part=urgent]")
    card.wait_for()

    assert card.get_by_role("link", name="119").is_visible()


def test_what_has_come_to_an_end_can_be_added_to_and_not_undone(server, net, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    notes(browser, server.town.lane, "站牌歪了")
    sends(browser)
    assert is_delivered(browser)
    about = browser.outbox()[0]["about"]
    page = browser.page
    browser.opens(f"/app/reports/one#{about}")
    page.get_by_role("button", name="撤回").wait_for()

    turns_away(server, about)
    sends(browser)
    page.reload()
    page.wait_for_selector("text=归公交公司")
    page.wait_for_selector("text=补充几句或补张照片")

    assert not page.get_by_role("button", name="撤回").is_visible()
    assert page.locator("[data-status=declined_or_transferred]").is_visible()


def test_nothing_is_said_of_waiting_where_nothing_waits(server, net, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    net.set("refuse")

    browser.opens("/app/outbox")
    browser.page.wait_for_selector("text=没有待传的")

    assert not browser.page.locator("[data-part=sum-note]").is_visible()
