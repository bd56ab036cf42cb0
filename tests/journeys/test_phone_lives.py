"""Odd clocks, two tabs, two people, a lost phone, a full phone, three months away."""

import time

from server import clock as server_clock
from server.database import writing
from server.devices.models import Device
from server.devices.rules import revoke
from server.permissions import Actor
from tests.journeys.acts import (
    BEGIN_TO_SEND,
    ODD_CLOCK,
    is_delivered,
    notes,
    odd,
    reports,
    sends,
    states,
)
from tests.journeys.browser import until

YEAR_MS = 365 * 86_400_000
HOUR_MS = 3_600_000
NEAR_MS = 3 * 60_000


def with_odd_clock(phone, server, off_ms=0):
    browser = phone()
    browser.context.add_init_script(ODD_CLOCK)
    browser.opens("/app/start")
    odd(browser, off_ms)
    browser.enrols(server.code_for(server.town.steward))
    return browser


def happened(server):
    return dict(server.rows("SELECT words, happened_at FROM reports"))


def now_ms():
    return time.time() * 1000


def test_a_clock_ten_years_wrong_tells_the_right_time(server, net, phone, subtests):
    for name, years in (("behind", -10), ("ahead", 10)):
        with subtests.test(name):
            browser = phone() if years < 0 else phone("other")
            browser.context.add_init_script(ODD_CLOCK)
            browser.opens("/app/start")
            odd(browser, years * YEAR_MS)
            browser.enrols(server.code_for(server.town.steward))
            net.set("refuse")
            written_at = now_ms()
            notes(browser, server.town.lane, name)
            net.set()
            sends(browser)
            is_delivered(browser)
            assert abs(happened(server)[name] - written_at) < NEAR_MS


def test_a_clock_that_jumps_while_away_keeps_the_order(server, net, phone):
    browser = with_odd_clock(phone, server)
    net.set("refuse")
    first_at = now_ms()
    notes(browser, server.town.lane, "before the jump")
    odd(browser, -10 * YEAR_MS)
    notes(browser, server.town.lane, "after the jump")
    net.set()
    sends(browser)
    is_delivered(browser)
    told = happened(server)
    assert abs(told["before the jump"] - first_at) < NEAR_MS
    assert abs(told["after the jump"] - now_ms()) < NEAR_MS
    assert told["before the jump"] < told["after the jump"]


def test_three_months_without_a_network_cost_nothing(server, net, phone):
    browser = with_odd_clock(phone, server)
    net.set("refuse")
    odd(browser, 90 * 24 * HOUR_MS)
    browser.opens("/app/")
    banner = browser.page.wait_for_selector(".banner:has-text('天没连网')")
    assert "90" in banner.inner_text()
    notes(browser, server.town.lane, "三个月后")
    assert states(browser) == ["saved"]
    net.set()
    sends(browser)
    is_delivered(browser)
    assert reports(server) == [("三个月后",)]


def test_two_tabs_send_nothing_twice(server, net, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    net.set("refuse")
    notes(browser, server.town.lane, "第一页")
    other = browser.context.new_page()
    first, browser.page = browser.page, other
    notes(browser, server.town.lane, "第二页")
    browser.page = first
    net.set()
    first.evaluate(BEGIN_TO_SEND)
    other.evaluate(BEGIN_TO_SEND)
    sends(browser)
    is_delivered(browser)
    assert reports(server) == sorted([("第一页",), ("第二页",)])
    assert sorted(item["n"] for item in browser.outbox()) == [1, 2]


def test_a_second_person_on_the_phone_sees_nothing_of_the_first(server, net, phone):
    town = server.town
    browser = phone()
    browser.enrols(server.code_for(town.steward))
    net.set("refuse")
    notes(browser, town.lane, "头一位写的")
    net.set()
    browser.context.route("**/sync/v1/push", lambda route: route.abort())
    browser.opens("/app/start#link")
    browser.page.fill("#code", server.code_for(town.other_steward))
    browser.page.click("#enrol button")
    browser.page.wait_for_selector("[data-part=ready-words]:visible")

    assert browser.outbox() == []
    browser.opens("/app/lanes")
    browser.page.wait_for_selector(f"text={town.other_lane.name}")
    assert town.lane.name not in browser.page.inner_text("main")
    browser.opens("/app/outbox")
    told = browser.page.wait_for_selector("[data-behaviour=who-is-here] p")
    assert town.steward.name in told.inner_text()
    assert "1" in told.inner_text()

    browser.context.unroute_all()
    sends(browser)
    until(lambda: reports(server))
    by = server.rows("SELECT words, member_id FROM reports")
    assert by == [("头一位写的", town.steward.id)]


def test_a_phone_reported_lost_loses_its_lists_and_keeps_its_words(server, net, phone):
    town = server.town
    browser = phone()
    browser.enrols(server.code_for(town.steward))
    net.set("refuse")
    notes(browser, town.lane, "挂失以前写的")
    with server.app.app_context(), writing() as session:
        device = session.query(Device).filter_by(member_id=town.steward.id, kind="phone").one()
        by = Actor(town.coordinator.id, "coordinator", town.community.id)
        revoke(device, by=by, now=server_clock.now())
    net.set()
    result = sends(browser)
    assert result["why"] == "revoked"
    assert reports(server) == []
    verdicts = server.rows("SELECT verdict FROM changes WHERE kind = 'report.filed@1'")
    assert verdicts == [("quarantined",)]
    assert (
        browser.js("caches.keys().then((names) => names.filter((n) => n.startsWith('pack')))") == []
    )
    browser.opens("/app/outbox")
    browser.page.wait_for_selector(":text('挂失'):visible")
    assert [item["body"]["words"] for item in browser.outbox()] == ["挂失以前写的"]


def test_a_full_phone_still_takes_words(server, net, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    cdp = browser.context.new_cdp_session(browser.page)
    net.set("refuse")
    browser.opens(f"/app/reports/new?place={server.town.lane.id}")
    browser.page.wait_for_selector("footer.actions button:enabled")
    used = browser.js("navigator.storage.estimate().then(({ usage }) => usage)")
    full = {"origin": browser.url, "quotaSize": int(used) - 900_000}
    cdp.send("Storage.overrideQuotaForOrigin", full)
    browser.page.click(".picker__tile:has-text('灯不亮')")
    browser.page.fill("[name=words]", "没地方了也要记")
    browser.page.click("text=存下来")
    told = browser.page.wait_for_selector("[data-part=trouble], #open [data-pending]")
    if told.get_attribute("data-part") == "trouble":
        assert "复制文字" in told.inner_text()
        assert browser.page.input_value("[name=words]") == "没地方了也要记"
        cdp.send("Storage.overrideQuotaForOrigin", {"origin": browser.url})
        browser.page.click("[data-part=trouble] button:has-text('再存一次')")
        browser.page.wait_for_url("**/app/lanes/**")
    assert states(browser) == ["saved"]
    assert browser.outbox()[0]["body"]["words"] == "没地方了也要记"
