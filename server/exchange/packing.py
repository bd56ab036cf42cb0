"""Custody's rows: how changes, records and conflicts are laid down and taken up again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, update

from server.prepared import put, table_of
from sync.change import Change
from sync.journal import FeedRow, Settled
from sync.receipt import Receipt, Verdict
from sync.record import Conflict, Held, Record
from sync.stamp import Stamp, from_wire


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


_quote = json.encoder.encode_basestring
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compact_json(value: Any) -> str:
    """JSON as it is kept in a column."""
    return _encode(value) if value else "{}"


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
    return {
        "community_id": community_id,
        "id": record.id,
        "kind": record.kind,
        "scopes": " ".join(record.scopes),
        "owner": record.owner,
        "state": record.state,
        "generation": record.generation,
        "path": " ".join(record.path),
        "fields": _fields_json(record.fields),
        "facts": record.facts,
        "seq": record.seq,
        "removed": record.removed,
        "number": record.number,
        "stepped": record.stepped.wire() if record.stepped else "",
    }


def _fields_json(fields: Mapping[str, Held]) -> str:
    """{name: [value, eff, device, n, doubt]}. The fields of a new record have one stamp, and most
    values are words: written by hand it takes a third of the time."""
    parts, tail, last = [], "", None
    for name, (value, stamp, doubt) in fields.items():
        if stamp is not last:
            last, tail = stamp, f'{stamp.eff},"{stamp.device}",{stamp.n},'
        said = _quote(value) if type(value) is str else _encode(value)
        parts.append(f'"{name}":[{said},{tail}{doubt}]')
    return "{" + ",".join(parts) + "}"


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


OF_SETTLED = (
    *("n", "raw", "chain", "eff", "device_id", "doubt", "method"),
    *("verdict", "reason", "number", "seq", "details", "received_at"),
)


def kept_change(row: Any) -> Settled:
    """A row of custody as reconciliation knows it; OF_SETTLED is enough of it. Its bytes stay as
    they are: hardly anybody asks what they say."""
    details = json.loads(row.details) if len(row.details) > 2 else {}
    return Settled(
        change=Change(row.n, bytes(row.raw)),
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
