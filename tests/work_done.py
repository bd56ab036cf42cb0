"""What an engine does for a request, counted by itself: no stopwatch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from server.database import db

READ = "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_xact_user_tables"
FLUSH = "SELECT pg_stat_force_next_flush()"


@contextmanager
def counting() -> Iterator[Callable[[Callable[[], Any]], int]]:
    """A function that says what an act costs: rows read by PostgreSQL, steps of SQLite's machine.

    A step of SQLite reads a row, compares a value, moves a cursor: nothing is read without one.
    """
    counted, is_counting = 0, False

    def count(act: Callable[[], Any]) -> int:
        nonlocal counted, is_counting
        db.session.remove()
        counted, is_counting = 0, True
        act()
        db.session.remove()
        is_counting = False
        return counted

    def step() -> int:
        nonlocal counted
        counted += 1
        return 0

    def watch(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(step if is_counting else None, 1)

    def rows_of(connection: Any) -> None:
        nonlocal counted
        cursor = connection.cursor()
        cursor.execute(READ)
        counted += int(cursor.fetchone()[0])
        cursor.execute(FLUSH)  # else the next transaction would count these once more
        cursor.close()

    def at_end(connection: Any) -> None:
        rows_of(connection.connection.dbapi_connection)

    def at_reset(connection: Any, *_: Any) -> None:
        rows_of(connection)
        connection.rollback()

    engine = db.engine
    if engine.name == "sqlite":
        listened = [(engine, "checkout", watch)]
    else:
        listened = [
            (engine, "commit", at_end),
            (engine, "rollback", at_end),
            (engine, "reset", at_reset),
        ]
    for target, name, heard in listened:
        event.listen(target, name, heard)
    try:
        yield count
    finally:
        for target, name, heard in listened:
            event.remove(target, name, heard)
        engine.dispose()
