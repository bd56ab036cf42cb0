"""A steward's first two stories in the engines that are not Chromium: the app opens where nothing
answers; what is noted there arrives once, with its photo. Firefox is driven over WebDriver BiDi,
WebKitGTK over WebDriver; both keep a profile on disk, so that closed and opened is the same phone.

WebKit: a page left while it reads its database locks it for every later page, until the browser
ends. Measured in WebKitGTK 2.50: of five tries to note things without signal all five hung at the
first or second note; since pages are left only when nothing runs, eight did not."""

from PIL import Image

SEND_NOW = "[data-behaviour=send-now]:enabled"
SENT = "[data-part=sent] .row:has(.is-delivered)"


def sets_up(browser, server):
    """From the first page to the green tick."""
    browser.opens("/app/start")
    browser.fills("#code", server.code_for(server.town.steward))
    browser.taps("#enrol button")
    assert "可离线使用" in browser.sees("[data-part=ready-words]")


def notes(browser, words, photo):
    """One report with a photo, from the day's page to the lane's."""
    browser.taps("[data-part=ready-on] a")
    browser.sees("[data-part=counted]")  # the script has drawn the day; now nothing moves
    browser.taps(".day__lane")
    browser.taps("#open a.button")
    browser.sees("footer.actions button:enabled")
    browser.attaches("[data-part=tray-add] input", photo)
    browser.sees(".photo.is-saved")
    browser.taps(".picker__tile:has([value=lamp_out])")
    browser.fills("[name=words]", words)
    browser.taps("footer.actions button")


def test_the_app_opens_where_nothing_answers(server, phone):
    lane = server.town.lane
    browser = phone()
    sets_up(browser, server)
    server.stop()
    browser.close()

    browser = phone()
    browser.opens("/app/")
    browser.sees("[data-part=counted]")
    assert browser.sees(".day__lane") == lane.name
    browser.taps(f"[data-brick^='{lane.id}']")
    assert browser.sees("#checklist legend")
    assert browser.at().startswith(f"/app/patrols/{lane.id}/")
    browser.sees("[data-part=finish]:enabled")


def test_what_is_noted_without_signal_arrives_once(server, phone, tmp_path):
    photo = tmp_path / "lamp.jpg"
    Image.radial_gradient("L").convert("RGB").resize((1200, 900)).save(photo)
    browser = phone()
    sets_up(browser, server)
    server.stop()
    notes(browser, "巷口的路灯不亮", photo)
    assert "已存本机" in browser.sees("#open [data-pending]")
    browser.close()

    browser = phone()
    browser.opens("/app/outbox")
    assert "已存本机" in browser.sees("[data-part=waiting]")
    server.start()
    if browser.shows(SEND_NOW):  # else it goes by itself
        browser.taps(SEND_NOW)
    told = browser.sees(SENT)
    [(words, number, place)] = server.rows("SELECT words, number, place_id FROM reports")
    assert (words, place) == ("巷口的路灯不亮", server.town.lane.id)
    assert "已送达" in told
    assert number in told
    assert server.rows("SELECT state, type FROM photos") == [("stored", "jpeg")]
