"""A server and everything that runs for it: started, its processor time and memory counted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.load import request, run
from server.settings import ROOT
from tests.live import free_port

COMES_UP_S = 60
GOES_DOWN_S = 30


@dataclass(frozen=True, slots=True)
class Served:
    """Where it listens, and the heads of its families of processes."""

    port: int
    own: psutil.Process
    beside: tuple[psutil.Process, ...] = ()

    def cpu(self) -> float:
        """User and system seconds so far, of all processes, also those that have ended."""
        return sum(
            times.user + times.system + times.children_user + times.children_system
            for process in self._family(*self.beside)
            if (times := _times(process))
        )

    def memory(self) -> int:
        """Resident bytes of the server's own processes."""
        return sum(_of(process, "rss") for process in self._family())

    def handles(self) -> int:
        return sum(_of(process, "fds") for process in self._family())

    def threads(self) -> int:
        return sum(_of(process, "threads") for process in self._family())

    def _family(self, *others: psutil.Process) -> list[psutil.Process]:
        found = []
        for head in (self.own, *others):
            try:
                found += [head, *head.children(recursive=True)]
            except psutil.NoSuchProcess:
                continue
        return found


def _times(process: psutil.Process) -> psutil._ntuples.pcputimes | None:
    try:
        return process.cpu_times()
    except psutil.NoSuchProcess:
        return None


def _of(process: psutil.Process, what: str) -> int:
    try:
        if what == "rss":
            return int(process.memory_info().rss)
        return int(process.num_fds() if what == "fds" else process.num_threads())
    except psutil.NoSuchProcess:
        return 0


def procfile(name: str) -> str:
    """The command line of a kind of process, as it is shipped."""
    for line in (ROOT / "Procfile").read_text().splitlines():
        kind, _, command = line.partition(":")
        if kind == name:
            return command.strip()
    raise LookupError(name)


def ours() -> list[str]:
    return ["sh", "-c", f"exec {procfile('web')}"]


def gunicorn(app: str, workers: str, bin: Path = Path(sys.executable).parent) -> list[str]:
    """Another app; `workers` are the options that say how many of which kind."""
    return ["sh", "-c", f'exec {bin}/gunicorn {workers} --bind 127.0.0.1:$PORT "{app}"']


@contextmanager
def serving(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    path: str = "/health",
    beside: Sequence[psutil.Process] = (),
) -> Iterator[Served]:
    """A server that answers on a port of its own, and is gone afterwards."""
    port = free_port()
    with _started(command, {"PORT": str(port), **environ}) as process:
        _wait(port, path, process)
        yield Served(port, psutil.Process(process.pid), tuple(beside))


@contextmanager
def working(command: str, environ: Mapping[str, str]) -> Iterator[psutil.Process]:
    """A process that serves nobody but looks after what is due."""
    with _started(["sh", "-c", f"exec {command}"], environ) as process:
        yield psutil.Process(process.pid)


@contextmanager
def _started(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[Any]:
    here = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **here, "PATH": programs, **environ},
        stdout=subprocess.DEVNULL,
        stderr=None if "BENCH_LOG" in os.environ else subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(GOES_DOWN_S)


def _wait(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + COMES_UP_S
    asked = [request("GET", path, headers={"Connection": "close"})]
    while not run(port, asked, 1).answers[0].status:
        if process.poll() is not None or time.monotonic() > end:
            raise TimeoutError("the server did not come up")
        time.sleep(0.1)
