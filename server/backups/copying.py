"""Rows from one database to another, whatever their engines, and proof that they are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    String,
    Table,
    collate,
    delete,
    insert,
    select,
)

from server.database import Base
from server.exchange.models import StreamRow

AT_ONCE = 1000
Progress = Callable[[str, int], None]


class NotTheSame(Exception):
    """A table holds something else than the one it was copied from."""


class Anothers(Exception):
    """The target holds what is not ours, or has gone on since: nothing in it may be replaced."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How many rows a table holds, and what they hash to, in the order of their key."""

    rows: int
    sha256: str


def tables() -> list[Table[Any]]:
    """Every table of ours, each after those it refers to."""
    return Base.metadata.sorted_tables


def proof(connection: Connection, table: Table[Any]) -> Proof:
    """The same rows give the same proof on every engine."""
    found, rows = hashlib.sha256(), 0
    for row in _rows(connection, table):
        found.update(json.dumps([_plain(value) for value in row.values()]).encode())
        rows += 1
    return Proof(rows, found.hexdigest())


def copy(source: Engine, target: Engine, progress: Progress) -> dict[str, Proof]:
    """Copy every table; those that are there already, row for row, are left alone, so that a copy
    that was stopped goes on. Nobody may write to either meanwhile. Returns the proofs by table.

    Raises NotTheSame when a copy differs from what it was copied from, and Anothers, having changed
    nothing, when the target is more than a copy that was stopped."""
    proofs: dict[str, Proof] = {}
    with source.connect() as read:
        with target.connect() as there:
            _refuse_anothers(read, there)
        wanted = {table.name: proof(read, table) for table in tables()}
        with target.begin() as write:
            unlike = [table for table in tables() if proof(write, table) != wanted[table.name]]
            for table in reversed(unlike):
                write.execute(delete(table))
        for table in tables():
            with target.begin() as write:
                if table in unlike:
                    _fill(read, write, table)
                proofs[table.name] = proof(write, table)
                if proofs[table.name] != wanted[table.name]:
                    raise NotTheSame(table.name)
            progress(table.name, proofs[table.name].rows)
    return proofs


def _refuse_anothers(read: Connection, there: Connection) -> None:
    counters = select(StreamRow.community_id, StreamRow.epoch, StreamRow.next_seq)
    here = {row.community_id: row for row in read.execute(counters)}
    for row in there.execute(counters):
        if row.community_id not in here or row[1:] > here[row.community_id][1:]:
            raise Anothers


def _fill(read: Connection, write: Connection, table: Table[Any]) -> None:
    waiting: list[dict[str, Any]] = []
    for row in _rows(read, table):
        waiting.append(row)
        if len(waiting) == AT_ONCE:
            write.execute(insert(table), waiting)
            waiting = []
    if waiting:
        write.execute(insert(table), waiting)


def _rows(connection: Connection, table: Table[Any]) -> Iterator[dict[str, Any]]:
    key = [_bytewise(connection, column) for column in table.primary_key]
    wanted = select(table).order_by(*key).execution_options(yield_per=AT_ONCE)
    for row in connection.execute(wanted).mappings():
        yield dict(row)


def _bytewise(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    """Every engine sorts texts in its own way, except by their bytes."""
    is_text = isinstance(column.type, String) and connection.dialect.name == "postgresql"
    return collate(column, "C") if is_text else column


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value
