"""The real server on a port of its own, with a small town in its database."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from server import create_app
from server.database import db, writing
from server.devices.rules import invite
from server.permissions import Actor
from server.settings import ROOT, Settings
from tests import make

GUNICORN = Path(sys.executable).with_name("gunicorn")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class TownServer:
    """gunicorn in a process of its own; `stop` and `start` are what they say."""

    def __init__(self, data: Path, empty_database: Path, **settings: str) -> None:
        self.data, self.settings = data, settings
        self.port = free_port()
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(empty_database, data / "steward.db")
        self.app = create_app(Settings(data=data))
        with self.app.app_context(), writing() as session:
            self.town = make.town(session)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(GUNICORN), "--bind", f"127.0.0.1:{self.port}", "--threads", "8"]
        command += ["--worker-class", "gthread", "--log-level", "warning", "server:create_app()"]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "STEWARD_DATA": str(self.data),
            **{f"STEWARD_{name.upper()}": value for name, value in self.settings.items()},
        }
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment)
        until = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(15)
            self.process = None

    def close(self) -> None:
        self.stop()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def code_for(self, member: Any) -> str:
        """Eight digits that make a browser this member's phone."""
        coordinator = self.town.coordinator
        by = Actor(coordinator.id, "coordinator", coordinator.community_id)
        with self.app.app_context(), writing() as session:
            enrolment, digits, _token = invite(member, by=by, now=int(time.time() * 1000))
            session.add(enrolment)
        return digits

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What stands in the database, read from outside."""
        with sqlite3.connect(f"file:{self.data / 'steward.db'}?mode=ro", uri=True) as connection:
            found = connection.execute(query, values).fetchall()
        connection.close()
        return found
