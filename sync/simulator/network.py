"""A network that loses requests and answers, repeats them, delays them and cuts them short."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from sync.simulator.disk import Crash
from sync.simulator.phone import Phone

LATEST_MS = 30_000  # a phone gives up after this; what arrives later has arrived once before

Handler = Callable[[bytes], tuple[int, dict[str, Any]]]
Heard = Callable[[dict[str, Any], int, dict[str, Any]], None]


class Sent(NamedTuple):
    """A request on its way, and who waits for its answer."""

    phone: Phone
    session: int
    at: int
    body: bytes
    asked: dict[str, Any]
    handler: Handler
    heard: Heard


class Network:
    """Faults by chance until `calm`."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.calm = False
        self.waiting: list[Sent] = []
        self.echoes: list[Sent] = []
        self.answers: list[tuple[Sent, int, dict[str, Any]]] = []

    def send(self, sent: Sent) -> None:
        if self.calm:
            return self._arrive(sent)
        chance = self.rng.random()
        if chance < 0.2:
            return None
        if chance < 0.3:
            self.waiting.append(sent)
            return None
        return self._arrive(sent)

    def _arrive(self, sent: Sent) -> None:
        status, answer = sent.handler(sent.body)
        if self.calm:
            return self._hear(sent, status, answer)
        if self.rng.random() < 0.15 and status < 500:
            self.echoes.append(sent)
        chance = self.rng.random()
        if chance < 0.3:  # lost, or cut short: the phone cannot tell these apart
            return None
        if chance < 0.4:
            self.answers.append((sent, status, answer))
            return None
        return self._hear(sent, status, answer)

    def _hear(self, sent: Sent, status: int, answer: dict[str, Any]) -> None:
        if sent.session != sent.phone.session:
            return
        try:
            sent.heard(sent.asked, status, answer)
        except Crash:
            sent.phone.restart()

    def stir(self, now: int) -> None:
        """Something that was held up moves on, in no particular order."""
        queue = self.rng.choice((self.waiting, self.echoes, self.answers))
        if not queue:
            return
        found: Any = queue.pop(self.rng.randrange(len(queue)))
        if queue is self.answers:
            self._hear(*found)
        elif queue is self.echoes:
            found.handler(found.body)
        elif now - found.at <= LATEST_MS:
            self._arrive(found)

    def settle(self, now: int) -> None:
        """Whatever is still on its way arrives or is lost for good."""
        while self.waiting or self.echoes or self.answers:
            self.stir(now)
        self.calm = True

    def busy(self, phone: Phone) -> bool:
        return any(s.phone is phone and s.session == phone.session for s in self.waiting) or any(
            s.phone is phone and s.session == phone.session for s, _, _ in self.answers
        )
