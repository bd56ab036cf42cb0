"""The yardstick: a bare Flask handler that writes what a push writes, with raw SQL and no rules."""

from __future__ import annotations

import json
import os
from typing import Any

from flask import Flask, jsonify, request

from server.database import SQLITE_PRAGMAS, sqlite

app = Flask(__name__)
_open: list[Any] = []

CHANGE = "INSERT INTO changes VALUES (" + ",".join("?" * 22) + ")"
RECORD = "INSERT INTO records VALUES (" + ",".join("?" * 14) + ")"
FEED = "INSERT INTO feed VALUES (?,?,?,?,?,?,?)"
REPORT = "INSERT INTO reports VALUES (" + ",".join("?" * 21) + ")"


def connection() -> Any:
    if not _open:
        found = sqlite.connect(os.environ["BARE_DATABASE"], check_same_thread=False)
        found.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            found.execute(pragma)
        found.execute("PRAGMA foreign_keys=OFF")
        _open.append(found)
    return _open[0]


@app.post("/push")
def push() -> Any:
    """Parse the lines, take the counter, write four kinds of rows, flush."""
    head, *lines = request.get_data().split(b"\n")
    envelope = json.loads(head)
    community, device, first = envelope["community"], envelope["device"], envelope["first"]
    db = connection()
    db.execute("BEGIN IMMEDIATE")
    seq = db.execute(
        "UPDATE streams SET next_seq = next_seq + ? WHERE community_id = ? RETURNING next_seq",
        (len(lines), community),
    ).fetchone()[0]
    rows = [json.loads(line) for line in lines]
    db.executemany(
        CHANGE,
        [_change(community, device, first + i, r, lines[i], seq + i) for i, r in enumerate(rows)],
    )
    db.executemany(RECORD, [_record(community, device, r, seq + i) for i, r in enumerate(rows)])
    db.executemany(
        FEED,
        [
            (community, 0, scope, "report", r["o"], seq + i, "row")
            for i, r in enumerate(rows)
            for scope in (f"place:{r['b']['place']}", f"me:{device}")
        ],
    )
    db.executemany(REPORT, [_report(community, device, r) for r in rows])
    db.execute(
        "UPDATE devices SET last_n = ? WHERE community_id = ? AND id = ?",
        (first + len(lines) - 1, community, device),
    )
    db.execute("COMMIT")
    return jsonify(acked=first + len(lines) - 1, seq=seq)


def _change(
    community: str, device: str, n: int, row: dict[str, Any], raw: bytes, seq: int
) -> tuple[Any, ...]:
    segment, wall, zone = row["t"]
    return (
        community, 202611, device, n, row["k"], row["o"], raw, bytes(32), wall << 16, 0, "age",
        segment, wall, zone, wall, "applied", "", "", seq, "", None, None,
    )  # fmt: skip


def _record(community: str, device: str, row: dict[str, Any], seq: int) -> tuple[Any, ...]:
    body = row["b"]
    return (
        community, row["o"], "report", f"place:{body['place']}", device, "screening", 1,
        "screening", json.dumps(body), 0, seq, 0, "", "",
    )  # fmt: skip


def _report(community: str, device: str, row: dict[str, Any]) -> tuple[Any, ...]:
    body, wall = row["b"], row["t"][1]
    return (
        community, row["o"], "", body["place"], body["category"], body["level"], body["words"],
        "", "", 0, "steward", "", "screening", None, device, None, "", None, wall, 0, wall,
    )  # fmt: skip
