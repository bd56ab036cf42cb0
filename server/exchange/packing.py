"""Custody's rows: how changes, records and conflicts are laid down and taken up again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Table, and_, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from sync.journal import FeedRow, Settled
from sync.receipt import Receipt, Verdict
from sync.record import Conflict, Held, Record
from sync.stamp import Stamp, from_wire
from sync.wire import read_change

Key = tuple[str, ...]


@dataclass(slots=True)
class Rows:
    """Rows a rule left behind, written together at the end of the push."""

    inserts: dict[Table[Any], list[dict[str, Any]]] = field(default_factory=dict)
    updates: list[Any] = field(default_factory=list)

    def insert(self, model: Any, **values: Any) -> None:
        self.inserts.setdefault(table_of(model), []).append(values)

    def update(self, model: Any, key: Mapping[str, Any], **values: Any) -> None:
        table = table_of(model)
        found = and_(*(table.c[name] == value for name, value in key.items()))
        self.updates.append(update(table).where(found).values(**values))

    def flush(self, connection: Connection) -> None:
        """Inserts first, table by table, then updates in the order they were made."""
        for table, rows in self.inserts.items():
            put(connection, table, rows)
        for statement in self.updates:
            connection.execute(statement)
        self.inserts.clear()
        self.updates.clear()


def put(
    connection: Connection, table: Table[Any], rows: Sequence[dict[str, Any]], key: Key = ()
) -> None:
    """Insert rows that all name the same columns; where one with that key is there already, its
    other columns take the new values. The driver gets the rows as they are: on the way of a push,
    SQLAlchemy's own work for each row costs more than the database's."""
    if not rows:
        return
    plan = _plan(table, tuple(rows[0]), key, connection.dialect)
    connection.exec_driver_sql(plan.sql, [plan.pick(row) for row in rows])


class _Plan(NamedTuple):
    sql: str
    pick: Callable[[dict[str, Any]], Any]


@cache
def _plan(table: Table[Any], names: tuple[str, ...], key: Key, dialect: Dialect) -> _Plan:
    statement = (postgresql if dialect.name == "postgresql" else sqlite).insert(table)
    if key:
        rest = {name: statement.excluded[name] for name in names if name not in key}
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=rest)
    fixed = {
        column.name: column.default.arg
        for column in table.c
        if column.name not in names and column.default is not None and column.default.is_scalar
    }
    values: dict[str, Any] = {name: bindparam(name) for name in (*names, *fixed)}
    compiled = statement.values(values).compile(dialect=dialect)
    if compiled.positiontup is None:
        return _Plan(str(compiled), lambda row: fixed | row)
    take = itemgetter(*compiled.positiontup)
    return _Plan(str(compiled), (lambda row: take(fixed | row)) if fixed else take)


def table_of(model: Any) -> Table[Any]:
    """The table of a model, for statements without objects."""
    table: Table[Any] = model.__table__
    return table


def compact_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def change_row(community_id: str, settled: Settled) -> dict[str, Any]:
    change, receipt = settled.change, settled.receipt
    month = datetime.fromtimestamp(settled.received_at / 1000, UTC)
    return {
        "community_id": community_id,
        "received_month": month.year * 100 + month.month,
        "device_id": settled.stamp.device,
        "n": change.n,
        "kind": change.kind,
        "about": change.about,
        "raw": change.raw,
        "chain": settled.chain,
        "eff": settled.stamp.eff,
        "doubt": settled.doubt,
        "method": settled.method,
        "segment": change.segment,
        "wall": change.wall,
        "zone": change.zone,
        "received_at": settled.received_at,
        "verdict": receipt.verdict.value,
        "reason": receipt.reason,
        "number": receipt.number,
        "seq": receipt.seq,
        "details": compact_json(receipt.details),
    }


def record_row(community_id: str, record: Record) -> dict[str, Any]:
    held = {
        name: [h.value, h.stamp.eff, h.stamp.device, h.stamp.n, h.doubt]
        for name, h in record.fields.items()
    }
    return {
        "community_id": community_id,
        "id": record.id,
        "kind": record.kind,
        "scopes": " ".join(record.scopes),
        "owner": record.owner,
        "state": record.state,
        "generation": record.generation,
        "path": " ".join(record.path),
        "fields": compact_json(held),
        "facts": record.facts,
        "seq": record.seq,
        "removed": record.removed,
        "number": record.number,
        "stepped": record.stepped.wire() if record.stepped else "",
    }


def feed_row(community_id: str, row: FeedRow) -> dict[str, Any]:
    return {
        "community_id": community_id,
        "period": 0,
        "scope": row.scope,
        "kind": row.kind,
        "about": row.about,
        "seq": row.seq,
        "what": row.what,
    }


def conflict_row(community_id: str, found: Conflict, now: int) -> dict[str, Any]:
    return {
        "community_id": community_id,
        "id": found.id,
        "about": found.about,
        "field": found.field,
        "winner": found.winner.wire(),
        "loser": found.loser.wire(),
        "winner_value": compact_json(found.winner_value),
        "loser_value": compact_json(found.loser_value),
        "reason": found.reason,
        "doubt": found.doubt,
        "state": found.state,
        "found_at": now,
    }


def kept_change(row: Any) -> Settled:
    """A row of custody as reconciliation knows it."""
    details = json.loads(row.details) if row.details else {}
    return Settled(
        change=read_change(bytes(row.raw), row.n),
        chain=bytes(row.chain),
        stamp=Stamp(row.eff, row.device_id, row.n),
        doubt=row.doubt,
        method=row.method,
        receipt=Receipt(row.n, Verdict(row.verdict), row.reason, row.number, row.seq, details),
        received_at=row.received_at,
    )


def kept_record(row: Any) -> Record:
    held = {
        name: Held(value, Stamp(eff, device, n), doubt)
        for name, (value, eff, device, n, doubt) in json.loads(row.fields).items()
    }
    return Record(
        id=row.id,
        kind=row.kind,
        scopes=tuple(row.scopes.split()),
        owner=row.owner,
        state=row.state,
        generation=row.generation,
        path=tuple(row.path.split()),
        fields=held,
        facts=row.facts,
        seq=row.seq,
        removed=row.removed,
        number=row.number,
        stepped=from_wire(row.stepped) if row.stepped else None,
    )


def kept_conflict(row: Any) -> Conflict:
    return Conflict(
        id=row.id,
        about=row.about,
        field=row.field,
        winner=from_wire(row.winner),
        loser=from_wire(row.loser),
        winner_value=json.loads(row.winner_value),
        loser_value=json.loads(row.loser_value),
        reason=row.reason,
        doubt=row.doubt,
        state=row.state,
    )
