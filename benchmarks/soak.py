"""A soak: half of what the server can take, for long; nothing may grow but what is stored."""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from benchmarks import load, machine, stores
from benchmarks.crowd import Crowd, header
from benchmarks.desk import Desk, signed_in
from benchmarks.load import Answer, request
from benchmarks.servers import Served, ours, procfile, serving, working
from benchmarks.stores import Copy
from benchmarks.targets import Packed
from benchmarks.templates import lay
from benchmarks.towns import BATCH, PULL, Phone, Town, compact, now_ms, report_line
from tests.make import PASSWORD

AT_MOST = 8
SHARE = 0.5
TRIAL_S = 20.0
FILLING = 100
SAMPLE_S = 5.0
MOST_MB_AN_HOUR = 1.0
MOST_MORE = 4
MB = 2**20
PAGES = ("/reports", "/reports?state=screening", "/f/reports/news?since=1", "/health")


@dataclass(slots=True)
class Walker:
    """A phone's round, again and again: write 20 reports, push them, pull what is new, twice."""

    phone: Phone
    every_s: float
    crowd: Crowd
    said: Counter[str]
    chance: random.Random
    cursors: dict[str, list[int]] = field(default_factory=dict)
    raw: bytes = b""
    step: int = 0
    began: float = 0.0
    stays: bool = False

    def ask(self) -> bytes:
        if self.step:
            return self.phone.asks(PULL, self._news(), **{"Accept-Encoding": "gzip"})
        if not self.raw:
            self.began = self.crowd.now
            lines = [report_line(self.phone, self.chance, now_ms() - 1000) for _ in range(BATCH)]
            self.raw = Packed().push(self.phone, lines, more=False)
        return self.raw

    def _news(self) -> bytes:
        body = json.loads(self.phone.pull_body(0))
        body["cursors"] = self.cursors or body["cursors"]
        return compact(body)

    def heard(self, answer: Answer) -> float | None:
        told = header(answer, "retry-after")
        name = "pull" if self.step else "push"
        self.said[f"{name} {answer.status}"] += 1
        if answer.status != 200:
            return float(told or 5) * (1 + self.chance.random() / 2)
        if self.step:
            scopes = Packed().read(answer)["scopes"]
            self.cursors = {
                scope: [at, cold if more else 0] for scope, (at, cold, more) in scopes.items()
            }
        self.raw, self.step = b"", (self.step + 1) % 3
        rest = self.every_s - (self.crowd.now - self.began)
        return max(0.0, rest) if self.step == 0 else 0.0


@dataclass(slots=True)
class SignIn:
    """Somebody signs in again and again, by password."""

    name: str
    said: Counter[str]
    every_s: float = 60.0
    stays: bool = False

    def ask(self) -> bytes:
        form = urlencode({"name": self.name, "password": PASSWORD}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return request("POST", "/session", form, kind | {"Sec-Fetch-Site": "same-origin"})

    def heard(self, answer: Answer) -> float | None:
        self.said[f"sign-in {answer.status}"] += 1
        return self.every_s


@dataclass(slots=True)
class Sample:
    at: float
    memory: int
    worker: int
    handles: int
    threads: int
    wal: int


@dataclass(slots=True)
class Watch:
    """What the server has of everything, every few seconds."""

    served: Served
    worker: psutil.Process
    wal: Path
    crowd: Crowd
    samples: list[Sample] = field(default_factory=list)

    def look(self) -> None:
        if self.samples and self.crowd.now - self.samples[-1].at < SAMPLE_S:
            return
        wal = self.wal.stat().st_size if self.wal.exists() else 0
        own, worker = self.served, Served(0, self.worker)
        figures = own.memory(), worker.memory(), own.handles(), own.threads(), wal
        self.samples.append(Sample(self.crowd.now, *figures))

    def after_warming(self) -> list[Sample]:
        return self.samples[len(self.samples) // 4 :]


def slope_mb_an_hour(samples: Sequence[Sample], read: Callable[[Sample], int]) -> float:
    """The line through the samples that is nearest to all, by least squares."""
    at = [sample.at / 3600 for sample in samples]
    return statistics.linear_regression(at, [read(sample) / MB for sample in samples]).slope


def fill(served: Served, cookie: str) -> None:
    """Every thread and every connection of the pools is there before it is watched."""
    page = request("GET", PAGES[0], headers={"Cookie": cookie})
    load.run(served.port, [page] * FILLING * 4, FILLING)


def rounds_a_second(served: Served, town: Town, said: Counter[str]) -> float:
    """What the server can take: a few phones whose rounds follow each other at once."""
    crowd, chance = Crowd(served.port), random.Random(2)
    for phone in town.spare[:AT_MOST]:
        crowd.add(Walker(phone, 0.0, crowd, said, chance), 0.0)
    crowd.drive(lambda: crowd.now < TRIAL_S, lambda: None)
    return said["push 200"] / TRIAL_S


def soak(
    served: Served, town: Town, cookie: str, seconds: float, watch: Watch, pace: float
) -> Counter[str]:
    """The mixed load at that many rounds a second."""
    crowd, chance, said = watch.crowd, random.Random(3), Counter[str]()
    every = len(town.phones) / pace
    for phone in town.phones:
        crowd.add(Walker(phone, every, crowd, said, chance), chance.random() * every)
    desks = [Desk(cookie, path, 3.0) for path in PAGES]
    for desk in desks:
        crowd.add(desk, chance.random())
    crowd.add(SignIn(town.coordinators[0].name, said), 1.0)
    crowd.drive(lambda: crowd.now < seconds, watch.look)
    for desk in desks:
        said[f"{desk.path} 200"] += len(desk.seconds) - desk.failed
        said[f"{desk.path} other"] += desk.failed
    return said


def verdicts(watch: Watch, said: Counter[str], stored: int) -> bool:
    """Print what came of it; True when every bar is met."""
    samples = watch.after_warming()
    half = len(samples) // 2
    web = slope_mb_an_hour(samples, lambda s: s.memory)
    worker = slope_mb_an_hour(samples, lambda s: s.worker)
    accepted = said["push 200"] * BATCH

    def grown(read: Callable[[Sample], int]) -> tuple[int, int]:
        return max(map(read, samples[:half])), max(map(read, samples[half:]))

    handles, threads = grown(lambda s: s.handles), grown(lambda s: s.threads)
    wal = grown(lambda s: s.wal)
    faults = sum(n for name, n in said.items() if name.split()[-1] in ("500", "502", "0", "other"))
    lines = [
        (f"memory slope <= {MOST_MB_AN_HOUR:g} MB/h", web <= MOST_MB_AN_HOUR, f"{web:+.2f} MB/h"),
        ("the worker's memory likewise", worker <= MOST_MB_AN_HOUR, f"{worker:+.2f} MB/h"),
        (
            "open handles flat",
            handles[1] <= handles[0] + MOST_MORE,
            f"{handles[0]} -> {handles[1]}",
        ),
        ("threads flat", threads[1] <= threads[0] + MOST_MORE, f"{threads[0]} -> {threads[1]}"),
        ("WAL does not grow", wal[1] <= 2 * wal[0], f"{wal[0] / MB:.1f} -> {wal[1] / MB:.1f} MB"),
        ("nothing lost", stored >= accepted, f"{accepted} accepted, {stored} stored"),
        ("no faults", not faults, ", ".join(f"{k}: {n}" for k, n in sorted(said.items()))),
    ]
    for words, is_met, figure in lines:
        print(f"15 | {words:30} | {'met' if is_met else 'MISSED':6} | {figure}")
    return all(is_met for _, is_met, _ in lines)


def run(asked: argparse.Namespace) -> bool:
    with ExitStack() as stack:
        store: Any = stack.enter_context(stores.opened(asked.engine))
        town = lay(store, "town", asked.phones, 48, asked.history)
        copy: Copy = stack.enter_context(store.fresh("town"))
        cookie = signed_in(copy, town.coordinators[0])
        served = stack.enter_context(serving(ours(), copy.environ, beside=store.processes()))
        worker = stack.enter_context(working(procfile("worker"), copy.environ))
        most = rounds_a_second(served, town, Counter())
        fill(served, cookie)
        before = copy.count("changes")
        watch = Watch(served, worker, Path(f"{copy.address}-wal"), Crowd(served.port))
        said = soak(served, town, cookie, asked.minutes * 60, watch, most * SHARE)
        print(machine.described({"engine": f"{store.version()}, {store.durability}"}))
        print(f"{asked.minutes:g} minutes at {most * SHARE:.1f} of {most:.1f} rounds a second;")
        print("a round: 20 reports pushed, two pulls; beside it four pages of a desk, sign-ins")
        return verdicts(watch, said, copy.count("changes") - before)
