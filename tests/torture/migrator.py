"""One migration in a process of its own: `python -m tests.torture.migrator REVISION DIES_AT`.

It is killed before its statement number DIES_AT, the commit being one.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, event, text

from server import create_app
from server.database import db

BASE = "base"


def main(to: str, dies_at: int) -> None:
    app = create_app()

    def die(seen: int) -> None:
        if seen == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context(), counted(db.engine, die):
        (upgrade if is_up(to) else downgrade)(revision=to)
        db.engine.dispose()


@contextmanager
def counted(engine: Engine, told: Callable[[int], None] = lambda seen: None) -> Iterator[list[int]]:
    """Every statement and commit that begins meanwhile."""
    seen: list[int] = []

    def another(*_statement: Any) -> None:
        seen.append(len(seen) + 1)
        told(len(seen))

    for name in ("before_cursor_execute", "commit"):
        event.listen(engine, name, another)
    try:
        yield seen
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(engine, name, another)


def is_up(to: str) -> bool:
    """Whether a revision is above the one the app's database is at."""
    return to != BASE and to > at(db.engine)


def at(engine: Engine) -> str:
    """The revision a database is at; empty when at none."""
    with engine.connect() as rows:
        if not engine.dialect.has_table(rows, "alembic_version"):
            return ""
        return rows.scalar(text("SELECT version_num FROM alembic_version")) or ""


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
