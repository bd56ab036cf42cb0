"""Rows that one request at a time may look at and change, however many servers there are.

On SQLite every writer is alone anyway; elsewhere an update that changes nothing takes the row.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Column, Table, and_, inspect, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server.database import Base
from server.prepared import table_of

Row = TypeVar("Row", bound=Base)


def hold(session: Session, row: Row) -> Row:
    """The row as it is now, ours until the transaction ends."""
    table = table_of(type(row))
    key = inspect(row).identity
    assert key is not None  # noqa: S101 - it was read from the database
    found = and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
    unchanged = _unchanged(table)
    session.execute(update(table).where(found).values({unchanged.name: unchanged}))
    session.refresh(row)
    return row


def hold_or_begin(session: Session, model: type[Row], **first: Any) -> Row:
    """The row with this key, begun with these values where there is none; ours likewise."""
    table = table_of(model)
    key = [column.name for column in table.primary_key]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    unchanged = _unchanged(table)
    begin = dialect.insert(table).values(**first)
    session.execute(
        begin.on_conflict_do_update(index_elements=key, set_={unchanged.name: unchanged})
    )
    return session.get_one(model, tuple(first[name] for name in key), populate_existing=True)


def _unchanged(table: Table[Any]) -> Column[Any]:
    return next(column for column in table.columns if not column.primary_key)
