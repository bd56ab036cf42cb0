"""A new edition of the app is offered, never forced."""

from __future__ import annotations

import shutil

import pytest

from server.settings import ROOT
from tests.journeys.browser import until
from tests.journeys.town_server import TownServer

NEW_WORD = "换了新版"
WRITTEN = "写到一半，巷口的灯"


@pytest.fixture
def server(tmp_path, empty_database):
    """Runs a copy of the program, which may be replaced by a newer one."""
    root = tmp_path / "program"
    for name in ("server", "sync", "web"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    found = TownServer(tmp_path / "data", empty_database, root=root)
    found.start()
    yield found
    found.close()


def publishes(server):
    """A newer program in the place of the older, with another word on a page and in a script."""
    server.stop()
    page = server.root / "web/templates/app/outbox.html"
    page.write_text(page.read_text().replace('<h2 id="health">', f'<h2 id="health">{NEW_WORD} '))
    script = server.root / "web/static/js/phone.js"
    script.write_text(script.read_text() + "\ndocument.documentElement.dataset.edition = 'new'\n")
    server.start()


def is_new(page):
    return page.locator("html[data-edition=new]").count() == 1


def looks_for_news(page):
    """What the browser does by itself when somebody comes back to the page, or after half a day."""
    page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")


def test_a_new_edition_waits_until_the_form_is_kept_and_then_comes_with_one_tap(server, net, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    page = browser.page
    browser.opens(f"/app/reports/new?place={server.town.lane.id}")
    page.wait_for_selector("footer.actions button:enabled")
    page.fill("[name=words]", WRITTEN)
    page.wait_for_selector("[data-part=draft-state]:visible")

    publishes(server)
    looks_for_news(page)
    page.wait_for_selector("[data-update] :text('有新版本')")
    page.click("[data-update] button")
    page.wait_for_selector("[data-update] :text('先做完手上的')")
    assert page.input_value("[name=words]") == WRITTEN
    assert not is_new(page)
    net.set("refuse")
    browser.opens("/app/outbox")  # the older edition still has all its files
    page.wait_for_selector("[data-part=drafts] .row")
    assert NEW_WORD not in page.inner_text("main")
    assert not is_new(page)

    browser.opens("/app/reports/new")
    page.wait_for_selector("footer.actions button:enabled")
    assert page.input_value("[name=words]") == WRITTEN
    page.click(".picker__tile:has-text('灯不亮')")
    page.click("text=存下来")
    page.wait_for_url("**/app/lanes/**")
    until(lambda: not page.evaluate("lane.exchange.isRunning()"))  # while it sends, it waits
    with page.expect_event("load"):
        page.click("[data-update] button")
    page.wait_for_selector("html[data-edition=new]")
    page.wait_for_selector("#open [data-pending]:has-text('灯不亮')")
    browser.opens("/app/outbox")
    page.wait_for_selector(f"text={NEW_WORD}")
    assert [item["body"]["words"] for item in browser.outbox()] == [WRITTEN]
