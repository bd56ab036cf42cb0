"""The browser is killed while it keeps and while it sends: nothing acknowledged is lost or torn,
and all arrives once."""

import random
import time

import pytest

from tests.journeys.acts import BEGIN_TO_SEND, is_delivered, reports, sends

KILLS = 20

pytestmark = pytest.mark.timeout(600)

KEEP_ON_AND_ON = """(turn) => {
  window.acknowledged = []
  const keep = async () => {
    const { freeze } = lane.change
    const { keepPhoto } = lane.chunks
    const { recordId } = lane.bytes
    const { currentOwner } = lane.db
    const owner = (await currentOwner()).name
    const [place] = PLACES
    for (let i = 0; ; i += 1) {
      const words = `${turn}-${i}`
      const bytes = crypto.getRandomValues(new Uint8Array(60_000)).buffer
      const photo = await keepPhoto(owner, { bytes, type: "image/jpeg", thumb: null })
      const body = { place, category: "lamp_out", level: "community", words }
      const fact = { kind: "report.filed@1", about: recordId(), body, photos: [photo] }
      await freeze(owner, fact)
      await window.acknowledge(words)
    }
  }
  keep()
}"""

WHOLE = """async () => {
  const { currentOwner } = lane.db
  const { list } = lane.outbox
  const { isWhole } = lane.chunks
  const owner = (await currentOwner()).name
  const found = []
  for (const { change, photos } of await list(owner)) {
    const line = JSON.parse(new TextDecoder().decode(change.raw))
    const whole = await Promise.all(photos.map(({ sha256 }) => isWhole(owner, sha256)))
    found.push({ n: change.n, words: line.b.words, is_whole: whole.length === 1 && whole[0] })
  }
  return found
}"""


def test_kills_while_keeping_lose_and_tear_nothing(server, net, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    net.set("refuse")
    acknowledged = []
    chance = random.Random(20)
    for turn in range(KILLS):
        browser.context.expose_binding("acknowledge", lambda _source, w: acknowledged.append(w))
        browser.opens("/app/outbox")
        script = KEEP_ON_AND_ON.replace("PLACES", f"['{server.town.lane.id}']")
        browser.page.evaluate(script, turn)
        browser.page.wait_for_timeout(chance.uniform(50, 400))
        browser.kill()
        browser = phone()

    browser.opens("/app/outbox")
    kept = browser.js(WHOLE)
    words = [one["words"] for one in kept]
    assert set(acknowledged) <= set(words)
    assert len(words) == len(set(words))
    assert all(one["is_whole"] for one in kept)
    assert sorted(one["n"] for one in kept) == list(range(1, len(kept) + 1))


def test_kills_while_sending_double_nothing(server, net, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    chance = random.Random(21)
    written = []
    for turn in range(KILLS):
        browser.opens("/app/outbox")
        net.set("refuse")
        words = f"{turn:02}"
        browser.page.evaluate(KEEP_ONE, [server.town.lane.id, words])
        written.append((words,))
        net.set(latency=0.05)
        browser.page.evaluate(BEGIN_TO_SEND)
        time.sleep(chance.uniform(0, 0.6))
        browser.kill()
        browser = phone()

    net.set()
    browser.opens("/app/outbox")
    sends(browser)
    is_delivered(browser)
    assert reports(server) == written


KEEP_ONE = """async ([place, words]) => {
  const { freeze } = lane.change
  const { recordId } = lane.bytes
  const { currentOwner } = lane.db
  const body = { place, category: "lamp_out", level: "community", words }
  await freeze((await currentOwner()).name, { kind: "report.filed@1", about: recordId(), body })
}"""
