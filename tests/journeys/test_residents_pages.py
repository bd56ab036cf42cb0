"""Residents' pages for everybody: by ear, by keyboard, in large type, in the dark."""

from __future__ import annotations

import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.test_resident import LANE, WORDS, chooses, receipt_code, reports, sends, writes

PAGES = ["/", "/?community=SQ", "/?q=没有这条巷", LANE, "/l/XX-9", "/r"]
DESK = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False}
READ_MS = 3200


def faults(page):
    found = Axe().run(page)
    return [
        f"{page.url}: {fault['id']} {fault['nodes'][0]['html']}"
        for fault in found.response["violations"]
    ]


def is_too_wide(page):
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def own_pages(browser):
    """A concern's way, page by page; each is looked at as it comes."""
    page = browser.page
    browser.opens(LANE)
    page.locator("[data-part=tray]").wait_for()
    writes(page, "楼道里有煤气味" + "很长很长的一句话" * 30)
    yield page
    sends(page)
    yield page
    chooses(page)
    time.sleep(READ_MS / 1000)
    sends(page)
    receipt_code(page)
    address = page.url
    yield page
    page.get_by_role("button", name="我存好了").click()
    page.get_by_role("heading", name="进度").wait_for()
    yield page
    page.goto(address + "/withdrawal")
    yield page


@pytest.mark.parametrize("shape", [{}, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("light", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(phone, shape, light):
    browser = phone(color_scheme=light, **shape)
    found = []
    for path in PAGES:
        browser.opens(path)
        found += faults(browser.page)
    for page in own_pages(browser):
        found += faults(page)

    assert not found, "\n".join(found)


def test_type_twice_as_large_fits(phone):
    browser = phone()
    wide = []
    for path in PAGES:
        browser.opens(path)
        wide += [path] if is_too_wide(browser.page) else []
    for page in own_pages(browser):
        wide += [page.url] if is_too_wide(page) else []
        page.evaluate("document.documentElement.style.fontSize = ''")

    assert wide == []


def test_a_concern_is_told_by_keyboard_alone(phone, server):
    browser = phone(**DESK)
    page = browser.page
    browser.opens(LANE)
    page.locator("[data-part=tray]").wait_for()

    def tabs_to(selector):
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("(css) => document.activeElement.matches(css)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

    tabs_to("[name=category]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    tabs_to("[name=words]")
    page.keyboard.type(WORDS)
    tabs_to("[name=phone]")
    time.sleep(READ_MS / 1000)
    tabs_to("[data-part=send]")
    page.keyboard.press("Enter")

    receipt_code(page)
    assert [words for _, words, _ in reports(server)] == [WORDS]
    tabs_to("form[action$=acknowledgement] button")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="进度").wait_for()


def test_a_receipt_prints_without_its_buttons(phone):
    browser = phone()
    page = browser.page
    browser.opens(LANE)
    chooses(page)
    writes(page)
    time.sleep(READ_MS / 1000)
    sends(page)
    receipt_code(page)
    page.emulate_media(media="print")

    assert not page.get_by_role("button").first.is_visible()
    assert page.get_by_text("社区留存").is_visible()
    assert page.get_by_text(WORDS).is_visible()
