"""What a push of 50 reports costs, beside the bare handler. Medians of interleaved runs."""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.phones import Town, build

CHANGES = 50
PUSHES = 20


@contextmanager
def served(app: str, environ: dict[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    """A gunicorn with one worker on a free port, and the process whose CPU is counted."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "--workers", "1", "--log-level", "error"),
        *("--bind", f"127.0.0.1:{port}", app),
    ]
    master = subprocess.Popen(command, env={**os.environ, **environ})
    try:
        _wait_for(port, psutil.Process(master.pid))
        yield port, psutil.Process(master.pid).children()[0]
    finally:
        master.terminate()
        master.wait(10)


def _wait_for(port: int, process: psutil.Process) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0 and process.children():
                return
        time.sleep(0.05)
    raise TimeoutError("the server did not come up in 10 s")


def post(port: int, path: str, body: bytes, headers: dict[str, str]) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", data=body, headers=headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        said = json.load(answer)
    if not said["acked"]:
        raise ValueError(said)


def cost(worker: psutil.Process, run: Callable[[], None]) -> tuple[float, float]:
    """CPU seconds and wall seconds per push."""
    before, started = worker.cpu_times(), time.perf_counter()
    for _ in range(PUSHES):
        run()
    after, ended = worker.cpu_times(), time.perf_counter()
    cpu = after.user + after.system - before.user - before.system
    return cpu / PUSHES, (ended - started) / PUSHES


def main() -> None:
    parser = argparse.ArgumentParser(prog="./steward bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds [7]")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        town = build(Path(folder))
        ours, bare = measure(town, rounds)
    report(ours, bare)


def measure(town: Town, rounds: int) -> tuple[list[tuple[float, float]], ...]:
    ours, bare = [], []
    with (
        served("server:create_app()", town.environ) as (port, worker),
        served("benchmarks.bare:app", {"BARE_DATABASE": str(town.copy)}) as (other, yardstick),
    ):
        for _ in range(rounds):
            ours.append(cost(worker, lambda: post(port, *town.signed_push(CHANGES))))
            bare.append(cost(yardstick, lambda: post(other, "/push", town.bare_push(CHANGES), {})))
    return ours[1:], bare[1:]  # the first round warms both up


def report(ours: list[tuple[float, float]], bare: list[tuple[float, float]]) -> None:
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    print(f"push of {CHANGES} reports, SQLite synchronous=FULL, one worker, {len(ours)} rounds")
    for name, place in (("server CPU", 0), ("wall", 1)):
        mine = statistics.median(run[place] for run in ours)
        theirs = statistics.median(run[place] for run in bare)
        print(
            f"{name:10}  ours {1000 * mine:6.2f} ms  bare Flask {1000 * theirs:6.2f} ms  "
            f"ratio {mine / theirs:5.2f}"
        )


if __name__ == "__main__":
    main()
