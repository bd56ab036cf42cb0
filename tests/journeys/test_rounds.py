"""A round on the phone: all clear, or with what could not be seen."""

from __future__ import annotations

from tests.journeys.acts import is_delivered, sends

MARKS = "SELECT mark, count(*) FROM marks GROUP BY mark ORDER BY mark"


def begins(browser, server):
    browser.enrols(server.code_for(server.town.steward))
    browser.opens(f"/app/patrols/{server.town.lane.id}/midday")
    browser.page.wait_for_selector("[data-part=finish]:enabled")
    return browser.page


def test_all_clear_is_two_more_taps_once_the_round_is_open(server, net, phone):
    browser = phone()
    page = begins(browser, server)
    lines = page.locator("[role=radiogroup]").count()
    net.set("refuse")

    page.click("[data-part=finish]")
    page.click("[data-part=finish]:has-text('走完了')")
    page.wait_for_selector(".finish")

    net.set()
    sends(browser)
    assert is_delivered(browser)
    assert server.rows(MARKS) == [("ok", lines)]


def test_what_could_not_be_seen_is_said_with_the_keyboard_and_arrives(server, net, phone):
    browser = phone()
    page = begins(browser, server)
    lines = page.locator("[role=radiogroup]").count()

    first = page.get_by_role("radiogroup").first
    first.get_by_role("radio", name="好").focus()
    page.keyboard.press("ArrowUp")  # from the first to the last of the three
    assert first.get_by_role("radio", name="没看到").is_checked()
    page.wait_for_selector(f"text=看了 0 项，共 {lines} 项")
    page.click("[data-part=finish]")
    page.click("[data-part=finish]:has-text('走完了')")
    page.wait_for_selector("text=1 项没看到")

    sends(browser)
    assert is_delivered(browser)
    assert server.rows(MARKS) == [("not_seen", 1), ("ok", lines - 1)]
    assert server.rows("SELECT asked - seen FROM patrols") == [(1,)]


def test_each_mark_is_large_enough_for_a_thumb(server, net, phone):
    page = begins(phone(), server)

    faces = page.locator(".check__pick .face").evaluate_all(
        "(all) => all.map((face) => face.getBoundingClientRect()).map((r) => [r.width, r.height])"
    )

    assert min(width for width, _height in faces) >= 48
    assert min(height for _width, height in faces) >= 60
