"""The yardstick: a bare Flask handler that writes what a push writes, with raw SQL and no rules.

It asks nobody who they are, checks nothing and knows no ORM; but what it acknowledges is flushed.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

import psycopg
from flask import Flask, Response, request

from server.database import SQLITE_PRAGMAS, sqlite

app = Flask(__name__)
ADDRESS = os.environ["BARE_DATABASE"]
IS_POSTGRES = ADDRESS.startswith("postgres")
_own = threading.local()

CHANGES = (
    "community_id, received_month, device_id, n, kind, about, raw, chain, eff, doubt, method,"
    " segment, wall, zone, received_at, verdict, reason, number, seq, details"
)
RECORDS = (
    "community_id, id, kind, scopes, owner, state, generation, path, fields, facts, seq, removed,"
    " number, stepped"
)
FEED = "community_id, period, scope, kind, about, seq, what"
REPORTS = (
    "community_id, id, number, place_id, category, level, words, spot, done, emergency, source,"
    " contact, state, member_id, device_id, patrol_id, item, case_id, happened_at, doubt,"
    " received_at"
)
TAKE = "UPDATE streams SET next_seq = next_seq + %s WHERE community_id = %s RETURNING next_seq - %s"
KNOW = "UPDATE devices SET last_n = %s WHERE community_id = %s AND id = %s"
PAGE = (
    "SELECT f.kind, f.about, f.seq, r.number, r.place_id, r.category, r.level, r.words, r.spot,"
    " r.done, r.emergency, r.source, r.state, r.member_id, r.happened_at, r.received_at, r.doubt"
    " FROM feed f JOIN reports r ON r.community_id = f.community_id AND r.id = f.about"
    " WHERE f.community_id = %s AND f.period = 0 AND f.scope = %s AND f.seq > %s"
    " ORDER BY f.seq LIMIT %s"
)
ROW = (
    *("number", "place", "category", "level", "words", "spot", "done", "emergency", "source"),
    *("state", "member", "happened_at", "received_at", "doubt"),
)


def sql(text: str) -> str:
    return text if IS_POSTGRES else text.replace("%s", "?")


# What is no text on PostgreSQL.
KINDS = {
    **dict.fromkeys(("received_month", "zone", "generation", "facts", "period"), "int4"),
    **dict.fromkeys(("n", "eff", "doubt", "segment", "wall", "received_at", "seq"), "int8"),
    **dict.fromkeys(("raw", "chain"), "bytea"),
    **dict.fromkeys(("removed", "emergency"), "bool"),
    "happened_at": "int8",
}


@cache
def insertion(table: str, columns: str, rows: int) -> str:
    """All rows in one statement; measured: arrays cost PostgreSQL's driver half of what a value
    for every column of every row does."""
    names = columns.split(", ")
    if IS_POSTGRES:
        arrays = ", ".join(f"%b::{KINDS.get(name, 'text')}[]" for name in names)
        source = f"SELECT * FROM unnest({arrays})"
    else:
        row = f"({', '.join('?' * len(names))})"
        source = f"VALUES {', '.join([row] * rows)}"
    return f"INSERT INTO {table} ({columns}) {source} ON CONFLICT DO NOTHING"


def statement(table: str, columns: str, rows: int, values: list[Any]) -> tuple[str, Sequence[Any]]:
    """An insertion and what goes with it; `values`: row after row."""
    if IS_POSTGRES:
        width = len(values) // rows
        return insertion(table, columns, 0), [values[i::width] for i in range(width)]
    return insertion(table, columns, rows), values


def connection() -> Any:
    if not hasattr(_own, "connection"):
        _own.connection = _connect_postgres() if IS_POSTGRES else _connect_sqlite()
    return _own.connection


def _connect_sqlite() -> Any:
    found = sqlite.connect(ADDRESS)
    found.isolation_level = None
    for pragma in (*SQLITE_PRAGMAS, "PRAGMA foreign_keys=OFF"):
        found.execute(pragma)
    return found


def _connect_postgres() -> Any:
    found = psycopg.connect(ADDRESS, autocommit=True)
    found.prepare_threshold = 1
    return found


@app.post("/push")
def push() -> Response:
    """Parse the lines, take the counter, write four kinds of rows, flush."""
    head, *lines = request.get_data().split(b"\n")
    envelope = json.loads(head)
    rows = [json.loads(line) for line in lines]
    write = _write_postgres if IS_POSTGRES else _write_sqlite
    stored = write(envelope, lines, rows)
    return said({"acked": envelope["first"] + len(lines) - 1, "stored": stored})


def _write_sqlite(envelope: dict[str, Any], lines: list[bytes], rows: list[Any]) -> int:
    db, community = connection(), envelope["community"]
    db.execute("BEGIN IMMEDIATE")
    take = (len(rows), community, len(rows))
    seq = db.execute(sql(TAKE), take).fetchone()[0]
    first, *others = tables(envelope, lines, rows, seq)
    stored = int(db.execute(*first).rowcount)
    if not stored:
        db.execute("ROLLBACK")
        return 0
    for statement in others:
        db.execute(*statement)
    db.execute("COMMIT")
    return stored


def _write_postgres(envelope: dict[str, Any], lines: list[bytes], rows: list[Any]) -> int:
    """What need not wait for an answer is sent together."""
    db, community = connection(), envelope["community"]
    with db.pipeline() as pipeline, db.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(TAKE, (len(rows), community, len(rows)))
        first, *others = tables(envelope, lines, rows, cursor.fetchone()[0])
        stored = int(cursor.execute(*first).rowcount)
        if stored:
            for statement in others:
                cursor.execute(*statement)
        cursor.execute("COMMIT" if stored else "ROLLBACK")
        pipeline.sync()
    return stored


def tables(
    envelope: dict[str, Any], lines: list[bytes], rows: list[Any], seq: int
) -> list[tuple[str, Sequence[Any]]]:
    """The statements that write a push down; the first of them tells whether it is new."""
    community, device, start = envelope["community"], envelope["device"], envelope["first"]
    member = envelope["member"]
    changes: list[Any] = []
    records: list[Any] = []
    feed: list[Any] = []
    reports: list[Any] = []
    for i, row in enumerate(rows):
        about, body, (segment, wall, zone) = row["o"], row["b"], row["t"]
        place, n, eff, number = body["place"], start + i, wall << 16, f"1124-{seq + i}"
        stamp = [eff, device, n, 0]
        changes += (
            community, 202611, device, n, row["k"], about, lines[i], bytes(32), eff, 0, "age",
            segment, wall, zone, wall, "applied", "", number, seq + i, "{}",
        )  # fmt: skip
        held = {
            "place": [place, *stamp],
            "category": [body["category"], *stamp],
            "level": [body["level"], *stamp],
            "words": [body["words"], *stamp],
            "spot": ["", *stamp],
            "emergency": [False, *stamp],
        }
        scopes = f"place:{place} me:{member}"
        fields = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
        records += (
            community, about, "report", scopes, device, "screening", 1, "screening", fields, 0,
            seq + i, False, number, f"{eff:016x}.{device}.{n}",
        )  # fmt: skip
        for scope in scopes.split():
            feed += (community, 0, scope, "report", about, seq + i, "row")
        reports += (
            community, about, number, place, body["category"], body["level"], body["words"], "",
            "", False, "steward", "", "screening", member, device, None, "", None, wall, 0, wall,
        )  # fmt: skip
    return [
        statement("changes", CHANGES, len(rows), changes),
        statement("records", RECORDS, len(rows), records),
        statement("feed", FEED, 2 * len(rows), feed),
        statement("reports", REPORTS, len(rows), reports),
        (sql(KNOW), (start + len(rows) - 1, community, device)),
    ]


@app.post("/pull")
def pull() -> Response:
    """A page of a scope's news after a number, by the counter's index."""
    asked = json.loads(request.get_data())
    place = (asked["community"], asked["scope"], asked["after"], asked["limit"])
    found = connection().execute(sql(PAGE), place).fetchall()
    news = [
        [asked["scope"], kind, about, seq, dict(zip(ROW, row, strict=True), id=about)]
        for kind, about, seq, *row in found
    ]
    return said({"changes": news})


@app.get("/heads/<community>")
def head(community: str) -> str:
    text = sql("SELECT next_seq - 1 FROM streams WHERE community_id = %s")
    return str(connection().execute(text, (community,)).fetchone()[0])


def said(value: Any) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), mimetype="application/json")
