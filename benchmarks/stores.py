"""Where reports are kept while they are counted: a file or a database, copied from a template."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psutil
import psycopg

from server.database import SQLITE_PRAGMAS, sqlite
from server.settings import ROOT
from tests.postgres import OWNER, Postgres

# Debian's server as it comes, but for its memory and how seldom it writes everything back.
DURABLE = ("-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB")


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy: what the app is told about it, its address, and how to count in it."""

    environ: Mapping[str, str]
    address: str
    count: Callable[[str], int]


class Store(Protocol):
    """One engine."""

    engine: str
    durability: str

    def lay(self, name: str) -> Copy:
        """An empty template with all tables."""

    def fresh(self, name: str) -> Any:
        """A context with a copy of a template, gone afterwards."""

    def processes(self) -> list[psutil.Process]:
        """Those of the engine itself."""

    def version(self) -> str: ...


def migrate(environ: Mapping[str, str]) -> None:
    """Make the tables as a release does."""
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "server", "db", "upgrade"],
        cwd=ROOT,
        env={**os.environ, **environ},
        check=True,
        capture_output=True,
    )


@dataclass
class SqliteStore:
    folder: Path
    engine: str = "sqlite"
    durability: str = "WAL, synchronous=FULL"
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def _copy(self, data: Path) -> Copy:
        file = data / "steward.db"
        return Copy({"STEWARD_DATA": str(data)}, str(file), lambda what: _count(file, what))

    def lay(self, name: str) -> Copy:
        copy = self._copy(self.folder / name)
        migrate(copy.environ)
        return copy

    @contextmanager
    def fresh(self, name: str) -> Iterator[Copy]:
        data = self.folder / f"{name}-{next(self._numbers)}"
        data.mkdir()
        _write_back(self.folder / name / "steward.db")
        shutil.copy(self.folder / name / "steward.db", data)
        os.sync()
        try:
            yield self._copy(data)
        finally:
            shutil.rmtree(data)

    def processes(self) -> list[psutil.Process]:
        return []

    def version(self) -> str:
        return f"SQLite {sqlite.sqlite_version}"


def _write_back(file: Path) -> None:
    """The whole of a database into its one file."""
    connection = sqlite.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _count(file: Path, what: str) -> int:
    connection = sqlite.connect(file)
    try:
        connection.execute(SQLITE_PRAGMAS[0])
        return int(connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])
    finally:
        connection.close()


@dataclass
class PostgresStore:
    server: Postgres
    engine: str = "postgresql"
    durability: str = "fsync=on, synchronous_commit=on"
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def _copy(self, name: str) -> Copy:
        data = self.server.folder / "apps"
        data.mkdir(exist_ok=True)
        url = self.server.url(name)
        environ = {"DATABASE_URL": url, "STEWARD_DATA": str(data)}
        return Copy(environ, url, lambda what: _counted(url, what))

    def lay(self, name: str) -> Copy:
        self.server.order(f"CREATE DATABASE {name}")
        copy = self._copy(name)
        migrate(copy.environ)
        return copy

    def empty(self) -> Any:
        """A context with a database without tables."""
        return self.fresh("template0")

    @contextmanager
    def fresh(self, name: str) -> Iterator[Copy]:
        copy = f"copy{next(self._numbers)}"
        self.server.order(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY FILE_COPY")
        self.server.order("CHECKPOINT")
        try:
            yield self._copy(copy)
        finally:
            self.server.order(f"DROP DATABASE {copy} WITH (FORCE)")

    def processes(self) -> list[psutil.Process]:
        assert self.server.process is not None
        return [psutil.Process(self.server.process.pid)]

    def version(self) -> str:
        with psycopg.connect(self.server.url("postgres")) as connection:
            row = connection.execute("SHOW server_version").fetchone()
        assert row is not None
        return f"PostgreSQL {row[0].split()[0]}"


def _counted(url: str, what: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {what}".encode()).fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def opened(engine: str) -> Iterator[Any]:
    """A store of this engine in a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"bench-{engine}-"))
    try:
        if engine == "sqlite":
            yield SqliteStore(folder)
            return
        if not os.geteuid():
            shutil.chown(folder, OWNER, OWNER)
        server = Postgres(folder, settings=DURABLE)
        server.start()
        try:
            yield PostgresStore(server)
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
