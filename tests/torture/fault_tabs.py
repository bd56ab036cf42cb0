"""Three tabs write and send at once, new editions come, the phone changes hands: one sends at a
time, and all arrives once."""

from __future__ import annotations

import shutil

import pytest

from server.settings import ROOT
from tests.journeys.acts import BEGIN_TO_SEND, reports, sends
from tests.journeys.browser import until
from tests.journeys.town_server import TownServer
from tests.torture.tally import Found

TABS, ROUNDS = 3, 200
PAGE = "/app/call"

KEEP = """async ([words, places]) => {
  const owner = await lane.db.currentOwner()
  const body = { place: places[owner.member], category: "lamp_out", level: "community", words }
  const fact = { kind: "report.filed@1", about: lane.bytes.recordId(), body }
  await lane.change.freeze(owner.name, fact)
}"""

CHANGE_HANDS = """async () => {
  const now = await lane.db.currentOwner()
  const other = (await lane.db.owners()).find(({ name }) => name !== now.name)
  await lane.db.makeCurrent(other)
}"""

TAKE_OVER = """async () => {
  const registration = await navigator.serviceWorker.getRegistration()
  await registration.update().catch(() => {})
  registration.waiting?.postMessage({ type: "take-over" })
}"""


@pytest.fixture
def server(tmp_path, empty_database):
    """A copy of the program whose worker may be replaced by a newer one."""
    root = tmp_path / "program"
    for name in ("server", "sync", "web", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    made = TownServer(tmp_path / "data", empty_database, root=root)
    made.program = "tests.torture.program:create_app()"
    made.environ = {**made.environ, "OVERLAPS": str(tmp_path / "overlaps")}
    made.start()
    yield made
    made.close()


def publishes(server, edition):
    worker = server.root / "web" / "service-worker.js"
    worker.write_text(worker.read_text() + f"\nself.edition = {edition}\n")


def test_tabs_editions_and_changes_of_hands_double_nothing(
    server, phone, chance, tell, times, tmp_path
):
    rounds, editions, handed = times(ROUNDS), 0, 0
    town = server.town
    places = {town.steward.id: town.lane.id, town.other_steward.id: town.other_lane.id}
    browser = phone()
    browser.enrols(server.code_for(town.steward))
    browser.opens(PAGE)
    browser.opens("/app/start#link")
    browser.page.fill("#code", server.code_for(town.other_steward))
    browser.page.click("#enrol button")
    browser.page.wait_for_selector("[data-part=ready-words]:visible")
    tabs = [browser.page, *(browser.context.new_page() for _ in range(TABS - 1))]
    for tab in tabs:
        tab.goto(browser.url + PAGE)
    written = []
    for number in range(rounds):
        if chance.random() < 0.1:
            editions += 1
            publishes(server, editions)
            chance.choice(tabs).evaluate(TAKE_OVER)
        if chance.random() < 0.1:
            handed += 1
            chance.choice(tabs).evaluate(CHANGE_HANDS)
        if chance.random() < 0.1:
            chance.choice(tabs).goto(browser.url + PAGE)
        for tab in chance.sample(tabs, chance.randint(1, TABS)):
            written.append(f"{number}-{len(written)}")
            tab.evaluate(KEEP, [written[-1], places])
        for tab in chance.sample(tabs, chance.randint(1, TABS)):
            tab.evaluate(BEGIN_TO_SEND)

    sends(browser)
    until(lambda: len(reports(server)) >= len(written))
    arrived = [words for (words,) in reports(server)]
    overlaps = tmp_path / "overlaps"
    found = Found(
        lost=len(set(written) - set(arrived)),
        doubled=len(arrived) - len(set(arrived)),
        half=len(overlaps.read_text().splitlines()) if overlaps.exists() else 0,
    )
    assert set(arrived) == set(written)
    tell(
        "F20 three tabs, editions, hands",
        rounds,
        found,
        f"{len(written)} written, {editions} editions, {handed} changes of hands; never two "
        f"senders at once",
    )
