"""Networks as they are in cellars and trains: whatever they swallow, all arrives once they heal,
and no phone believes that something arrived which did not."""

from __future__ import annotations

import random
import threading
import time

from sqlalchemy import func, select

from server.exchange.models import ChangeRow
from tests.journeys.acts import BEGIN_TO_SEND, reports, sends, states
from tests.journeys.browser import until
from tests.journeys.netproxy import NetProxy
from tests.torture.crowd import check_all
from tests.torture.fault_tabs import KEEP, PAGE
from tests.torture.tally import Found
from tests.torture.wire import Lost, Wire

PHONES, RUNS, BROWSER_RUNS = 10, 500, 28
BAD_S, HEALED_S = 0.8, 60
PATIENCE_S = 20  # a phone's own
HASTE_S = 0.4  # while the network is bad, so that a run takes a second

BAD = (
    {"mode": "refuse"},
    {"mode": "reset"},
    {"mode": "stall"},
    {"mode": "mute"},
    {"mode": "portal"},
    {"loss": 0.3},
    {"latency": 0.2},
    {"latency": 0.5},
    {"rate": 1000},
    {"cut_up": 300},
    {"cut_up": 1200},
    {"cut_down": 0},
    {"cut_down": 120},
    {"cut_down": 400},
)


class Traveller(threading.Thread):
    """A phone with a network of its own, that goes bad and heals again and again."""

    def __init__(self, home, walker, runs, seed):
        super().__init__(daemon=True)
        self.home, self.walker, self.runs = home, walker, runs
        self.net = NetProxy(home.port)
        self.phone = walker.phone
        self.wire = self.phone.client = Wire(self.net.port, PATIENCE_S)
        self.chance = random.Random(seed)
        self.slowest, self.false, self.fault = 0.0, 0, None

    def run(self):
        try:
            for _ in range(self.runs):
                self._one()
        except BaseException as fault:
            self.fault = fault
            raise
        finally:
            self.net.close()

    def _one(self):
        self.net.set(**self.chance.choice(BAD))
        self.wire.patience_s = HASTE_S
        until = time.monotonic() + self.chance.uniform(0.2, BAD_S)
        for _ in range(self.chance.randint(1, 4)):
            self.walker.filed.append(self.phone.files_report(self.walker.lane, "路上写的"))
        while time.monotonic() < until:
            self._tries()
        self.false += self.phone.acked > self._kept()
        self.net.set()
        self.wire.patience_s = PATIENCE_S
        healed = time.monotonic()
        while not self._tries() or self.phone.acked < len(self.phone.lines):
            assert time.monotonic() - healed < HEALED_S, "stalled"
        self.slowest = max(self.slowest, time.monotonic() - healed)

    def _tries(self):
        """Sends what waits, and asks for news; False when something did not come back."""
        try:
            if self.phone.acked < len(self.phone.lines):
                self.phone.pushes(packed=self.chance.random() < 0.5)
            else:
                self.phone.says_hello()
            return self.phone.pulls().status_code == 200
        except Lost:
            time.sleep(0.1)
            return False

    def _kept(self):
        with self.home.engine.connect() as rows:
            mine = ChangeRow.device_id == self.phone.device
            return rows.scalar(select(func.count()).select_from(ChangeRow).where(mine)) or 0


def news(home, phone):
    """What a phone knows when it has heard everything."""
    phone.client = Wire(home.port)
    before = None
    while phone.rows != before:
        before = dict(phone.rows)
        assert phone.pulls(limit=500).status_code == 200
    return {about: row for (_, _, about), row in before.items()}


def test_bad_networks_stall_nothing_and_tell_no_lies(house, tell, times, seed):
    runs = max(PHONES, times(RUNS))
    home = house(PHONES)
    travellers = [
        Traveller(home, walker, runs // PHONES, seed * 1000 + n)
        for n, walker in enumerate(home.crowd.walkers)
    ]
    for one in travellers:
        one.start()
    for one in travellers:
        one.join()
    assert [one.fault for one in travellers if one.fault] == []

    told = [news(home, one.phone) for one in travellers]
    assert all(one == told[0] for one in told), "phones differ from each other"
    assert len(told[0]) == home.crowd.acked
    lies = Found(lost=sum(one.false for one in travellers))
    tell(
        "F16 bad networks",
        runs // PHONES * PHONES,
        check_all(home.engine, home.crowd) + lies,
        f"{len(BAD)} kinds; {home.crowd.acked} changes, 0 stalled, 0 diverged, 0 false 'sent'; all "
        f"there {max(one.slowest for one in travellers):.1f} s after healing at most",
    )


def test_a_real_browser_on_bad_networks_tells_no_lies(server, net, phone, chance, tell, times):
    runs = times(BROWSER_RUNS)
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    browser.opens(PAGE)
    places = {server.town.steward.id: server.town.lane.id}
    written, lies, slowest = [], 0, 0.0
    for run in range(runs):
        net.set(**BAD[run % len(BAD)])
        written.append(f"{run:03}")
        browser.page.evaluate(KEEP, [written[-1], places])
        browser.page.evaluate(BEGIN_TO_SEND)
        browser.page.wait_for_timeout(chance.uniform(300, 1500))
        told = {one["body"]["words"] for one in browser.outbox() if one["state"] == "delivered"}
        lies += len(told - {words for (words,) in reports(server)})
        net.set()
        healed = time.monotonic()
        until(lambda: sends(browser) and set(states(browser)) == {"delivered"}, HEALED_S)
        slowest = max(slowest, time.monotonic() - healed)
    arrived = [words for (words,) in reports(server)]
    found = Found(
        lost=len(set(written) - set(arrived)) + lies, doubled=len(arrived) - len(set(arrived))
    )
    tell(
        "F16 bad networks, Chromium",
        runs,
        found,
        f"{len(BAD)} kinds, 0 stalled, 0 false 'sent'; there {slowest:.1f} s after healing at most",
    )
