"""Speed as ratios: ours beside a bare Flask handler and Kinto, in one run, interleaved."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from benchmarks import kinto, machine, soak, stores, storm, table
from benchmarks.cells import Figure, Plan, measure
from benchmarks.plans import DAY, ENGINES, FULL, QUICK, everything, fewer, rotated
from benchmarks.targets import Bare, Ours
from benchmarks.templates import lay

SPARE = 48


def one_cell(asked: argparse.Namespace) -> bool:
    """A few figures of one engine, quickly: ours and the bare handler in turn."""
    phases = [name for name in DAY if name in asked.only]
    needed = phases if "push" in phases else ["push", *phases]
    plan = Plan(needed, asked.concurrency, asked.history, asked.pushes)
    with stores.opened(asked.engine) as store:
        town = lay(store, "town", asked.phones, SPARE, asked.history)
        figures: list[Figure] = []
        for turn in range(asked.runs or 3):
            for target in rotated([Ours(), Bare()], turn % 2):
                figures += measure(target, store, "town", town, plan)
    table.cells(figures, phases)
    return True


def whole_table(asked: argparse.Namespace) -> bool:
    """Print the table; True when every bar is met."""
    began = time.monotonic()
    size = fewer(QUICK if asked.quick else FULL, asked.runs)
    version = kinto.install()
    figures, about = everything(size)
    print(machine.described(about, version))
    print(table.sizes(size))
    lines = table.must_show(figures, size)
    print("\n".join(line.words() for line in lines))
    print(f"took {time.monotonic() - began:.0f} s")
    if asked.all:
        for engine, found in figures.items():
            print(f"\n{engine}")
            table.cells(found, [*DAY, "packed"])
    return all(line.is_met for line in lines)


def table_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="within three minutes")
    parser.add_argument("--all", action="store_true", help="every figure behind the table")
    parser.add_argument("--runs", type=int, default=0, help="interleaved runs [3, quick 2]")
    parser.add_argument("--only", nargs="+", choices=DAY, metavar="PHASE", help="one cell alone")
    parser.add_argument("--history", type=int, default=1000, help="reports stored before [1000]")
    parser.add_argument("--concurrency", type=int, default=8, help="connections [8]")
    parser.add_argument("--phones", type=int, default=500, help="phones of the town [500]")
    parser.add_argument("--pushes", type=int, default=1000, help="at most so many pushes [1000]")


def storm_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--phones", type=int, default=10_000, help="phones [10000]")
    parser.add_argument("--within", type=int, default=60, help="seconds in which they come [60]")


def soak_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=20.0, help="how long [20]")
    parser.add_argument("--phones", type=int, default=500, help="phones of the town [500]")
    parser.add_argument("--history", type=int, default=1000, help="reports stored before [1000]")


PARSERS = {"table": table_parser, "storm": storm_parser, "soak": soak_parser}


def main(words: Sequence[str]) -> None:
    """`storm` or `soak` as the first word measures that, and nothing else."""
    kind = words[0] if words and words[0] in PARSERS else ""
    parser = argparse.ArgumentParser(prog=f"./steward bench {kind}".strip(), description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    PARSERS[kind or "table"](parser)
    asked = parser.parse_args(words[1:] if kind else words)
    if kind == "storm":
        is_met = storm.run(asked)
    elif kind == "soak":
        is_met = soak.run(asked)
    else:
        is_met = one_cell(asked) if asked.only else whole_table(asked)
    raise SystemExit(not is_met)


if __name__ == "__main__":
    main(sys.argv[1:])
