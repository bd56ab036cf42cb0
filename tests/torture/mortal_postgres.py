"""A PostgreSQL as a town would run it, every commit flushed, that may be killed and come back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.postgres import COMES_UP_S, OWNER, Postgres, programs

USER = {} if os.geteuid() else {"user": OWNER, "group": OWNER, "extra_groups": []}


class MortalPostgres(Postgres):
    """Starts again on the same folder, recovering from its log."""

    def start(self) -> None:
        data = self.folder / "data"
        if not data.exists():
            init = [programs() / "initdb", "-D", data, "-U", OWNER, "--auth=trust"]
            subprocess.run(init, check=True, capture_output=True, **USER)
        serve = [programs() / "postgres", "-D", data, "-p", str(self.port), "-k", self.folder]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([*serve, "-h", "127.0.0.1"], stderr=log, **USER)

    def comes_up(self) -> None:
        self._wait()

    def kill(self) -> None:
        """The postmaster and everybody it has made, at once."""
        assert self.process
        master = psutil.Process(self.process.pid)
        everybody = [master, *master.children(recursive=True)]
        for process in everybody:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        self.process.wait(COMES_UP_S)
        psutil.wait_procs(everybody, COMES_UP_S)
        self.process = None

    def kill_one(self, at: float) -> None:
        """One of the processes that serve connections; `at`, from 0 to 1, says which.

        The postmaster then throws everybody out and recovers by itself."""
        assert self.process
        serving = [
            child
            for child in psutil.Process(self.process.pid).children()
            if "[local]" in (line := " ".join(child.cmdline())) or "127.0.0.1" in line
        ]
        if serving:
            with suppress(psutil.NoSuchProcess):
                serving[int(at * len(serving))].send_signal(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator stops it: whoever is connected is thrown out."""
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(COMES_UP_S)
            self.process = None


@contextmanager
def mortal_postgres() -> Iterator[MortalPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="steward-mortal-"))
    if USER:
        shutil.chown(folder, OWNER, OWNER)
    server = MortalPostgres(folder)
    try:
        server.start()
        server.comes_up()
        server.lay_tables()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
