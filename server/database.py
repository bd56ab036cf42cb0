"""The database: one way to read, one way to write, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from time import monotonic
from typing import Any

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, Engine, MetaData, String, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, DisconnectionError, TimeoutError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
)
from sqlalchemy.pool import NullPool

from server.turns import Turns

try:
    # Debian's SQLite is in the range of the WAL-reset corruption bug (3.7.0 to 3.51.2).
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

Id = String(36)
Ms = BigInteger


class Base(DeclarativeBase):
    """Every table. Names of constraints are fixed, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class OfChange:
    """A row that one change made; it bears the change's own name, so a replay finds it there."""

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    device_id: Mapped[str] = mapped_column(Id, primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True)


db = SQLAlchemy(metadata=Base.metadata)
_is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
)
RESTED_S = 2
# Every question of ours has an index. A plan that read a whole table while it was small would stay
# with its prepared statement while the table grows.
POSTGRES_OPTIONS = (
    "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s -c enable_seqscan=off -c jit=off"
)
# A reader sees one moment, as on SQLite: a value and its stamp never come from two. A writer must
# see what was committed before it got the lock.
READING = "REPEATABLE READ"
WRITING: dict[str, dict[str, Any]] = {
    "sqlite": {"writing": True},
    "postgresql": {"writing": True, "isolation_level": "READ COMMITTED"},
}


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction: commits at the end, rolls back on any error.

    What it gives back stays readable afterwards; `db.session` sees the new state.
    """
    with (
        write_transaction() as connection,
        Session(connection, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def write_transaction() -> Iterator[Connection]:
    """As `writing()`, for those who need no session."""
    if _is_writing.get():
        raise RuntimeError("writing() inside writing(): pass the session on instead")
    mark = _is_writing.set(True)
    try:
        engine = db.engine
        options = WRITING[engine.name]
        with (
            current_app.extensions["turn"](),
            engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection
    finally:
        _is_writing.reset(mark)
        stop_reading()
        if db.session.registry.has():
            db.session.rollback()  # its snapshot is older than what was just written


def reading() -> Connection:
    """The request's connection for reading without objects: sees one moment, from its first
    statement on."""
    if "reading" not in g:
        g.reading = db.engine.connect()
        if db.engine.name == "sqlite":  # whose driver begins nothing by itself; ended by the pool
            g.reading.connection.driver_connection.execute("BEGIN")
    found: Connection = g.reading
    return found


def stop_reading(error: BaseException | None = None) -> None:
    """What was read may be old now: the next `reading()` sees a new moment."""
    if connection := g.pop("reading", None):
        connection.close()


@contextmanager
def asking() -> Iterator[Connection]:
    """For one question alone, which is its own moment: nothing is begun and nothing ended."""
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if db.engine.name == "sqlite":
            yield connection
            return
        driver.autocommit = True
        try:
            yield connection
        finally:
            if not driver.closed:
                driver.autocommit = False


def connect(app: Flask, url: str) -> None:
    """Bind the app to its database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    app.extensions["turn"] = nullcontext
    db.init_app(app)
    app.teardown_request(stop_reading)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _prepare_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)
            app.extensions["turn"] = Turns(Path(f"{db.engine.url.database}-turn")).turn
        else:
            event.listen(db.engine, "checkin", _note_rest)
            event.listen(db.engine, "checkout", _wake)


def _engine_options(url: str) -> dict[str, Any]:
    # The one given back last goes first: those of a busy hour rest, and their caches stay small.
    pool = {"pool_size": 20, "max_overflow": 20, "pool_timeout": 10, "pool_use_lifo": True}
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        return pool | {"module": sqlite}
    connect_args = {"connect_timeout": 5, "options": POSTGRES_OPTIONS}
    return pool | {
        "isolation_level": READING,
        "connect_args": connect_args,
    }


def _note_rest(raw: Any, record: Any) -> None:
    record.info["resting_since"] = monotonic()


def _wake(raw: Any, record: Any, proxy: object) -> None:
    """A connection that has rested may be dead; to ask each time would cost each push a way to the
    database and back."""
    if monotonic() - record.info.get("resting_since", monotonic()) > RESTED_S:
        try:
            raw.execute("SELECT 1")
            raw.rollback()
        except Exception as gone:
            raise DisconnectionError from gone


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A plain BEGIN that writes after reading loses updates made in between: 765 of 960, measured.
    is_writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def open_file(path: Path) -> Engine:
    """An SQLite file that is not the app's own."""
    return create_engine(f"sqlite:///{path}", module=sqlite, poolclass=NullPool)


@event.listens_for(db.session, "before_flush")
def _refuse_flush(session: Session, context: object, instances: object) -> None:
    raise RuntimeError("db.session only reads: write inside `with writing() as session`")


@event.listens_for(db.session, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if not state.is_select and (state.is_insert or state.is_update or state.is_delete):
        raise RuntimeError("db.session only reads: write inside `with writing() as session`")


BUSY_WORDS = ("is locked", "is full", "disk I/O error", "unable to open", "readonly database")
BUSY_CODES = ("08", "40", "53", "55P03", "57P")
FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EAGAIN, errno.ENOMEM)


def is_busy(error: BaseException) -> bool:
    """True for what passes by itself or with more room: locks, a full disk, a restart."""
    if isinstance(error, OSError):
        return error.errno in FULL_DISK
    if isinstance(error, TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite.Error):
        return any(words in str(error.orig) for words in BUSY_WORDS)
    code = getattr(error.orig, "sqlstate", None)
    if code is None:  # refused by the driver, or never got through
        return not isinstance(error, DataError)
    return error.connection_invalidated or code.startswith(BUSY_CODES)
