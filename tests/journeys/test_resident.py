"""A resident tells of a problem: without script, and with script but without a server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.journeys.browser import until

WORDS = "21号门前的下水又冒了，孩子上学要绕着走。"
LANE = "/l/SQ-L01"
BLOCKED_DRAIN = "下水道堵了"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "drain.jpg"
    Image.effect_noise((1800, 1200), 60).convert("RGB").save(path, quality=90)
    return path


def reports(server):
    return server.rows("SELECT number, words, state FROM reports ORDER BY received_at, number")


def chooses(page, kind=BLOCKED_DRAIN):
    page.get_by_text(kind, exact=True).click()


def writes(page, words=WORDS):
    page.get_by_label("情况").first.fill(words)


def sends(page):
    page.get_by_role("button", name="送给社区").click()


def is_kept(page, words=WORDS):
    """The concern lies on this phone, and the page says so."""
    page.get_by_text("还在您手机里，没送到社区。").wait_for()
    row = page.locator("[data-part=kept-rows] .row")
    assert "已存本机" in row.inner_text()
    assert words in row.inner_text()


def adds(page, picture):
    """A photo in the tray, as small as the phone makes it."""
    page.locator("[data-part=tray]").wait_for()
    page.locator("[data-part=tray] input").set_input_files(picture)
    page.locator("[data-part=tray] figure img").wait_for(timeout=60_000)


def draft(browser):
    """What the phone has kept of the form."""
    return browser.js(
        f"""async () => {{
          const {{ draftAt }} = await import("/static/js/lib/concerns.js")
          const kept = await draftAt("{LANE}")
          return kept ? {{ ...kept.fields, photos: kept.photos.length }} : {{}}
        }}"""
    )


def kept_here(browser):
    """How many concerns this phone still knows of."""
    return browser.js(
        """async () => {
          const { concerns } = await import("/static/js/lib/concerns.js")
          return (await concerns()).length
        }"""
    )


def receipt_code(page):
    page.get_by_role("heading", name="收到了，谢谢您告诉我们").wait_for()
    return page.url.rpartition("/r/")[2].partition("?")[0]


def test_from_the_first_page_to_the_withdrawal_without_script(phone, server, picture):
    browser = phone(java_script_enabled=False)
    page = browser.page
    browser.opens("/")
    page.get_by_role("link", name="石桥社区").click()
    page.get_by_role("link", name="打铁巷").click()
    chooses(page)
    writes(page)
    page.locator("input[type=file]").first.set_input_files(picture)
    page.wait_for_timeout(3000)
    sends(page)

    code = receipt_code(page)
    assert re.fullmatch(r"[0-9A-Z]{20}", code)
    [(number, words, state)] = reports(server)
    assert (words, state) == (WORDS, "screening")
    assert number in page.inner_text("main")
    assert page.locator("svg.slip__qr").bounding_box()["width"] >= 140

    page.get_by_role("button", name="我存好了").click()
    page.get_by_role("heading", name="进度").wait_for()
    assert page.locator(".tray img").evaluate("image => image.naturalWidth") > 0
    page.get_by_label("情况").fill("还有味")
    sends(page)
    page.get_by_text("还有味").wait_for()

    page.get_by_role("link", name="撤回").click()
    assert WORDS in page.inner_text("main")
    page.get_by_role("button", name="撤回").click()
    page.get_by_text("已撤回").first.wait_for()
    assert reports(server)[0][2] == "withdrawn"


def test_in_danger_the_numbers_come_first_without_script(phone, server, picture):
    browser = phone(java_script_enabled=False)
    page = browser.page
    browser.opens(LANE)
    chooses(page, "其他")
    writes(page, "二楼冒烟了")
    page.locator("input[type=file]").first.set_input_files(picture)
    page.wait_for_timeout(3000)
    sends(page)

    page.get_by_role("heading", name="先打电话，再来记").wait_for()
    assert reports(server) == []
    assert page.locator(".calls a").first.get_attribute("href") == "tel:119"

    sends(page)
    receipt_code(page)
    assert [words for _, words, _ in reports(server)] == ["二楼冒烟了"]
    assert server.rows("SELECT count(*) FROM report_photos") == [(1,)]


def test_what_is_missing_is_said_and_nothing_lost_without_script(phone, server, picture):
    browser = phone(java_script_enabled=False)
    page = browser.page
    browser.opens(LANE)
    writes(page)
    page.locator("input[type=file]").first.set_input_files(picture)
    page.wait_for_timeout(3000)
    sends(page)

    page.get_by_text("还没选是哪一类").wait_for()
    assert page.get_by_label("情况").input_value() == WORDS
    assert page.get_by_label("第 1 张照片已经收下").is_checked()

    chooses(page)
    sends(page)
    receipt_code(page)
    assert server.rows("SELECT count(*) FROM report_photos") == [(1,)]


def test_with_script_the_receipt_comes_and_the_phone_forgets(phone, server, picture):
    browser = phone()
    page = browser.page
    browser.opens(LANE)
    chooses(page)
    writes(page)
    adds(page, picture)
    page.wait_for_timeout(2500)
    sends(page)

    receipt_code(page)
    assert len(reports(server)) == 1
    assert server.rows("SELECT bytes < 300000 FROM report_photos") == [(1,)]

    browser.opens(LANE)
    page.get_by_role("link", name="看回执").click()
    page.get_by_role("button", name="我存好了").click()
    page.get_by_role("heading", name="进度").wait_for()
    until(lambda: kept_here(browser) == 0)
    browser.opens(LANE)
    page.locator("[data-part=tray]").wait_for()
    assert not page.get_by_role("link", name="看回执").is_visible()


def test_with_the_server_gone_it_waits_on_the_phone_and_arrives_once(phone, server, picture):
    browser = phone()
    page = browser.page
    browser.opens(LANE)
    chooses(page)
    writes(page)
    adds(page, picture)
    server.stop()
    sends(page)
    is_kept(page)
    browser.kill()

    server.start()
    browser = phone()
    browser.opens(LANE)
    browser.page.get_by_role("link", name="看回执").wait_for()

    assert [words for _, words, _ in reports(server)] == [WORDS]
    assert server.rows("SELECT count(*) FROM report_photos") == [(1,)]
    browser.page.get_by_role("link", name="看回执").click()
    receipt_code(browser.page)


def test_the_page_opens_and_takes_a_concern_with_the_server_gone(phone, server):
    browser = phone()
    page = browser.page
    browser.opens(LANE)
    until(lambda: browser.js("async () => Boolean((await navigator.serviceWorker.ready).active)"))
    until(lambda: browser.js("() => Boolean(navigator.serviceWorker.controller)"), 30)
    browser.opens(LANE)
    server.stop()
    for words in (WORDS, "灯也不亮了"):
        browser.opens(LANE)
        chooses(page)
        writes(page, words)
        sends(page)
        page.get_by_text(words).first.wait_for()
    assert page.locator("[data-part=kept-rows] .row").count() == 2

    server.start()
    page.get_by_role("button", name="现在就送").first.click()
    until(lambda: page.get_by_role("link", name="看回执").count() == 2)
    assert sorted(words for _, words, _ in reports(server)) == sorted([WORDS, "灯也不亮了"])


def test_a_lost_answer_files_once(phone, server, net):
    browser = phone()
    page = browser.page
    browser.opens(LANE)
    chooses(page)
    writes(page)
    page.wait_for_timeout(3000)
    net.set(cut_down=0)
    sends(page)
    is_kept(page)
    until(lambda: len(reports(server)) == 1)

    net.set()
    page.get_by_role("button", name="现在就送").click()
    page.get_by_role("link", name="看回执").wait_for()
    assert len(reports(server)) == 1


def test_what_is_typed_outlives_a_killed_browser(phone, picture):
    browser = phone()
    page = browser.page
    browser.opens(LANE)
    chooses(page, "灯不亮")
    writes(page)
    page.get_by_label("具体位置").fill("3栋后门")
    adds(page, picture)
    until(lambda: draft(browser).get("photos") == 1 and draft(browser).get("spot"))
    browser.kill()

    browser = phone()
    page = browser.page
    browser.opens(LANE)
    page.get_by_text("您上次在这里写的还在").wait_for()
    assert page.get_by_label("情况").input_value() == WORDS
    assert page.get_by_label("具体位置").input_value() == "3栋后门"
    assert page.locator("[name=category]:checked").get_attribute("value") == "lamp_out"
    page.locator("[data-part=tray] figure img").wait_for()

    page.get_by_role("button", name="清空").click()
    until(lambda: draft(browser) == {})
    browser.opens(LANE)
    assert page.get_by_label("情况").input_value() == ""


def test_with_script_the_numbers_come_at_once(phone):
    browser = phone()
    page = browser.page
    browser.opens(LANE)
    card = page.get_by_role("heading", name="先打电话，再来记")
    page.locator("[data-part=tray]").wait_for()
    assert not card.is_visible()

    writes(page, "楼道里有煤气味")
    card.wait_for()
    assert page.get_by_text("不开灯、不打火").is_visible()
    writes(page, "楼道里没什么")
    assert not card.is_visible()

    page.get_by_text("别的类").click()
    chooses(page, "有人摔倒发病")
    card.wait_for()
    assert page.locator("[data-part=urgent-calls] a").first.get_attribute("href") == "tel:120"


def test_what_is_missing_is_said_before_anything_is_sent(phone, net):
    browser = phone()
    page = browser.page
    browser.opens(LANE)
    page.locator("[data-part=tray]").wait_for()
    net.set("refuse")
    sends(page)

    page.get_by_text("还没选是哪一类").wait_for()
    assert page.get_by_text("写一句，或者拍一张，都行").is_visible()
    assert browser.js("document.activeElement.name") == "category"


def test_a_concern_can_be_changed_or_discarded_while_it_waits(phone, server):
    browser = phone()
    page = browser.page
    browser.opens(LANE)
    chooses(page)
    writes(page)
    page.locator("[data-part=tray]").wait_for()
    server.stop()
    sends(page)
    is_kept(page)

    page.get_by_role("button", name="丢掉").click()
    page.get_by_role("button", name="不丢").click()
    is_kept(page)
    server.start()
    browser.opens(LANE)
    page.get_by_role("link", name="看回执").wait_for()
