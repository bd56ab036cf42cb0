"""Figures as people read them: medians with their ranges, and ratios of medians."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from benchmarks.cells import Figure

Read = Callable[[Figure], float]


def median(figures: Sequence[Figure], read: Read) -> float:
    return statistics.median(read(figure) for figure in figures)


def spread(figures: Sequence[Figure], read: Read, digits: int = 0) -> str:
    """The median, and in brackets the least and the most."""
    values = sorted(read(figure) for figure in figures)
    low, mid, high = values[0], statistics.median(values), values[-1]
    return f"{mid:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def cells(figures: Sequence[Figure], phases: Sequence[str]) -> None:
    """Every phase of every target, ours first, with its ratio to the bare handler."""
    for phase in phases:
        of_phase = [f for f in figures if f.phase == phase]
        bare = [f for f in of_phase if f.target == "bare"]
        print(f"\n{phase}, {of_phase[0].history} stored before, {of_phase[0].concurrency} at once")
        for name in sorted({f.target for f in of_phase}, reverse=True):
            mine = [f for f in of_phase if f.target == name]
            print(_line(name, mine, bare))


def _line(name: str, mine: Sequence[Figure], bare: Sequence[Figure]) -> str:
    cpu = median(mine, lambda f: f.cpu_a_thousand) / median(bare, lambda f: f.cpu_a_thousand)
    rate = median(mine, lambda f: f.rate) / median(bare, lambda f: f.rate)
    parts = [
        f"{name:5} {spread(mine, lambda f: f.rate):>24}/s x{rate:.2f}",
        f"CPU s/1000 {spread(mine, lambda f: f.cpu_a_thousand, 3)} x{cpu:.2f}",
        "ms " + " ".join(f"p{p} {median(mine, _ms(p)):.1f}" for p in (50, 95, 99)),
        f"bytes {median(mine, lambda f: f.up):.0f}/{median(mine, lambda f: f.down):.0f}",
        f"client {median(mine, lambda f: f.client_cpu):.0%}",
        f"others {max(f.noise for f in mine):.0%}",
        *(f"FAILED {f.failed}: {f.trouble}" for f in mine if f.failed),
    ]
    return "  " + "  ".join(parts)


def _ms(percent: int) -> Read:
    return lambda figure: figure.ms(percent / 100)
