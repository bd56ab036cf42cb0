"""Phones that do not wait as they are asked, or do not come back: mutants of section 12."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.simulator import patience
from sync.simulator.disk import Disk
from sync.simulator.patience import Wait
from sync.simulator.phone import Phone

if TYPE_CHECKING:
    from sync.simulator.mutants import Swap


def header_ignored(swap: Swap) -> None:
    real = patience.pause
    swap(patience, "pause", lambda failures, after_s, chance: real(max(1, failures), 0, chance))


def backoff_ignored(swap: Swap) -> None:
    """What an answer 200 asks for is not read; Firefox Sync's first year went down by this."""
    real = Phone.heeds

    def heeds(self: Phone, status: int, answer: dict[str, Any], now: int) -> None:
        if status != 200:
            real(self, status, answer, now)

    swap(Phone, "heeds", heeds)


def forgotten_at_restart(swap: Swap) -> None:
    real = Disk.restart

    def restart(self: Disk) -> None:
        real(self)
        self.wait = None

    swap(Disk, "restart", restart)


def skipped(swap: Swap, who: str) -> None:
    real = patience.held_until

    def held_until(wait: Wait, now: int, by: str) -> int:
        return 0 if by == who else real(wait, now, by)

    swap(patience, "held_until", held_until)


def never_back(swap: Swap) -> None:
    """The timer is not set again once the phone has been told to wait."""
    real = Phone.comes_back

    def comes_back(self: Phone, now: int) -> None:
        real(self, now)
        self.next_at += 10**12 if self.wait else 0

    swap(Phone, "comes_back", comes_back)


def muted_by_a_header(swap: Swap) -> None:
    swap(patience, "MOST_S", 10**9)


def herd(swap: Swap) -> None:
    """No chance in it: all come back in the same second."""
    real = patience.pause
    swap(patience, "pause", lambda failures, after_s, chance: real(failures, after_s, 0))


def waits_first(swap: Swap) -> None:
    """A success that asks for time is taken for a refusal: what it acknowledged is not stored."""
    real = Phone.pushed

    def pushed(self: Phone, asked: dict[str, Any], status: int, answer: dict[str, Any]) -> None:
        if not answer.get("next", {}).get("after_s"):
            real(self, asked, status, answer)

    swap(Phone, "pushed", pushed)


def rests_too_long(swap: Swap) -> None:
    """Failures alone mute it for a quarter of an hour, while the server is long well again."""
    swap(patience, "LAST_S", 900)
