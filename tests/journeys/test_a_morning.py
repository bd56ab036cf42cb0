"""A morning without signal: two rounds, three reports, and the page closed while they are sent."""

from __future__ import annotations

import hashlib
import random

import pytest
from PIL import Image

from tests.journeys.acts import BEGIN_TO_SEND, is_delivered, states
from tests.journeys.browser import until
from tests.journeys.desk import WIDE, sits_down

SLOWLY = 60_000  # bytes a second: a bad line, on which five photos take their time


@pytest.fixture
def shots(tmp_path):
    """Five photos as a camera takes them; noise does not pack."""
    paths = []
    for n in range(5):
        chance = random.Random(n)
        small = Image.frombytes("RGB", (400, 300), chance.randbytes(360_000))
        path = tmp_path / f"{n}.jpg"
        small.resize((2000, 1500)).save(path, quality=90)
        paths.append(path)
    return paths


def walks(browser, place, period):
    """All clear."""
    browser.opens(f"/app/patrols/{place.id}/{period}")
    browser.page.click("[data-part=finish]:enabled")
    browser.page.click("[data-part=finish]:has-text('走完了')")
    browser.page.wait_for_selector(".finish")


def reports(browser, place, words, photos):
    """One report with photos, on the form; kept while they are still being made small."""
    browser.opens(f"/app/reports/new?place={place.id}")
    browser.page.wait_for_selector("footer.actions button:enabled")
    browser.page.set_input_files("input[type=file][multiple]", photos)
    browser.page.click(".picker__tile:has-text('灯不亮')")
    browser.page.fill("[name=words]", words)
    browser.page.click("text=存下来")
    browser.page.wait_for_url(f"**/app/lanes/{place.id}")


def photos_stored(server) -> int:
    return server.rows("SELECT count(*) FROM photos WHERE state = 'stored'")[0][0]


def filed_words(desk):
    """What the list of the desk shows, each once."""
    shown = [words.strip("“”") for words in desk.page.locator(".queue__text").all_inner_texts()]
    assert len(shown) == len(set(shown))
    return shown


def test_what_was_kept_arrives_once_although_the_page_is_closed_while_sending(
    server, net, phone, shots
):
    lane = server.town.lane
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    net.set("refuse")
    for period in ("early", "midday"):
        walks(browser, lane, period)
    for words, photos in (("桶满了", shots[:2]), ("灯坏了", shots[2:4]), ("井盖松了", shots[4:])):
        reports(browser, lane, words, photos)
    kept = browser.outbox()
    assert [item["state"] for item in kept] == ["saved"] * 5

    net.set(rate=SLOWLY)
    browser.page.evaluate(BEGIN_TO_SEND)
    until(lambda: photos_stored(server) >= 1)
    browser.close()
    assert photos_stored(server) < 5
    net.set("refuse")

    browser = phone()
    browser.opens("/app/outbox")
    assert set(states(browser)) != {"delivered"}
    net.set()
    browser.opens("/app/outbox")
    assert is_delivered(browser)
    assert states(browser) == ["delivered"] * 5

    filed = {item["about"]: item["body"] for item in kept if item["kind"] == "report.filed@1"}
    found = server.rows("SELECT id, words FROM reports")
    assert sorted(found) == sorted((id, body["words"]) for id, body in filed.items())
    assert server.rows("SELECT period, state FROM patrols ORDER BY period") == [
        ("early", "walked"),
        ("midday", "walked"),
    ]
    named = {sha256 for (sha256,) in server.rows("SELECT sha256 FROM report_photos")}
    stored = server.rows("SELECT sha256, stored_sha256 FROM photos WHERE state = 'stored'")
    assert len(named) == 5
    assert {sha256 for sha256, _ in stored} == named
    for _, name in stored:
        [file] = server.data.glob(f"photos/*/*/*/{name}.jpg")
        assert hashlib.sha256(file.read_bytes()).hexdigest() == name
    assert (
        server.rows("SELECT count(*), count(DISTINCT number) FROM changes WHERE n > 0")[0][0] == 5
    )

    browser.opens("/app/")
    for period in ("early", "midday"):
        browser.page.wait_for_selector(f"[href*='{lane.id}/{period}']:has-text('走')")

    desk = phone("desk", **WIDE)
    sits_down(desk, server.town.coordinator)
    desk.page.click("a.queue__title >> nth=0")
    desk.page.wait_for_selector("#pane:has-text('田秀英') img")
    assert set(filed_words(desk)) == {"桶满了", "灯坏了", "井盖松了"}
