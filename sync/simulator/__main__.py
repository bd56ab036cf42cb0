"""python -m sync.simulator [mutants] [--seeds N] [--start S]"""

from __future__ import annotations

import argparse
import sys
import time

from sync.simulator.checks import Violation
from sync.simulator.mutants import MUTANTS, SEEDS, hunt
from sync.simulator.world import live

SHOWN = 10
TICK_S = 5


def simulate(start: int, seeds: int) -> bool:
    """Live the histories of these seeds; True when none of them breaks a promise."""
    began, cpu, told = time.monotonic(), time.process_time(), time.monotonic()
    found: list[tuple[int, Violation]] = []
    for seed in range(start, start + seeds):
        try:
            live(seed)
        except Violation as violation:
            found.append((seed, violation))
        if sys.stderr.isatty() and time.monotonic() - told > TICK_S:
            told = time.monotonic()
            print(f"\r{seed - start + 1} of {seeds}", end="", file=sys.stderr, flush=True)
    for seed, what in found[:SHOWN]:
        print(f"seed {seed}: {what}")
    wall, busy = time.monotonic() - began, time.process_time() - cpu
    print(f"histories {seeds} (seeds {start} to {start + seeds - 1})")
    print(f"violations {len(found)}")
    print(f"seconds {wall:.1f}, of one core {busy:.1f}")
    print(f"histories/s {seeds / wall:.0f}, per second of one core {seeds / busy:.0f}")
    return not found


def kill(seeds: int) -> bool:
    """Try every mutant; True when all of them are found out."""
    killed = 0
    for number, mutant in enumerate(MUTANTS, start=1):
        cpu = time.process_time()
        found = hunt(mutant, seeds)
        killed += found is not None
        spent = f"{time.process_time() - cpu:.1f} s of one core"
        end = f"killed at seed {found.seed} by {found.property}, {spent}" if found else "SURVIVED"
        print(f"{number:2} {mutant.name:39} {end}", flush=True)
    print(f"{killed} of {len(MUTANTS)} killed within {seeds} seeds each")
    return killed == len(MUTANTS)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sync.simulator", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("histories", "mutants"), default="histories")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--start", type=int, default=0)
    asked = parser.parse_args()
    if asked.what == "mutants":
        return not kill(asked.seeds or SEEDS)
    return not simulate(asked.start, asked.seeds or 1000)


if __name__ == "__main__":
    sys.exit(main())
