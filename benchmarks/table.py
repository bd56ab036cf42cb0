"""Figures as people read them: medians with their ranges, and ratios of medians."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.cells import Figure
from benchmarks.plans import Size

Read = Callable[[Figure], float]


def rate(figure: Figure) -> float:
    return figure.rate


def cpu(figure: Figure) -> float:
    return figure.cpu_a_thousand


def median(figures: Sequence[Figure], read: Read) -> float:
    return statistics.median(read(figure) for figure in figures)


def spread(figures: Sequence[Figure], read: Read, digits: int = 0) -> str:
    """The median, and in brackets the least and the most."""
    values = sorted(read(figure) for figure in figures)
    low, mid, high = values[0], statistics.median(values), values[-1]
    return f"{mid:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def cells(figures: Sequence[Figure], phases: Sequence[str]) -> None:
    """Every phase of every target with its ratio to the bare handler, where that did the same."""
    for phase in phases:
        of_phase = [f for f in figures if f.phase == phase]
        for history, at in sorted({(f.history, f.concurrency) for f in of_phase}):
            print(f"\n{phase}, {history} stored before, {at} at once")
            here = [f for f in of_phase if (f.history, f.concurrency) == (history, at)]
            bare = [f for f in here if f.target == "bare"]
            for name in sorted({f.target for f in here}, reverse=True):
                print(_line(name, [f for f in here if f.target == name], bare))


def _line(name: str, mine: Sequence[Figure], bare: Sequence[Figure]) -> str:
    def times(read: Read) -> str:
        return f"x{median(mine, read) / median(bare, read):.2f}" if bare else ""

    parts = [
        f"{name:6} {spread(mine, rate):>24}/s {times(rate)}",
        f"CPU s/1000 {spread(mine, cpu, 3)} {times(cpu)}",
        "ms " + " ".join(f"p{p} {median(mine, _ms(p)):.1f}" for p in (50, 95, 99)),
        f"bytes {median(mine, lambda f: f.up):.0f}/{median(mine, lambda f: f.down):.0f}",
        f"client {median(mine, lambda f: f.client_cpu):.0%}",
        f"others {max(f.noise for f in mine):.0%}",
        *(f"FAILED {f.failed}: {f.trouble}" for f in mine if f.failed),
    ]
    return "  " + "  ".join(parts)


def _ms(percent: int) -> Read:
    return lambda figure: figure.ms(percent / 100)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what, the two sides, their ratio (or the figure) and its bar."""

    number: int
    what: str
    ours: str
    beside: str
    value: float
    least: float | None = None
    most: float | None = None

    @property
    def is_met(self) -> bool:
        low, high = self.least, self.most
        return (low is None or self.value >= low) and (high is None or self.value <= high)

    def words(self) -> str:
        bar = f">= {self.least:g}" if self.least is not None else f"<= {self.most:g}"
        verdict = "met" if self.is_met else "MISSED"
        sides = f"{self.ours:>26} | {self.beside:>26}"
        return (
            f"{self.number} | {self.what:48} | {sides} | {self.value:8.2f} | {bar:>7} | {verdict}"
        )


def must_show(found: Mapping[str, Sequence[Figure]], size: Size) -> list[Row]:
    """The rows that have bars, engine by engine."""
    rows = [row for engine, figures in found.items() for row in _rows(engine, figures, size)]
    return sorted(rows, key=lambda row: row.number)


def _rows(engine: str, figures: Sequence[Figure], size: Size) -> Iterator[Row]:
    least, most = size.histories[0], size.histories[-1]

    def of(target: str, phase: str, at: int = 8, history: int = least) -> list[Figure]:
        wanted = (target, phase, at, history)
        return [f for f in figures if (f.target, f.phase, f.concurrency, f.history) == wanted]

    def beside(number: int, what: str, phase: str, read: Read, digits: int, **bar: float) -> Row:
        sides = of("ours", phase), of("bare", phase)
        return _row(number, f"{what}, {engine}", *sides, read, digits, **bar)

    yield beside(1, "reports/s, 8 at once", "push", rate, 0, least=0.5)
    if kinto := of("kinto", "push"):
        yield _row(2, "reports/s beside Kinto", of("ours", "push"), kinto, rate, 0, least=30)
    yield beside(3, "CPU s a 1000 reports", "push", cpu, 3, most=2)
    yield beside(4, "delta pulls of 100 a second", "pull", rate, 0, least=0.5)
    yield beside(4, "pulls of nothing new a second", "quiet", rate, 0, least=0.5)
    yield beside(5, "repeated batches a second", "retry", rate, 0, least=0.6)
    bar = 0.9 if engine == "postgresql" else 0.8
    for phase in ("push", "pull"):
        few, many = of("ours", phase), of("ours", phase, history=most)
        what = f"{phase} with {most:.0e} stored beside {least:.0e}, {engine}"
        yield _row(6, what, many, few, rate, 0, least=bar)
    for at in (8, 32):
        for percent in (95, 99):
            sides = of("ours", "push", at), of("bare", "push", at)
            what = f"p{percent} of a push in ms, {at} at once, {engine}"
            yield _row(7, what, *sides, _ms(percent), 1, most=2)
    if up := of("packed", "push"):
        yield _alone(8, "bytes of a report up, packed", up, lambda f: f.up, most=160)
        down = of("packed", "packed")
        yield _alone(8, "bytes of a row down, packed", down, lambda f: f.down, most=140)


def _row(
    number: int,
    what: str,
    ours: Sequence[Figure],
    beside: Sequence[Figure],
    read: Read,
    digits: int,
    **bar: float,
) -> Row:
    ratio = median(ours, read) / median(beside, read)
    return Row(number, what, spread(ours, read, digits), spread(beside, read, digits), ratio, **bar)


def _alone(number: int, what: str, ours: Sequence[Figure], read: Read, **bar: float) -> Row:
    return Row(number, what, spread(ours, read), "", median(ours, read), **bar)


def sizes(size: Size) -> str:
    return (
        f"{size.runs} interleaved runs in rotated order, medians (least–most); 10 communities,"
        f" {size.phones} phones, at most {size.pushes} pushes of 20; beside: bare Flask unless said"
    )
