"""Where it was seen: from the plate's code, the nearest, or the list, with no signal."""

from __future__ import annotations

import pytest

NEAR_OTHER_LANE = {"latitude": 25.9 + 180 / 111_320, "longitude": 117.4005}
FAR_AWAY = {"latitude": 26.3, "longitude": 117.4}
ALLOWED = {"permissions": ["geolocation"]}

# A browser that reads square codes and has a camera, which sees one plate.
READER = """(() => {
  navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream()
  globalThis.BarcodeDetector = class {
    async detect() { return [{ rawValue: "https://lanes.example.org/l/SQ-L02" }] }
  }
})()"""


@pytest.fixture
def form(server, net, phone):
    """The form for a report on an enrolled phone whose line is dead."""

    def opens(**more):
        browser = phone(**more)
        browser.enrols(server.code_for(server.town.steward))
        net.set("refuse")
        browser.opens("/app/reports/new")
        browser.page.wait_for_selector("footer.actions button:enabled")
        return browser.page

    return opens


def chosen(page):
    return page.locator("[name=place]:checked").get_attribute("data-place-name")


def test_one_tap_chooses_the_nearest(form):
    page = form(geolocation=NEAR_OTHER_LANE, **ALLOWED)

    assert chosen(page) == "打铁巷"  # her only one, until she says otherwise
    page.click("text=用我的位置")
    page.wait_for_selector("text=离您最近的是竹篮巷")

    assert chosen(page) == "竹篮巷"
    assert page.locator("label", has_text="竹篮巷").locator("text=约 20 米").is_visible()


def test_who_is_out_of_town_is_told_and_chooses_herself(form):
    page = form(geolocation=FAR_AWAY, **ALLOWED)

    page.click("text=用我的位置")
    page.wait_for_selector("text=都在一公里以外")

    assert chosen(page) == "打铁巷"


def test_a_phone_that_keeps_its_position_says_so_and_the_list_stays(form):
    page = form(permissions=[])

    page.click("text=用我的位置")
    page.wait_for_selector("text=手机没让用，不要紧")
    page.click("summary:has-text('别的地方')")
    page.click("label:has-text('竹篮巷')")

    assert chosen(page) == "竹篮巷"
    page.wait_for_selector("[data-part=draft-state]:visible")
    page.reload()
    page.wait_for_selector("[data-part=places-first] label:has-text('竹篮巷')")
    assert chosen(page) == "竹篮巷"


def test_a_code_typed_from_the_plate_is_enough(form):
    page = form()
    page.click("summary:has-text('别的地方')")

    page.fill("[data-part=place-search]", "sql02")
    page.wait_for_selector("text=这里是竹篮巷")
    assert chosen(page) == "竹篮巷"


def test_enter_chooses_what_is_left_of_the_list_and_keeps_nothing_yet(form):
    page = form()
    page.click("summary:has-text('别的地方')")

    page.fill("[data-part=place-search]", "竹")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=这里是竹篮巷")

    assert chosen(page) == "竹篮巷"
    assert page.url.endswith("/app/reports/new")


def test_a_name_nobody_knows_is_said_to_be_none(form):
    page = form()
    page.click("summary:has-text('别的地方')")

    page.fill("[data-part=place-search]", "王府井")

    assert page.locator("text=名单里没有这一处").is_visible()


def test_the_plate_is_read_by_the_camera_where_a_browser_can(server, net, phone):
    browser = phone()
    browser.context.add_init_script(READER)
    browser.enrols(server.code_for(server.town.steward))
    net.set("refuse")
    browser.opens("/app/reports/new")
    page = browser.page

    page.click("text=扫巷牌")
    page.wait_for_selector("text=这里是竹篮巷")

    assert chosen(page) == "竹篮巷"
    assert not page.locator("dialog[open]").count()


def test_where_no_browser_reads_codes_nothing_is_said_of_scanning(form):
    page = form()

    assert not page.locator("text=扫巷牌").is_visible()
