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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Server:
    """gunicorn on a port of its own, on a data folder; may be stopped and started again."""

    data: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        return {**os.environ, "STEWARD_DATA": str(self.data), **self.environ}

    def flask(self, *command: str) -> None:
        """Run one of the app's commands on the same data."""
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "server", *command],
            env=self.settings,
            check=True,
            capture_output=True,
        )

    def start(self) -> Server:
        command = [
            *(sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", "8"),
            *("--worker-class", "gthread", "--log-level", "warning"),
            *("--bind", f"127.0.0.1:{self.port}", "server:create_app()"),
        ]
        self.process = subprocess.Popen(command, env=self.settings)
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise TimeoutError("the server did not come up in 20 s")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(15)
            self.process = None
