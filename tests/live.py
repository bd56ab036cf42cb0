"""A server that is really there, and really gone when it is stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from server.settings import ROOT

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COMES_UP_S = 30
GOES_DOWN_S = 15


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Server:
    """gunicorn on a port of its own, on a data folder; may be stopped and started again.

    `root` is the copy of the program it runs, `program` the app in it; empty: the product's."""

    data: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    root: Path = ROOT
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    program: str = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        here = {"PYTHONPATH": str(self.root), "STEWARD_DATA": str(self.data)}
        here["STEWARD_LOG_REQUESTS"] = "off"  # a line for each would bury what a test says
        return {**os.environ, **here, **self.environ}

    def flask(self, *command: str) -> None:
        """Run one of the app's commands on the same data."""
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "server", *command],
            cwd=self.root,
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def start(self) -> Self:
        command = [
            *(sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", "8"),
            *("--worker-class", "gthread", "--log-level", "warning"),
            *("--bind", f"127.0.0.1:{self.port}", self.program or "server:create_app()"),
        ]
        self.process = subprocess.Popen(command, cwd=self.root, env=self.environment)
        end = time.monotonic() + COMES_UP_S
        while not self._answers():
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.1)
        return self

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(GOES_DOWN_S)
            self.process = None
