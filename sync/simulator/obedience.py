"""P20 and liveness: phones are silent while the server wants it, and no longer."""

from __future__ import annotations

from typing import Any, NamedTuple

from sync.simulator.checks import hold
from sync.simulator.phone import Phone
from sync.simulator.timepiece import HOUR, MINUTE

BACK_MS = 2 * MINUTE


class Told(NamedTuple):
    """When, by the phone's clock, it was told to wait, and for how long."""

    wall: int
    ms: int

    def passed(self, wall: int) -> int:
        """Since then; below zero when the clock was set back meanwhile."""
        return wall - self.wall


class Obedience:
    """Remembers what each phone was told: surely, once it has stored that, and perhaps before."""

    def __init__(self) -> None:
        self.surely: dict[int, Told] = {}
        self.perhaps: dict[int, Told] = {}
        self.free_since: dict[int, int] = {}

    def speaks(self, phone: Phone, now: int) -> None:
        """P20: no request before the announced wait."""
        self.free_since[id(phone)] = now
        if told := self.surely.get(id(phone)):
            passed = told.passed(phone.clock.wall(now))
            hold("P20", not 0 <= passed < told.ms, (phone.device, told, passed))
            del self.surely[id(phone)]

    def pressed(self, phone: Phone) -> None:
        """Somebody wants to send: of what was asked a minute is left, whoever sends then."""
        if told := self.surely.get(id(phone)):
            self.surely[id(phone)] = told._replace(ms=min(told.ms, MINUTE))

    def arrives(self, phone: Phone, answer: dict[str, Any], now: int) -> None:
        """An answer is there; the app may die before all that follows from it is stored."""
        _longer(self.perhaps, phone, answer, now)

    def hears(
        self, phone: Phone, asked: dict[str, Any], status: int, answer: dict[str, Any], now: int
    ) -> None:
        """All of it is stored; what a push acknowledged, too."""
        _longer(self.surely, phone, answer, now)
        is_push = status == 200 and "receipts" in answer
        if is_push and (asked["device"], asked["epoch"]) == (phone.device, phone.epoch):
            is_next = asked["first"] <= phone.acked + 1
            last = asked["first"] + asked["count"] - 1
            hold("P20", not is_next or phone.acked >= last, (phone.acked, asked))

    def copies(self, phone: Phone, twin: Phone) -> None:
        if told := self.perhaps.get(id(phone)):
            self.perhaps[id(twin)] = told

    def comes_back(self, phones: list[Phone], now: int) -> None:
        """Liveness: the network is up, the page is open, something waits, and so it goes."""
        for phone in phones:
            since = max(self.free_since.get(id(phone), now), self._free_at(phone, now))
            if phone.has_news():
                hold("liveness", now - since <= BACK_MS, (phone.device, now - since, phone.wait))
            self.free_since[id(phone)] = since if phone.has_news() else now

    def _free_at(self, phone: Phone, now: int) -> int:
        """When the longest wait it may have been told is over; this moment while it lasts."""
        told = self.perhaps.get(id(phone))
        if not told or (passed := told.passed(phone.clock.wall(now))) < 0:
            return 0
        return now - max(0, passed - min(HOUR, told.ms + told.ms // 2))


def _longer(told: dict[int, Told], phone: Phone, answer: dict[str, Any], now: int) -> None:
    """Of two waits that were asked for, the one that ends later."""
    after_s = answer.get("retry_after_s") or answer.get("next", {}).get("after_s")
    if not after_s:
        return
    wall, ms = phone.clock.wall(now), min(HOUR, after_s * 1000)
    before = told.get(id(phone))
    if not before or not 0 <= before.passed(wall) < before.ms - ms:
        told[id(phone)] = Told(wall, ms)
