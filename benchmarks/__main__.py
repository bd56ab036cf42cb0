"""Speed as ratios: ours beside a bare Flask handler and Kinto, in one run, interleaved."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks import stores
from benchmarks.cells import Figure, Plan, measure
from benchmarks.table import cells
from benchmarks.targets import Bare, Ours, Target
from benchmarks.templates import lay

ENGINES = ("sqlite", "postgresql")
PHASES = ("push", "retry", "pull", "quiet")


def one_cell(asked: argparse.Namespace) -> None:
    """A few figures of one engine, quickly: ours and the bare handler in turn."""
    phases = [name for name in PHASES if name in asked.only]
    needed = phases if "push" in phases else ["push", *phases]
    plan = Plan(needed, asked.concurrency, asked.history, asked.pushes)
    targets: list[Target] = [Ours(), Bare()]
    with stores.opened(asked.engine) as store:
        town = lay(store, "town", asked.phones, asked.history)
        figures: list[Figure] = []
        for turn in range(asked.runs):
            for target in rotated(targets, turn):
                figures += measure(target, store, "town", town, plan)
    cells(figures, phases)


def rotated(targets: Sequence[Target], turn: int) -> list[Target]:
    start = turn % len(targets)
    return [*targets[start:], *targets[:start]]


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="./steward bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PHASES, metavar="PHASE", help="one cell")
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--history", type=int, default=1000, help="reports stored before [1000]")
    parser.add_argument("--concurrency", type=int, default=8, help="connections [8]")
    parser.add_argument("--phones", type=int, default=500, help="phones of the town [500]")
    parser.add_argument("--pushes", type=int, default=1000, help="at most so many pushes [1000]")
    parser.add_argument("--runs", type=int, default=3, help="interleaved runs [3]")
    asked = parser.parse_args(words)
    one_cell(asked)


if __name__ == "__main__":
    main(sys.argv[1:])
