"""The product as gunicorn runs it, dying at named points or noting what it acknowledges.

DEATHS=<file>:<seed>: each process dies at one point, the next at the next; a line per death. A
file <file>.end lets those that start afterwards live. MARKS=<file>: a line for each answer,
written before its first byte leaves. CARELESS=1: SQLite flushes nothing. OVERLAPS=<file>:
a line for each push that came while another of its device was under way.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import obstore
import psycopg
from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

import server
from server import database
from server.media import intake, store

WRITES = {
    "changes": re.compile(r"INSERT INTO changes\b"),
    "reports": re.compile(r"INSERT INTO reports\b"),
    "records": re.compile(r"INSERT INTO records\b"),
    "feed": re.compile(r"INSERT INTO feed\b"),
    "the device's number": re.compile(r"UPDATE devices\b"),
    "a photo's row": re.compile(r"UPDATE photos\b"),
}
POINTS = (
    *(f"before {name}" for name in WRITES),
    "before a commit",
    "after a commit",
    "before an answer",
    "within an answer",
    "within a part of a photo",
    "before a photo's file",
    "after a photo's file",
    "after a photo's row is committed",
)
MOST_PASSES = 4

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Fate:
    """Where this process dies."""

    def __init__(self, file: str) -> None:
        path, _, seed = file.rpartition(":")
        self.path = Path(path)
        os.register_at_fork(after_in_child=lambda: self._draw(seed))
        self._draw(seed)

    def _draw(self, seed: str) -> None:
        died = len(self.path.read_text().splitlines()) if self.path.exists() else 0
        ends = self.path.with_suffix(".end").exists()
        self.point = "" if ends else POINTS[died % len(POINTS)]
        self.left = random.Random(f"{seed} {died}").randint(1, MOST_PASSES)

    def passes(self, point: str) -> None:
        if point != self.point:
            return
        self.left -= 1
        if self.left == 0:
            with self.path.open("a") as deaths:
                deaths.write(point + "\n")
            os.kill(os.getpid(), signal.SIGKILL)


def create_app() -> Flask:
    if os.environ.get("CARELESS"):
        database.SQLITE_PRAGMAS = (*database.SQLITE_PRAGMAS, "PRAGMA synchronous=OFF")
    app = server.create_app()
    if marks := os.environ.get("MARKS"):
        app.wsgi_app = noting(app.wsgi_app, marks)  # type: ignore[method-assign]
    if overlaps := os.environ.get("OVERLAPS"):
        app.wsgi_app = watching_senders(app.wsgi_app, Path(overlaps))  # type: ignore[method-assign]
    if deaths := os.environ.get("DEATHS"):
        fate = Fate(deaths)
        watch_rows(fate)
        watch_photos(fate)
        app.wsgi_app = answering(app.wsgi_app, fate)  # type: ignore[method-assign]
    return app


def noting(app: App, marks: str) -> App:
    """Notes who was told what."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        said: list[str] = []

        def started(status: str, *more: Any) -> Any:
            said.append(status)
            return start(status, *more)

        body = b"".join(app(environ, started))
        if environ["REQUEST_METHOD"] != "GET" and said[0].startswith("200"):
            note = {"path": environ["PATH_INFO"], "device": who(environ), "said": body.decode()}
            file = os.open(marks, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(file, json.dumps(note).encode() + b"\n")
            os.close(file)
        return [body]

    return answer


def who(environ: dict[str, Any]) -> str:
    """The device that asks."""
    found = re.search("device=([^,]*)", environ.get("HTTP_AUTHORIZATION", ""))
    return found[1] if found else ""


def watching_senders(app: App, overlaps: Path) -> App:
    under_way: Counter[str] = Counter()

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith("/push"):
            return app(environ, start)
        device = who(environ)
        under_way[device] += 1
        if under_way[device] > 1:
            with overlaps.open("a") as lines:
                lines.write(device + "\n")
        try:
            return [b"".join(app(environ, start))]
        finally:
            under_way[device] -= 1

    return answer


def answering(app: App, fate: Fate) -> App:
    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = b"".join(app(environ, start))
        if environ["PATH_INFO"].startswith("/sync/"):
            fate.passes("before an answer")
            yield body[: len(body) // 2]
            fate.passes("within an answer")
            yield body[len(body) // 2 :]
        else:
            yield body

    return answer


def watch_rows(fate: Fate) -> None:
    """In the driver, below whatever the product does to be quick."""

    def sees(statement: str) -> None:
        for name, pattern in WRITES.items():
            if pattern.match(statement):
                fate.passes(f"before {name}")

    class WatchedCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *more: Any, **named: Any) -> Any:
            sees(query)
            return super().execute(query, *more, **named)

        def executemany(self, query: Any, *more: Any, **named: Any) -> None:
            sees(query)
            super().executemany(query, *more, **named)

    @event.listens_for(Engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        if isinstance(connection, psycopg.Connection):
            connection.cursor_factory = WatchedCursor
        else:
            connection.set_trace_callback(sees)

    def do_commit(_dialect: DefaultDialect, connection: Any) -> None:
        fate.passes("before a commit")
        connection.commit()
        fate.passes("after a commit")

    DefaultDialect.do_commit = do_commit  # type: ignore[assignment,method-assign]


def watch_photos(fate: Fate) -> None:
    put, write, record = obstore.put, intake.write, intake.record

    def put_a_file(*args: Any, **more: Any) -> Any:
        fate.passes("before a photo's file")
        done = put(*args, **more)
        fate.passes("after a photo's file")
        return done

    def write_a_part(file: Any, part: bytes, at: int) -> None:
        write(file, part[: len(part) // 2], at)
        fate.passes("within a part of a photo")
        write(file, part[len(part) // 2 :], at + len(part) // 2)

    def record_it(*args: Any) -> Any:
        row = record(*args)
        fate.passes("after a photo's row is committed")
        return row

    store.obstore.put = put_a_file  # type: ignore[assignment]
    intake.write, intake.record = write_a_part, record_it
