"""Pushes wait in line: whoever is first takes those behind along in one transaction, one flush.

Where the whole database has one writer (SQLite) there is one line; elsewhere each community has its
own, for its counter row is the lock. A line that has grown too long says when to come again.
"""

from __future__ import annotations

import math
import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

from flask import Flask, current_app
from sqlalchemy import Connection

from server.database import db, is_busy, write_transaction
from server.exchange.journal import SqlJournal
from server.exchange.kinds import KINDS
from sync.reconcile import REFUSALS, Outcome, settle, settle_within
from sync.wire import Push

MOST_TOGETHER = 32
MOST_CHANGES_TOGETHER = 640
MOST_WAITING = 32  # in one process; with those that pull, less than its threads
MOST_PULLING = 12
MOST_COLD = 4
CALM_POLL_S = 60
LONGEST_WAIT_S = 300
LEAST_WAIT_S = 25  # who comes back sooner meets the same crowd, and is turned away once more
FIRST_PACE_S = 0.02
MEAN_OF_WAIT = 1.25  # phones wait what they are told and up to half of that more
PUSH, PULL = "/sync/v1/push", "/sync/v1/pull"


class Busy(Exception):
    """Too many wait already. `after_s`: when there will be room, in seconds."""

    def __init__(self, after_s: int) -> None:
        super().__init__(after_s)
        self.after_s = after_s


@dataclass(slots=True, eq=False)
class _Ticket:
    """One push in the line, and what became of it."""

    push: Push
    received_at: int
    called: Event = field(default_factory=Event)
    leads: bool = False
    outcome: Outcome | Exception | None = None


@dataclass(slots=True)
class _Queue:
    waiting: deque[_Ticket] = field(default_factory=deque)
    is_led: bool = False


class Line:
    """The pushes and pulls that are in one process just now. Safe for threads."""

    def __init__(self) -> None:
        self.pushing = 0
        self.pulling = 0
        self.cold = 0
        self.turned_away = 0
        self.pace_s = FIRST_PACE_S
        self._promised_until = 0.0
        self._queues: dict[str, _Queue] = {}
        self._lock = Lock()

    @property
    def is_long(self) -> bool:
        return self.pushing > MOST_WAITING // 2

    @property
    def wait_s(self) -> int:
        """How long who has just been heard should leave the others the word."""
        return math.ceil(self.pushing * self.pace_s) if self.is_long else 0

    @property
    def poll_s(self) -> int:
        """How long a phone with nothing to send leaves us in peace."""
        return CALM_POLL_S * (3 if self.is_long else 1)

    def knock(self, path: str) -> None:
        """Whether there is room, before who knocks has been looked at: in the worst hour most are
        turned away, and what that costs is taken from those who are heard. Raises Busy."""
        if path == PUSH and self.pushing >= MOST_WAITING:
            self._turn_away(LEAST_WAIT_S)
        if path == PULL and self.pulling >= MOST_PULLING:
            self._turn_away()

    @contextmanager
    def push(self) -> Iterator[None]:
        """Room for a push. Raises Busy."""
        with self._room("pushing", MOST_WAITING):
            yield

    @contextmanager
    def pull(self, *, is_cold: bool) -> Iterator[None]:
        """Room for a pull: pushes go before pulls, news before first fillings. Raises Busy."""
        if is_cold and self.is_long:
            self._turn_away()
        with self._room("pulling", MOST_PULLING), self._room("cold", MOST_COLD, is_cold):
            yield

    @contextmanager
    def _room(self, name: str, most: int, wanted: bool = True) -> Iterator[None]:
        if not wanted:
            yield
            return
        with self._lock:
            is_full = getattr(self, name) >= most
            if not is_full:
                setattr(self, name, getattr(self, name) + 1)
        if is_full:
            self._turn_away(LEAST_WAIT_S if name == "pushing" else 0)
        try:
            yield
        finally:
            with self._lock:
                setattr(self, name, getattr(self, name) - 1)

    def _turn_away(self, least_s: int = 0) -> None:
        """Everybody turned away is promised a later moment than the one before."""
        with self._lock:
            self.turned_away += 1
            now = time.monotonic()
            self._promised_until = max(self._promised_until, now) + self.pace_s
            ahead = self._promised_until - now + self.pushing * self.pace_s
        wait = max(ahead / MEAN_OF_WAIT, least_s) + random.random()  # noqa: S311 - no secret
        raise Busy(min(LONGEST_WAIT_S, 1 + math.ceil(wait)))

    def settle(self, push: Push, received_at: int) -> Outcome:
        """As `sync.reconcile.settle`, together with whoever else waits."""
        ticket = _Ticket(push, received_at)
        queue = self._join(ticket, "" if db.engine.name == "sqlite" else push.community)
        if not ticket.leads:
            ticket.called.wait()
        if ticket.leads:
            self._lead(queue)
        if isinstance(ticket.outcome, Outcome):
            return ticket.outcome
        raise ticket.outcome or Busy(1)  # nothing at all: whoever led was stopped

    def _join(self, ticket: _Ticket, name: str) -> _Queue:
        with self._lock:
            queue = self._queues.setdefault(name, _Queue())
            queue.waiting.append(ticket)
            if not queue.is_led:
                queue.is_led = ticket.leads = True
        return queue

    def _lead(self, queue: _Queue) -> None:
        """Settle those in front, then give the lead to the next in line."""
        group = self._in_front(queue)
        started = time.monotonic()
        try:
            _settle_group(group)
        finally:
            pace = (time.monotonic() - started) / len(group)
            self.pace_s += (pace - self.pace_s) / 8
            self._hand_on(queue)
            for ticket in group:
                ticket.called.set()

    def _in_front(self, queue: _Queue) -> list[_Ticket]:
        group: list[_Ticket] = []
        changes = 0
        with self._lock:
            while queue.waiting and len(group) < MOST_TOGETHER and changes < MOST_CHANGES_TOGETHER:
                group.append(queue.waiting.popleft())
                changes += len(group[-1].push.changes)
        return group

    def _hand_on(self, queue: _Queue) -> None:
        with self._lock:
            queue.is_led = bool(queue.waiting)
            if queue.waiting:
                queue.waiting[0].leads = True
                queue.waiting[0].called.set()


def _settle_group(group: Sequence[_Ticket]) -> None:
    """Everybody's outcome, or what stands in its way. One that spoils the group is found by
    settling each alone."""
    try:
        _settle_together(group)
    except Exception as fault:
        if is_busy(fault):  # nobody in the group is to blame
            for ticket in group:
                ticket.outcome = fault
            return
        for ticket in group:
            _settle_alone(ticket)


def _settle_alone(ticket: _Ticket) -> None:
    try:
        journal = SqlJournal(ticket.push.community)
        ticket.outcome = settle(ticket.push, journal, KINDS, ticket.received_at)
    except Exception as fault:
        ticket.outcome = fault


def _settle_together(group: Sequence[_Ticket]) -> None:
    found: list[Outcome | Exception] = []
    with write_transaction() as connection:
        journals = _journals(connection, group)
        for ticket in group:
            journal = journals[ticket.push.community]
            try:
                found.append(settle_within(ticket.push, journal, KINDS, ticket.received_at))
            except REFUSALS as no:
                found.append(no)
        for journal in journals.values():
            journal.write()
    for ticket, outcome in zip(group, found, strict=True):
        ticket.outcome = outcome  # told only now that all of it is flushed


def _journals(connection: Connection, group: Sequence[_Ticket]) -> dict[str, SqlJournal]:
    """A journal for each community, which has read what the pushes are about."""
    of_each: dict[str, list[_Ticket]] = {}
    for ticket in group:
        of_each.setdefault(ticket.push.community, []).append(ticket)
    journals = {}
    for community, ours in of_each.items():
        journal = journals[community] = SqlJournal(community, connection)
        journal.look_ahead((ticket.push for ticket in ours), ours[0].received_at)
    return journals


def line() -> Line:
    """The line of this process."""
    found: Line = current_app.extensions["line"]
    return found


def install(app: Flask) -> None:
    app.extensions["line"] = Line()
