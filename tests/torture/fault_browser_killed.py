"""Chromium is killed while it writes: what it had called saved is there when it opens again."""

from __future__ import annotations

from collections import Counter

from tests.journeys.acts import BEGIN_TO_SEND, reports, sends
from tests.journeys.browser import until
from tests.torture.tally import Found

KILLS = 200
PAGE = "/app/call"  # one without lists, so that a turn takes a second

# The first of a turn has a photo; each is acknowledged to this process once it is called saved.
KEEP_ON = """async ([turn, place]) => {
  const { freeze } = lane.change
  const { keepPhoto } = lane.chunks
  const { recordId } = lane.bytes
  const owner = (await lane.db.currentOwner()).name
  for (let i = 0; i < 12; i += 1) {
    const words = `${turn}-${i}`
    const photos = []
    if (i === 0) {
      const bytes = crypto.getRandomValues(new Uint8Array(60_000)).buffer
      photos.push(await keepPhoto(owner, { bytes, type: "image/jpeg", thumb: null }))
    }
    const body = { place, category: "lamp_out", level: "community", words }
    await freeze(owner, { kind: "report.filed@1", about: recordId(), body, photos })
    await acknowledge(words)
  }
}"""

WHAT_IS_KEPT = """async () => {
  const { list } = lane.outbox
  const { isWhole } = lane.chunks
  const owner = (await lane.db.currentOwner()).name
  const found = []
  for (const { change, photos } of await list(owner)) {
    const { words } = JSON.parse(new TextDecoder().decode(change.raw)).b
    const here = photos.filter(({ is_here }) => is_here)
    const whole = await Promise.all(here.map(({ sha256 }) => isWhole(owner, sha256)))
    const named = change.photos.length === photos.length
    found.push([change.n, words, named && whole.every(Boolean)])
  }
  return found
}"""


def check(kept, saved):
    words = Counter(words for _n, words, _whole in kept)
    numbers = sorted(n for n, _words, _whole in kept)
    return Found(
        lost=len(set(saved) - set(words)),
        doubled=sum(times - 1 for times in words.values()),
        torn=sum(not is_whole for _n, _words, is_whole in kept),
        half=int(numbers != list(range(1, len(kept) + 1))),
    )


def test_a_browser_killed_while_it_writes_loses_nothing_saved(
    server, net, phone, chance, tell, times
):
    kills = times(KILLS)
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    saved: list[str] = []
    found = Found(0, 0, 0, 0)
    for turn in range(kills):
        browser.context.expose_binding("acknowledge", lambda _source, words: saved.append(words))
        browser.opens(PAGE)
        is_known = browser.js("lane.db.currentOwner()")
        assert is_known, (turn, saved, browser.js("indexedDB.databases()"))
        # Half of them in the middle of an exchange too: rows, pages and receipts come in.
        net.set("up" if turn % 2 else "refuse")
        if turn % 10 == 0:
            found += check(browser.js(WHAT_IS_KEPT), saved)
        browser.page.evaluate(
            f"([turn, place]) => void ({KEEP_ON})([turn, place])",
            [
                turn,
                server.town.lane.id,
            ],
        )
        browser.page.evaluate(BEGIN_TO_SEND)
        browser.page.wait_for_timeout(chance.uniform(20, 500))
        browser.kill()
        browser = phone()

    net.set()
    browser.opens(PAGE)
    kept = browser.js(WHAT_IS_KEPT)
    found += check(kept, saved)
    sends(browser)
    until(lambda: len(reports(server)) >= len(kept))
    arrived = [words for (words,) in reports(server)]
    written = sorted(words for _n, words, _whole in kept)
    found += Found(lost=len(set(written) - set(arrived)), doubled=len(arrived) - len(set(arrived)))
    assert sorted(arrived) == written
    tell(
        "F8 Chromium killed while it writes",
        kills,
        found,
        f"{len(saved)} called saved; {len(kept)} kept and delivered; opened again every time",
    )
