"""Statements put into an engine's words once and then run with the driver's own values.

On the way of a push or a pull, SQLAlchemy's work for each call (building, looking up, compiling,
converting) costs more than the database's own. What is written here is still Core, so that every
engine gets its own words; only that it happens once.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Dialect,
    Float,
    Integer,
    LargeBinary,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from server.arrays import as_array

Key = tuple[str, ...]
_LISTED = {kind: kind for kind in (Integer, BigInteger, Boolean, LargeBinary, Float)}
Values = Mapping[str, Any]


class Prepared:
    """A statement with named gaps. Values go in and come out as the driver has them: a truth may be
    0 or 1. Errors are SQLAlchemy's, as with any other statement."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def run(self, connection: Connection, **values: Any) -> None:
        """For a statement that gives nothing back."""
        plan = self._plan_for(connection)
        _execute(connection, plan.sql, plan.pick(values)).close()

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        """Every row, its columns by name."""
        return self.ask(connection, **values)()

    def ask(self, connection: Connection, **values: Any) -> Callable[[], list[Any]]:
        """Ask now, hear every row later: what is asked `together` goes the way there once."""
        plan = self._plan_for(connection)
        cursor = _execute(connection, plan.sql, plan.pick(values))
        return lambda: _told(connection, plan, cursor)

    def first(self, connection: Connection, **values: Any) -> Any:
        """The first row, or None."""
        rows = self.all(connection, **values)
        return rows[0] if rows else None

    def scalar(self, connection: Connection, **values: Any) -> Any:
        """The first column of the first row, or None."""
        rows = self.all(connection, **values)
        return rows[0][0] if rows else None

    def _plan_for(self, connection: Connection) -> _Plan:
        name = connection.dialect.name
        if name not in self._plans:
            self._plans[name] = _plan(self._statement, connection.dialect, {})
        return self._plans[name]


@dataclass(slots=True)
class _Plan:
    sql: str
    pick: Callable[[Values], Any]
    row: Callable[[Iterable[Any]], Any] | None = None
    names: Key = ()


def _told(connection: Connection, plan: _Plan, cursor: Any) -> list[Any]:
    with _translated(connection, plan.sql):
        rows = cursor.fetchall()
    if plan.row is None:
        plan.row = _row_type([column[0] for column in cursor.description])._make
    cursor.close()
    return list(map(plan.row, rows))


def _row_type(names: list[str]) -> Any:
    return namedtuple("Row", names)


def _execute(connection: Connection, sql: str, values: Any, *, many: bool = False) -> Any:
    cursor = connection.connection.cursor()
    with _translated(connection, sql):
        (cursor.executemany if many else cursor.execute)(sql, values)
    return cursor


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """What is sent inside goes to a server without waiting for each answer; a fault is told at the
    latest at the end."""
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    with _translated(connection, ""), driver.pipeline():
        yield


@contextmanager
def _translated(connection: Connection, sql: str) -> Iterator[None]:
    try:
        yield
    except Exception as fault:
        _translate(connection, sql, fault)
        raise


def _translate(connection: Connection, sql: str, fault: Exception) -> None:
    """Raise a driver's error as SQLAlchemy would, and give up a connection that is gone."""
    dialect = connection.dialect
    errors = dialect.loaded_dbapi.Error
    if not isinstance(fault, errors):
        return
    is_gone = dialect.is_disconnect(fault, connection.connection.dbapi_connection, None)
    if is_gone:
        connection.invalidate(fault)
    raise DBAPIError.instance(
        sql, None, fault, errors, connection_invalidated=is_gone, dialect=dialect
    ) from fault


def _plan(statement: Any, dialect: Dialect, fixed: Values) -> _Plan:
    compiled = statement.compile(dialect=dialect)
    given = {name: value for name, value in compiled.params.items() if value is not None}
    fixed = {**given, **fixed}
    if compiled.positiontup is None:
        return _Plan(str(compiled), (lambda row: {**fixed, **row}) if fixed else dict)
    names = tuple(compiled.positiontup)
    if len(names) == 1:
        return _Plan(str(compiled), lambda row: ({**fixed, **row}[names[0]],))
    take = itemgetter(*names) if names else lambda row: ()
    return _Plan(str(compiled), (lambda row: take({**fixed, **row})) if fixed else take)


def put(connection: Connection, table: Table[Any], rows: Sequence[Values], key: Key = ()) -> None:
    """Insert rows that all name the same columns; where one with that key is there already, its
    other columns take the new values."""
    if not rows:
        return
    plan = _insert(table, tuple(rows[0]), key, connection.dialect)
    values = [plan.pick(row) for row in rows]
    if connection.dialect.name == "postgresql":
        columns = zip(plan.names, zip(*values, strict=True), strict=True)
        arrays = {name: as_array(table.c[name].type, column) for name, column in columns}
        _execute(connection, plan.sql, arrays).close()
    else:
        _execute(connection, plan.sql, values, many=True).close()


@cache
def _insert(table: Table[Any], names: tuple[str, ...], key: Key, dialect: Dialect) -> _Plan:
    statement: Any = (postgresql if dialect.name == "postgresql" else sqlite).insert(table)
    if key:
        rest = {name: statement.excluded[name] for name in names if name not in key}
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=rest)
    fixed = {
        column.name: column.default.arg
        for column in table.c
        if column.name not in names and column.default is not None and column.default.is_scalar
    }
    every = (*names, *fixed)
    if dialect.name == "postgresql":
        plan = _plan(statement.from_select(every, _columns(table, every)), dialect, {})
        take = itemgetter(*every)
        return replace(plan, names=every, pick=lambda row: take({**fixed, **row}))
    return _plan(statement.values({name: bindparam(name) for name in every}), dialect, fixed)


def _columns(table: Table[Any], names: Key) -> Any:
    """Rows given as a list for each column: PostgreSQL takes them in one go."""
    lists = [cast(bindparam(name), postgresql.ARRAY(_listed(table.c[name]))) for name in names]
    return select(func.unnest(*lists).table_valued(*names).render_derived())


def _listed(column: Any) -> Any:
    return _LISTED.get(type(column.type), Text)


def rows_asked(
    connection: Connection,
    table: Table[Any],
    community_id: str,
    column: str,
    values: Iterable[Any],
    only: Key = (),
) -> Callable[[], Sequence[Any]]:
    """A community's rows that have one of these values in a column, all columns or `only` these;
    asked now, heard when the answer is called for."""
    asked = sorted(set(values))
    if not asked:
        return tuple
    is_postgres = connection.dialect.name == "postgresql"
    listed = as_array(table.c[column].type, asked) if is_postgres else json.dumps(asked)
    among = _among(table, column, only, connection.dialect.name)
    return among.ask(connection, community=community_id, values=listed)


@cache
def _among(table: Table[Any], column: str, only: Key, engine: str) -> Prepared:
    """However many values there are, they are one argument: so there is one statement."""
    ours = table.c.community_id == bindparam("community")
    columns = [table.c[name] for name in only or table.c.keys()]
    asked = table.c[column]
    values: Any = bindparam("values")
    if engine == "postgresql":
        found = asked == any_(cast(values, postgresql.ARRAY(_listed(asked))))
    else:
        found = asked.in_(select(func.json_each(values).table_valued("value").c.value))
    return Prepared(select(*columns).where(ours, found))


def table_of(model: Any) -> Table[Any]:
    """The table of a model, for statements without objects."""
    table: Table[Any] = model.__table__
    return table
