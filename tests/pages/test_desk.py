"""A stranger at the desk: keys, two windows, a line that breaks, a sign-in that ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.live import Server
from tests.pages.visitors import DESK, Visitors

PATIENCE_MS = 15_000
pytestmark = pytest.mark.timeout(300)  # the first test waits until the demo is made


@pytest.fixture
def window(visitors: Visitors, demo: Server) -> Callable[[str], Page]:
    """Another window of the coordinator's browser, at an address."""
    pages: list[Page] = []

    def open_window(path: str) -> Page:
        page = visitors.page("coordinator")
        page.set_default_timeout(PATIENCE_MS)
        page.set_viewport_size(DESK)
        visitors.open(page, path)
        pages.append(page)
        return page

    yield open_window
    for page in pages:
        page.close()


@pytest.fixture
def told(window) -> Callable[[str], str]:
    """Somebody rings and the coordinator writes it down; the address of the report."""

    def tell(words: str) -> str:
        page = window("/reports/new")
        page.select_option("#place", label=page.locator("#place option").nth(1).inner_text())
        page.select_option("#category", value="rubbish")
        page.fill("#words", words)
        page.get_by_role("button", name="记下来").click()
        page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}"))
        return page.url.partition("/reports/")[2].partition("?")[0]

    return tell


def said(page: Page, words: str) -> None:
    """The page has a word for what happened."""
    expect(page.locator("[data-toast]")).to_contain_text(words, timeout=PATIENCE_MS)


def leaves_out(page: Page, reason: str) -> None:
    page.click("[data-act=dismiss] > summary")
    page.locator("[data-act=dismiss] input[value=misdirected]").check()
    page.fill("#dismiss-reason", reason)
    presses_leave_out(page)


def presses_leave_out(page: Page) -> None:
    page.locator("[data-act=dismiss] form > button").click()


@contextmanager
def signed_out(page: Page) -> Iterator[None]:
    """The sign-in ends; afterwards somebody has signed in again in another window."""
    cookies = page.context.cookies()
    page.context.clear_cookies()
    try:
        yield
    finally:
        page.context.add_cookies(cookies)


def test_a_server_that_is_gone_takes_nothing_of_what_was_typed(window, told, demo):
    about = told("桶满了，第三天")
    page = window(f"/reports/{about}")
    demo.stop()
    try:
        leaves_out(page, "归隔壁街道管")
        said(page, "写的都还在")
        expect(page.locator("#dismiss-reason")).to_have_value("归隔壁街道管")
    finally:
        demo.start()

    presses_leave_out(page)

    said(page, "不归这里")
    expect(window(f"/reports/{about}").locator("#standing")).to_have_text("不归这里")


def test_who_was_signed_out_signs_in_beside_it_and_presses_again(window, told, demo):
    about = told("桶盖掉了")
    page = window(f"/reports/{about}")
    with signed_out(page):
        leaves_out(page, "已经有人换了")

        said(page, "登录时间到了。写的都还在")
        link = page.locator("[data-toast] a")
        assert (link.get_attribute("href"), link.get_attribute("target")) == ("/session", "_blank")
        expect(page.locator("#dismiss-reason")).to_have_value("已经有人换了")

    presses_leave_out(page)
    said(page, "不归这里")


def test_a_case_keeps_what_was_typed_too(window, told):
    page = window(f"/reports/{told('巷口堆了沙子')}")
    page.click("#accept-go")
    said(page, "已受理")
    page.locator("[data-toast] a").click()
    page.locator("#standing ~ p a[href^='/cases/']").click()
    page.locator("details.act > summary", has_text="更正").click()
    page.fill("#correct-owner", "市政二班")
    with signed_out(page):
        page.locator("details.act[open] form > button").click()

        said(page, "登录时间到了")
        expect(page.locator("#correct-owner")).to_have_value("市政二班")

    page.locator("details.act[open] form > button").click()
    expect(page.locator("dl.facts")).to_contain_text("市政二班")


def test_who_waits_longer_than_a_second_is_told(window, told):
    page = window(f"/reports/{told('路灯杆歪了')}")
    held: list[Route] = []
    page.route("**/dismissal", lambda route: held.append(route))

    leaves_out(page, "园林所的")

    said(page, "还没等到回话")
    held[0].continue_()
    said(page, "不归这里")
    expect(page.locator("[data-toast]")).not_to_contain_text("还没等到回话")


def test_two_windows_the_second_to_decide_is_told_and_nothing_is_lost(window, told):
    about = told("井盖响")
    one, other = window(f"/reports/{about}"), window(f"/reports/{about}")
    leaves_out(one, "市政的井")
    said(one, "不归这里")

    leaves_out(other, "供水的井")

    expect(other.locator("#pane [role=alert]")).to_contain_text("已经有人先定了")
    expect(other.locator("#standing")).to_have_text("不归这里")


def test_news_come_while_a_form_is_open_and_leave_it_alone(window, told):
    about = told("坡上积水")
    page = window(f"/reports/{about}")
    page.click("[data-act=ask] > summary")
    page.fill("#question", "是坡顶还是坡脚？")

    fresh = told("坡脚也积水")
    page.evaluate("document.body.dispatchEvent(new Event('visible-again'))")

    page.wait_for_selector(f"#report-{fresh}, [data-part=news]", state="attached")
    expect(page.locator("#question")).to_have_value("是坡顶还是坡脚？")
    expect(page.locator("#question")).to_be_focused()


def test_news_come_while_the_list_of_keys_is_open(window, told):
    page = window("/reports")
    page.keyboard.press("?")
    told("楼道灯闪")

    with page.expect_response("**/f/reports/news**"):
        page.evaluate("document.body.dispatchEvent(new Event('visible-again'))")

    expect(page.locator("#keys")).to_be_visible()


def test_a_report_is_accepted_by_keys_alone_and_taken_back(window, told):
    about = told("扶手松了")
    page = window(f"/reports/{about}")

    page.keyboard.press("a")
    expect(page.locator("#accept-go")).to_be_focused()
    page.keyboard.press("Enter")
    said(page, "已受理")

    page.locator("[data-toast]").get_by_role("button", name="撤销").press("Enter")
    said(page, "撤销了，跟原来一样")
    expect(page.locator(f"#pane[data-report='{about}']")).to_be_visible()
    expect(page.locator("#accept-go")).to_be_visible()


def test_back_and_refresh_after_a_decision_show_what_stands(window, told):
    about = told("晾衣绳断了")
    page = window(f"/reports/{about}")
    page.click("#accept-go")
    said(page, "已受理")

    page.reload()
    expect(page.locator("#pane")).to_be_visible()
    page.go_back()

    expect(page.locator(f"#pane[data-report='{about}'] #standing")).to_have_text("已受理")


def test_a_form_that_opens_below_the_edge_comes_into_sight(window, told):
    page = window(f"/reports/{told('墙皮要掉')}")

    page.click("[data-act=dismiss] > summary")

    expect(page.locator("[data-act=dismiss] form > button")).to_be_in_viewport()


def test_a_refused_form_stays_open_with_what_is_missing(window, told):
    page = window(f"/reports/{told('树枝压线')}")

    leaves_out(page, "")

    expect(page.locator("#dismiss-reason-error")).to_be_visible()
    expect(page.locator("[data-act=dismiss] input[value=misdirected]")).to_be_checked()


@pytest.mark.parametrize("path", ["/reports", "/reports/new", "/cases", "/conflicts", "/devices"])
def test_at_twice_the_size_nothing_lies_beside_the_screen(window, path):
    page = window(path)
    page.set_viewport_size({"width": DESK["width"] // 2, "height": DESK["height"] // 2})

    assert page.evaluate("document.documentElement.scrollWidth") <= DESK["width"] // 2
    for name in ("main", ".deskbar", "h1"):
        box = page.locator(name).first.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= DESK["width"] // 2
