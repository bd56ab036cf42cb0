"""Actors that ask when it is their time, each on a connection of its own: an open loop."""

from __future__ import annotations

import heapq
import select
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.load import NOTHING, Answer, Line

PATIENCE_S = 20.0
TICK_S = 1.0


class Actor(Protocol):
    """Somebody who asks; `stays` on its connection between two questions."""

    stays: bool

    def ask(self) -> bytes:
        """The next question, made now."""

    def heard(self, answer: Answer) -> float | None:
        """Seconds until the next question; None when there is none. Status 0: no answer came."""


@dataclass(slots=True)
class _Talk:
    actor: Actor
    line: Line
    given_up_at: float


@dataclass(slots=True)
class Crowd:
    """All actors on one server. `now` counts seconds since they began."""

    port: int
    poll: select.epoll = field(default_factory=select.epoll)
    now: float = 0.0
    _due: list[tuple[float, int, Actor]] = field(default_factory=list)
    _talks: dict[int, _Talk] = field(default_factory=dict)
    _resting: dict[int, Line] = field(default_factory=dict)
    _order: int = 0

    def add(self, actor: Actor, at: float) -> None:
        """The actor asks for the first time at `at` (s)."""
        self._order += 1
        heapq.heappush(self._due, (at, self._order, actor))

    def drive(self, goes_on: Callable[[], bool], tick: Callable[[], None]) -> None:
        """Until nobody has anything to ask or `goes_on` says no; `tick` about once a second."""
        began, next_tick = time.perf_counter(), 0.0
        while (self._due or self._talks) and goes_on():
            self.now = time.perf_counter() - began
            if self.now >= next_tick:
                next_tick = self.now + TICK_S
                self._give_up()
                tick()
            self._begin()
            wait = min(next_tick, self._due[0][0] if self._due else next_tick) - self.now
            for number, _ in self.poll.poll(max(0.0, wait)):
                self._step(number)
        self._close(talk.line for talk in self._talks.values())
        self._close(self._resting.values())
        self.poll.close()

    def _begin(self) -> None:
        while self._due and self._due[0][0] <= self.now:
            _, _, actor = heapq.heappop(self._due)
            line = self._resting.pop(id(actor), None) or Line(self.port, self.poll)
            number = line.ask(actor.ask())
            self._talks[number] = _Talk(actor, line, self.now + PATIENCE_S)

    def _step(self, number: int) -> None:
        talk = self._talks.pop(number, None)
        if talk is None:
            return
        said = talk.line.step()
        if isinstance(said, int):
            self._talks[said] = talk
        else:
            self._end(talk, said)

    def _end(self, talk: _Talk, answer: Answer) -> None:
        if talk.actor.stays:
            self._resting[id(talk.actor)] = talk.line
        else:
            talk.line.close()
        pause = talk.actor.heard(answer)
        if pause is not None:
            self.add(talk.actor, self.now + pause)

    def _give_up(self) -> None:
        """Whoever has waited longer than a phone does hangs up."""
        late = [number for number, talk in self._talks.items() if talk.given_up_at < self.now]
        for number in late:
            talk = self._talks.pop(number)
            talk.line.close()
            self._end(talk, NOTHING)

    def _close(self, lines: Iterable[Line]) -> None:
        for line in lines:
            line.close()


def header(answer: Answer, name: str) -> str | None:
    """One header of an answer; `name` in lower case."""
    for line in answer.head.decode("latin-1").splitlines():
        if line.lower().startswith(f"{name}:"):
            return line.partition(":")[2].strip()
    return None
