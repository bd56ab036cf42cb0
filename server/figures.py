"""Counting, of all processes of this machine together, in Prometheus' words.

To count is to add to a number in memory. Every process lays its numbers down as a small file now
and then, and whoever asks gets the sum: nothing is written on the way of a push, and a full disk
costs figures, never a process.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

PAST = "past.json"
Key = tuple[str, ...]
Numbers = dict[str, Mapping[Key, float]]


@dataclass(frozen=True, slots=True)
class Metric:
    """One name: what it means, its labels, and the upper edges of its buckets if it has some."""

    help: str
    labels: Key = ()
    edges: tuple[float, ...] = ()
    kind: str = "counter"


@dataclass(slots=True)
class Figures:
    """The numbers of this process."""

    metrics: Mapping[str, Metric]
    counts: dict[str, Counter[Key]] = field(default_factory=lambda: defaultdict(Counter))
    gauges: Numbers = field(default_factory=dict)
    begun_at: int = field(default_factory=time.time_ns)
    _lock: Lock = field(default_factory=Lock)

    def add(self, name: str, *labels: str, n: int = 1) -> None:
        with self._lock:
            self.counts[name][labels] += n

    def observe(self, name: str, value: float, *labels: str) -> None:
        """Into the first bucket that holds it; they are added up when somebody asks."""
        bucket = str(bisect_left(self.metrics[name].edges, value))
        counts = self.counts[name]
        with self._lock:
            counts[(*labels, bucket)] += 1
            counts[(*labels, "sum")] += value  # type: ignore[assignment]

    def lay_down(self, folder: Path) -> None:
        """As a file, whole or not at all. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{os.getpid()}-{self.begun_at}.json"
        with self._lock:
            listed = [_listed(self.counts), _listed(self.gauges)]
        _write(path, listed)


def _listed(numbers: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [[*key, value] for key, value in by.items()] for name, by in numbers.items()}


def _write(path: Path, listed: Any) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(listed))
    part.replace(path)


def together(folder: Path) -> tuple[Numbers, Numbers]:
    """Counts of every process there is or was, and gauges of those there are."""
    counts: dict[str, Any] = defaultdict(Counter)
    gauges: dict[str, Any] = defaultdict(Counter)
    with _alone(folder):
        gone = []
        for path in folder.glob("*-*.json"):
            if _is_alive(path):
                _add(path, counts, gauges)
            else:
                gone.append(path)
        past: dict[str, Any] = defaultdict(Counter)
        for path in [*folder.glob(PAST), *gone]:
            _add(path, past, {})
        if gone:
            _write(folder / PAST, [_listed(past), {}])
        for path in gone:
            path.unlink()
    for name, by in past.items():
        counts[name].update(by)
    return counts, gauges


def _add(path: Path, counts: dict[str, Any], gauges: dict[str, Any]) -> None:
    for into, said in zip((counts, gauges), json.loads(path.read_text()), strict=True):
        for name, rows in said.items():
            for *key, value in rows:
                into.setdefault(name, Counter())[tuple(key)] += value


def _is_alive(path: Path) -> bool:
    try:
        os.kill(int(path.name.partition("-")[0]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def text(metrics: Mapping[str, Metric], numbers: Numbers) -> Iterator[str]:
    """Prometheus' exposition format, 0.0.4."""
    for name, metric in metrics.items():
        found = numbers.get(name)
        if not found:
            continue
        kind = "histogram" if metric.edges else metric.kind
        yield f"# HELP {name} {metric.help}\n# TYPE {name} {kind}\n"
        if metric.edges:
            yield from _histogram(name, metric, found)
            continue
        for key, value in sorted(found.items()):
            yield f"{name}{_braces(zip(metric.labels, key, strict=True))} {value:g}\n"


def _histogram(name: str, metric: Metric, found: Mapping[Key, float]) -> Iterator[str]:
    for labels in sorted({key[:-1] for key in found}):
        named = list(zip(metric.labels, labels, strict=True))
        below = 0.0
        for at, edge in enumerate((*map(str, metric.edges), "+Inf")):
            below += found.get((*labels, str(at)), 0)
            yield f"{name}_bucket{_braces([*named, ('le', edge)])} {below:g}\n"
        yield f"{name}_sum{_braces(named)} {found.get((*labels, 'sum'), 0):g}\n"
        yield f"{name}_count{_braces(named)} {below:g}\n"


def _braces(labels: Any) -> str:
    said = ",".join(f'{name}="{value}"' for name, value in labels)
    return f"{{{said}}}" if said else ""
