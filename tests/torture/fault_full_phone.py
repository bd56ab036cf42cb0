"""A phone without room, and one whose storage somebody has cleared."""

from __future__ import annotations

from sqlalchemy import select

from server.database import db
from server.devices.models import Device
from tests.journeys.acts import BEGIN_TO_SEND, reports, sends
from tests.journeys.browser import until
from tests.torture.fault_browser_killed import WHAT_IS_KEPT, check
from tests.torture.tally import Found

POINTS, CLEARED, UNSENT = 50, 10, 5
PAGE = "/app/call"
ROOM = (0, 4_000, 20_000, 60_000, 120_000, 250_000, 500_000)

# Keeps on until something does not fit; names what was called saved, and why it ended.
KEEP_UNTIL_FULL = """async ([turn, place]) => {
  const { freeze } = lane.change
  const { keepPhoto } = lane.chunks
  const { recordId } = lane.bytes
  const { isFull } = lane.health
  const owner = (await lane.db.currentOwner()).name
  const saved = []
  try {
    for (let i = 0; i < 8; i += 1) {
      const words = `${turn}-${i}`
      const bytes = crypto.getRandomValues(new Uint8Array(i % 2 ? 90_000 : 9_000)).buffer
      const photo = await keepPhoto(owner, { bytes, type: "image/jpeg", thumb: null })
      const body = { place, category: "lamp_out", level: "community", words }
      const fact = { kind: "report.filed@1", about: recordId(), body, photos: [photo] }
      await freeze(owner, fact)
      saved.push(words)
    }
  } catch (fault) {
    return { saved, ended: isFull(fault) ? "full" : String(fault) }
  }
  return { saved, ended: "" }
}"""

KEEP_SOME = """async ([turn, place, count]) => {
  const owner = (await lane.db.currentOwner()).name
  for (let i = 0; i < count; i += 1) {
    const body = { place, category: "lamp_out", level: "community", words: `${turn}-${i}` }
    await lane.change.freeze(owner, { kind: "report.filed@1", about: lane.bytes.recordId(), body })
  }
}"""


def test_a_phone_without_room_keeps_what_it_called_saved(server, net, phone, chance, tell, times):
    points = times(POINTS)
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    cdp = browser.context.new_cdp_session(browser.page)
    net.set("refuse")
    browser.opens(PAGE)
    saved, full, found = [], 0, Found(0, 0, 0, 0)
    for turn in range(points):
        used = int(browser.js("navigator.storage.estimate().then(({ usage }) => usage)"))
        room = {"origin": browser.url, "quotaSize": used + chance.choice(ROOM)}
        cdp.send("Storage.overrideQuotaForOrigin", room)
        told = browser.page.evaluate(KEEP_UNTIL_FULL, [turn, server.town.lane.id])
        cdp.send("Storage.overrideQuotaForOrigin", {"origin": browser.url})
        assert told["ended"] in ("", "full"), told["ended"]
        saved += told["saved"]
        full += told["ended"] == "full"
        if turn % 10 == 9:
            browser.opens(PAGE)
            found += check(browser.js(WHAT_IS_KEPT), saved)

    browser.opens(PAGE)
    kept = browser.js(WHAT_IS_KEPT)
    found += check(kept, saved)
    net.set()
    sends(browser)
    until(lambda: len(reports(server)) >= len(kept))
    arrived = [words for (words,) in reports(server)]
    found += Found(lost=len(set(saved) - set(arrived)), doubled=len(arrived) - len(set(arrived)))
    assert full
    tell(
        "F9 a phone without room",
        points,
        found,
        f"{full} times full; {len(saved)} called saved, all there and delivered",
    )


def test_storage_that_somebody_cleared_is_noticed(server, net, phone, tell, times):
    cleared, unnoticed = times(CLEARED), 0
    member = server.town.steward
    browser = phone()
    cdp = browser.context.new_cdp_session(browser.page)
    for turn in range(cleared):
        browser.enrols(server.code_for(member))
        browser.page.evaluate(KEEP_SOME, [turn, server.town.lane.id, UNSENT])
        browser.context.route("**/sync/v1/push", lambda route: route.abort())
        browser.page.evaluate(BEGIN_TO_SEND)
        until(lambda so_far=turn: holding(server) > so_far)
        cdp.send("Storage.clearDataForOrigin", {"origin": browser.url, "storageTypes": "all"})
        browser.context.unroute_all()
        browser.opens("/app/")
        asked = browser.page.wait_for_selector("a[href*='/app/start'], #enrol", state="attached")
        unnoticed += asked is None
    assert holding(server) == cleared
    tell(
        "F9 storage cleared with unsent things",
        cleared,
        Found(half=unnoticed),
        f"each time the phone asks to be linked and the desk sees {UNSENT} that never came",
    )


def holding(server):
    """Phones that have told of all that is only on them."""
    with server.app.app_context():
        phones = db.session.scalars(
            select(Device).where(Device.unsent == UNSENT, Device.kind == "phone")
        ).all()
        db.session.rollback()
        return len(phones)
