"""A PostgreSQL of the tests' own: Debian's server in a folder that goes when it stops."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from flask_migrate import upgrade

from server import create_app
from server.database import db
from server.settings import Settings
from tests.live import free_port

VERSIONS = Path("/usr/lib/postgresql")
OWNER = "postgres"
# Texts sort as on a town's own server, not by their bytes: what depends on it shows itself.
SORTING = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh-Hans")
# No test cuts the power, so nothing here waits for a disk.
IN_MEMORY = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off")
COMES_UP_S = 60
TEMPLATE = "empty"


def programs() -> Path:
    """Where the newest server's programs are."""
    found = sorted(VERSIONS.glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise FileNotFoundError("PostgreSQL is not installed: ./steward setup --tests does it")
    return found[-1]


@dataclass
class Postgres:
    """One server; `fresh` gives a database with all tables and no rows."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    settings: Sequence[str] = IN_MEMORY
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{name}"

    def order(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def start(self) -> None:
        data = self.folder / "data"
        init = [programs() / "initdb", "-D", data, "-U", OWNER, "--auth=trust", "--no-sync"]
        subprocess.run([*init, *SORTING], check=True, capture_output=True, **_as_nobody_special())
        serve = [programs() / "postgres", "-D", data, "-p", str(self.port), "-k", self.folder]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*serve, "-h", "127.0.0.1", *self.settings], stderr=log, **_as_nobody_special()
            )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + COMES_UP_S
        while True:
            try:
                return self.order("SELECT 1")
            except psycopg.OperationalError:
                assert time.monotonic() < end, (self.folder / "log").read_text()
                time.sleep(0.05)

    def lay_tables(self) -> None:
        """The template of every fresh database."""
        self.order(f"CREATE DATABASE {TEMPLATE}")
        app = create_app(Settings(data=self.folder, database_url=self.url(TEMPLATE)))
        with app.app_context():
            upgrade()
            db.engine.dispose()

    @contextmanager
    def fresh(self, template: str = TEMPLATE) -> Iterator[str]:
        """The address of a database that is gone afterwards."""
        name = f"town{next(self._numbers)}"
        self.order(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.order(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(COMES_UP_S)


def _as_nobody_special() -> dict[str, Any]:
    """The server refuses to run as root."""
    if os.geteuid():
        return {}
    return {"user": OWNER, "group": OWNER, "extra_groups": []}


@contextmanager
def running() -> Iterator[Postgres]:
    """A server that stops, and whose folder goes, at the end."""
    folder = Path(tempfile.mkdtemp(prefix="steward-postgres-"))
    if not os.geteuid():
        shutil.chown(folder, OWNER, OWNER)
    server = Postgres(folder)
    try:
        server.start()
        server.lay_tables()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
