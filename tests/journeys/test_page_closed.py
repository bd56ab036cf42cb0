"""The phone sends by itself when no page of the app is open."""

from __future__ import annotations

from tests.journeys.acts import notes, reports, sends
from tests.journeys.browser import until

WORDS = "收起手机走路时送出去的"
TRIES = 6  # in vain, after which the phone would rest for more than a minute


def leaves_the_app(browser):
    """The page is closed; the browser stays."""
    elsewhere = browser.context.new_page()
    browser.page.close()
    browser.page = elsewhere


def wakes_the_worker(browser):
    """What Chromium does when it finds that the network is back."""
    cdp = browser.context.new_cdp_session(browser.page)
    found = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"])
    )
    cdp.send("ServiceWorker.enable")
    until(lambda: browser.js("true") and found)
    [registration] = [one for one in found if one["scopeURL"] == f"{browser.url}/"]
    event = {"registrationId": registration["registrationId"], "tag": "lane-exchange"}
    cdp.send(
        "ServiceWorker.dispatchSyncEvent", {"origin": browser.url, "lastChance": False, **event}
    )


def test_what_was_kept_goes_by_itself_once_the_page_is_closed(server, net, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    server.stop()
    notes(browser, server.town.lane, WORDS)
    for _ in range(TRIES):
        assert sends(browser)["why"] == "silent"
    leaves_the_app(browser)
    server.start()

    wakes_the_worker(browser)

    until(lambda: reports(server) == [(WORDS,)])
    assert [page.url for page in browser.context.pages] == ["about:blank"]
    browser.opens("/app/outbox")
    browser.page.wait_for_selector("[data-part=sent] .row:has-text('已送达')")
