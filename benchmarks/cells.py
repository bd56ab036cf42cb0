"""One run of one server: its phases, each timed, its answers read and its store counted."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

import psutil

from benchmarks.load import Run, quantile, run
from benchmarks.servers import Served, serving
from benchmarks.stores import Copy, Store
from benchmarks.targets import GZIP, Target
from benchmarks.towns import Phone, Town, day_of
from sync.change import NO_CHAIN

WARMING = 8
FINE = (200, 201)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run: the phases, with how many connections, over how much history."""

    phases: Sequence[str]
    concurrency: int
    history: int
    pushes: int
    pulls: int = 500


@dataclass(frozen=True, slots=True)
class Figure:
    """One phase of one run. `done`: reports, rows or answers; `up`, `down`: bytes of each."""

    target: str
    history: int
    concurrency: int
    phase: str
    requests: int
    done: int
    failed: int
    trouble: str
    seconds: float
    cpu: float
    client_cpu: float
    noise: float
    times: list[float]
    up: float
    down: float

    @property
    def rate(self) -> float:
        """Reports a second for a push; else requests a second."""
        done = self.done if self.phase == "push" else self.requests - self.failed
        return done / self.seconds

    def ms(self, share: float) -> float:
        return 1000 * quantile(self.times, share)

    @property
    def cpu_a_thousand(self) -> float:
        """Processor seconds of the server for a thousand reports, rows or answers."""
        return 1000 * self.cpu / max(1, self.done)


class Miscounted(AssertionError):
    """The store does not hold what was accepted."""


def measure(target: Target, store: Store, template: str, town: Town, plan: Plan) -> list[Figure]:
    """Serve a fresh copy and run the phases; every accepted report must be in the store."""
    for phone in town.phones + town.spare:
        phone.n, phone.chain = 0, NO_CHAIN
    beside = store.processes()
    with (
        store.fresh(template) as copy,
        serving(target.command(store.engine), target.environ(copy), beside=beside) as served,
    ):
        before = target.stored(copy)
        session = Session(target, town, served, plan)
        warm = session.warm()
        figures = [session.phase(name) for name in plan.phases]
        _count(target, copy, before + warm + sum(f.done for f in figures if f.phase == "push"))
    return figures


def _count(target: Target, copy: Copy, expected: int) -> None:
    found = target.stored(copy)
    if found < expected or (found > expected and target.is_exact):
        raise Miscounted(f"{target.name}: {expected} accepted, {found} stored")


@dataclass
class Session:
    """The requests of a day, made for one server as it goes along."""

    target: Target
    town: Town
    served: Served
    plan: Plan
    made: list[bytes] = field(default_factory=list)
    since: Mapping[str, int] = field(default_factory=dict)

    def warm(self) -> int:
        """Have every worker do everything once; how many reports that stored."""
        phones, port = self.town.spare, self.served.port
        self.target.ready(port, self.town)
        answers = run(port, self._day(phones, 1), WARMING).answers
        run(port, [self.target.pull(phone, 0, {}) for phone in phones], WARMING)
        self.since = self.target.heads(port, self.town)
        return sum(self.target.accepted(answer) for answer in answers)

    def phase(self, name: str) -> Figure:
        """Run one phase. What it asks is made and signed before, what it is told read after."""
        requests = self._requests(name)
        before, busy = self.served.cpu(), _busy()
        owners = list(islice(cycle(self.town.phones), len(requests)))
        done = run(self.served.port, requests, self.plan.concurrency, [id(p) for p in owners])
        cpu = self.served.cpu() - before
        noise = _busy() - busy - cpu - done.client_cpu
        return self._figure(name, requests, done, cpu, noise)

    def _requests(self, name: str) -> list[bytes]:
        if name == "push":
            self.made = self._day(self.town.phones, 2)[: self.plan.pushes]
        if name in ("push", "retry"):
            return self.made
        many = self.plan.pulls * (2 if name == "quiet" else 1)
        phones = islice(cycle(self.town.phones), many)
        since = self.target.heads(self.served.port, self.town) if name == "quiet" else self.since
        headers = GZIP if name == "packed" else {}
        return [self.target.pull(phone, since[phone.community], headers) for phone in phones]

    def _day(self, phones: Sequence[Phone], batches: int) -> list[bytes]:
        pushes = zip(list(phones) * batches, day_of(phones, batches), strict=True)
        return [self.target.push(phone, lines, more=batches > 1) for phone, lines in pushes]

    def _figure(
        self, name: str, requests: list[bytes], run: Run, cpu: float, noise: float
    ) -> Figure:
        count = self.target.accepted if name in ("push", "retry") else self.target.rows
        wrong = [answer for answer in run.answers if answer.status not in FINE]
        done = len(requests) if name == "quiet" else sum(map(count, run.answers))
        return Figure(
            target=self.target.name,
            history=self.plan.history,
            concurrency=self.plan.concurrency,
            phase=name,
            requests=len(requests),
            done=done,
            failed=len(wrong),
            trouble=f"{wrong[0].status} {wrong[0].body[:200]!r}" if wrong else "",
            seconds=run.seconds,
            cpu=cpu,
            client_cpu=run.client_cpu / run.seconds,
            noise=max(0.0, noise / run.seconds / (os.cpu_count() or 1)),
            times=run.times(),
            up=sum(map(len, requests)) / max(1, done),
            down=sum(answer.received for answer in run.answers) / max(1, done),
        )


def _busy() -> float:
    """Seconds the machine's processors have worked so far, for whomever."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq + times.steal)
