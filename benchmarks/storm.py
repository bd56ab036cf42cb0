"""A storm: after a long cut everybody's phone has a network again within one minute."""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from benchmarks import load, machine, stores
from benchmarks.crowd import Crowd, header
from benchmarks.desk import Desk, signed_in
from benchmarks.load import Answer, quantile, request
from benchmarks.servers import Served, ours, procfile, serving, working
from benchmarks.stores import Copy
from benchmarks.targets import Packed
from benchmarks.templates import lay
from benchmarks.towns import BATCH, Phone, day_of
from sync.change import NO_CHAIN

FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 90.0
MOST_CUSTODY_S, MOST_GROWTH_MB, MOST_DESK_S = 120, 200, 1.5
GIVES_UP_S = 900
MB = 2**20


@dataclass(slots=True)
class Tally:
    """What the phones heard, all of them together."""

    statuses: Counter[str] = field(default_factory=Counter)
    custody: int = 0
    last_s: float = 0.0
    first_s: float = -1.0


@dataclass(slots=True)
class Sender:
    """A phone with one push. It waits as long as it is told, and up to half of that more."""

    phone: Phone
    lines: list[bytes]
    tally: Tally
    crowd: Crowd
    chance: random.Random
    raw: bytes = b""
    failures: int = 0
    stays: bool = False

    def ask(self) -> bytes:
        raw, self.raw = self.raw or self.sign(), b""
        if self.tally.first_s < 0:
            self.tally.first_s = self.crowd.now
        return raw

    def sign(self) -> bytes:
        """The same lines as ever, signed now, the clock read anew."""
        self.phone.n, self.phone.chain = 0, NO_CHAIN
        return Packed().push(self.phone, self.lines, more=False)

    def heard(self, answer: Answer) -> float | None:
        told = header(answer, "retry-after")
        self.tally.statuses[_named(answer.status, told)] += 1
        if Packed().accepted(answer):
            self.tally.custody += 1
            self.tally.last_s = self.crowd.now
            return None
        self.failures += 1
        own = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (self.failures - 1))
        chance = self.chance.random()
        return max(own * (0.75 + chance / 2), float(told or 0) * (1 + chance / 2))


def _named(status: int, told: str | None) -> str:
    if not status:
        return "no answer"
    return f"{status} without Retry-After" if status >= 500 and told is None else str(status)


def storm(served: Served, senders: Sequence[Sender], desk: Desk, crowd: Crowd, within: int) -> int:
    """Let it rage; how many bytes of memory the server's processes took on."""
    chance, tally = random.Random(11), senders[0].tally
    for sender in senders:
        crowd.add(sender, chance.random() * within)
    crowd.add(desk, 0.0)
    memory = [served.memory()]
    crowd.drive(
        lambda: tally.custody < len(senders) and crowd.now < GIVES_UP_S,
        lambda: memory.append(served.memory()),
    )
    return max(memory) - memory[0]


def warm(served: Served, phones: Sequence[Phone], cookie: str) -> None:
    """Every process has done everything once."""
    pushes = [
        Packed().push(phone, lines, more=False)
        for phone, lines in zip(phones, day_of(phones, 1, seed=2), strict=True)
    ]
    pages = [request("GET", "/reports", headers={"Cookie": cookie})] * 16
    load.run(served.port, pushes + pages, 8)


def verdicts(tally: Tally, desk: Desk, growth: int, copy: Copy, before: int, phones: int) -> bool:
    """Print what came of it; True when every bar is met."""
    stored = copy.count("changes") - before
    kinds = copy.count("(SELECT DISTINCT about FROM changes) AS one") - before
    reports = copy.count("reports") - before
    faults = sum(n for said, n in tally.statuses.items() if said[0] == "5" and said != "503")
    took, p95 = tally.last_s - tally.first_s, quantile(sorted(desk.seconds), 0.95)
    said = ", ".join(f"{name}: {n}" for name, n in sorted(tally.statuses.items()))
    lines = [
        (f"all of {phones} in custody", tally.custody == phones, str(tally.custody)),
        (f"within {MOST_CUSTODY_S} s", took <= MOST_CUSTODY_S, f"{took:.1f} s"),
        ("no 5xx but 503 with Retry-After", not faults, said),
        ("0 lost", stored >= tally.custody * BATCH, f"{tally.custody * BATCH - stored:+d}"),
        ("0 doubled", stored == kinds == reports, f"{stored} changes, {kinds} reports"),
        (
            f"memory <= {MOST_GROWTH_MB} MB more",
            growth <= MOST_GROWTH_MB * MB,
            f"{growth / MB:.0f}",
        ),
        (
            f"queue page p95 <= {MOST_DESK_S} s",
            p95 <= MOST_DESK_S and not desk.failed,
            f"{p95:.2f} s, worst {max(desk.seconds):.2f} s, {len(desk.seconds)} asked,"
            f" {desk.failed} failed",
        ),
    ]
    for words, is_met, figure in lines:
        print(f"9 | {words:34} | {'met' if is_met else 'MISSED':6} | {figure}")
    return all(is_met for _, is_met, _ in lines)


def run(asked: argparse.Namespace) -> bool:
    with ExitStack() as stack:
        store: Any = stack.enter_context(stores.opened(asked.engine))
        town = lay(store, "town", asked.phones, 48, 0)
        copy = stack.enter_context(store.fresh("town"))
        cookie = signed_in(copy, town.coordinators[0])
        served = stack.enter_context(serving(ours(), copy.environ, beside=store.processes()))
        stack.enter_context(working(procfile("worker"), copy.environ))
        crowd, tally, chance = Crowd(served.port), Tally(), random.Random(5)
        senders = [
            Sender(phone, lines, tally, crowd, chance)
            for phone, lines in zip(town.phones, day_of(town.phones, 1), strict=True)
        ]
        for sender in senders:
            sender.raw = sender.sign()
        warm(served, town.spare, cookie)
        before, desk = copy.count("changes"), Desk(cookie)
        growth = storm(served, senders, desk, crowd, asked.within)
        print(machine.described({"engine": f"{store.version()}, {store.durability}"}))
        print(f"{asked.phones} phones with {BATCH} changes each came within {asked.within} s")
        return verdicts(tally, desk, growth, copy, before, asked.phones)
