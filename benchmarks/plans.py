"""What one command measures: servers beside each other, in turn, over little and much history."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from benchmarks import stores
from benchmarks.cells import Figure, Plan, measure
from benchmarks.kinto import Kinto
from benchmarks.stores import Store
from benchmarks.targets import Bare, Ours, Packed, Target
from benchmarks.templates import lay
from benchmarks.towns import Town

ENGINES = ("sqlite", "postgresql")
DAY = ("push", "retry", "pull", "quiet")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `histories`: from the least to the most; `besides`: runs of what is
    not at 8 connections over the least history."""

    runs: int
    besides: int
    phones: int
    spare: int
    pushes: int
    pulls: int
    kinto_pushes: int
    concurrencies: Sequence[int]
    histories: Sequence[int]


FULL = Size(3, 3, 500, 80, 1000, 500, 100, (8, 1, 32), (1_000, 100_000, 1_000_000))
QUICK = Size(2, 1, 500, 24, 250, 200, 20, (8, 32), (1_000, 20_000))


@dataclass(frozen=True, slots=True)
class Case:
    """One server, served afresh for each of its runs."""

    target: Target
    template: str
    town: Town
    plan: Plan
    runs: int


def cases(store: Store, size: Size) -> Iterator[Case]:
    """Everything that is measured on one engine. Templates are laid on the way."""
    least = size.histories[0]
    town = lay(store, f"town{least}", size.phones, size.spare, least)
    for concurrency in size.concurrencies:
        is_first = concurrency == size.concurrencies[0]
        phases = DAY if is_first or size.besides > 1 else ("push",)
        plan = Plan(phases, concurrency, least, size.pushes, size.pulls)
        for target in (Ours(), Bare()):
            yield Case(target, f"town{least}", town, plan, size.runs if is_first else size.besides)
    if store.engine == "postgresql":
        plan = Plan(DAY, 8, least, size.kinto_pushes, size.pulls)
        yield Case(Kinto(), "template0", town, plan, size.besides)
    else:
        plan = Plan(("push", "packed"), 8, least, 50, 50)
        yield Case(Packed(), f"town{least}", town, plan, 1)
    for history in size.histories[1:]:
        grown = lay(store, f"town{history}", size.phones, size.spare, history)
        plan = Plan(("push", "pull"), 8, history, size.pushes, size.pulls)
        for target in (Ours(), Bare()):
            yield Case(target, f"town{history}", grown, plan, size.besides)


def everything(size: Size) -> tuple[dict[str, list[Figure]], dict[str, str]]:
    """The figures of each engine, and what the engines are."""
    figures: dict[str, list[Figure]] = {}
    about: dict[str, str] = {}
    for engine in ENGINES:
        with ExitStack() as stack:
            store: Any = stack.enter_context(stores.opened(engine))
            about[engine] = f"{store.version()}, {store.durability}"
            planned = list(cases(store, size))
            figures[engine] = []
            for turn in range(size.runs):
                now = [case for case in planned if turn < case.runs]
                for case in rotated(now, turn * len(now) // size.runs):
                    _say(engine, turn, case)
                    figures[engine] += measure(
                        case.target, store, case.template, case.town, case.plan
                    )
    return figures, about


def _say(engine: str, turn: int, case: Case) -> None:
    """Which run it is, for who waits; not part of the table."""
    plan = case.plan
    words = f"{engine}, run {turn + 1}: {case.target.name}, {plan.history}, {plan.concurrency}"
    print(words, file=sys.stderr, flush=True)


def rotated(things: Sequence[Any], by: int) -> list[Any]:
    return [*things[by:], *things[:by]]


def fewer(size: Size, runs: int) -> Size:
    return replace(size, runs=runs, besides=min(runs, size.besides)) if runs else size
