"""Reports that were told long before the day that is measured, written in bulk."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import psycopg

from benchmarks.stores import Copy
from benchmarks.towns import DAY_MS, Phone, Town, compact, now_ms, record_id
from benchmarks.words import told
from server.database import sqlite

AT_ONCE = 20_000
YEAR_MS = 365 * DAY_MS
COLUMNS = {
    "changes": "community_id received_month device_id n kind about raw chain eff doubt method"
    " segment wall zone received_at verdict reason number seq details",
    "records": "community_id id kind scopes owner state generation path fields facts seq removed"
    " number stepped",
    "feed": "community_id period scope kind about seq what",
    "reports": "community_id id number place_id category level words spot done emergency source"
    " contact state member_id device_id item happened_at doubt received_at",
}
CHAIN = bytes(32)
MOVE = "UPDATE streams SET next_seq = %s WHERE community_id = %s"
Rows = dict[str, list[tuple[Any, ...]]]


def write(copy: Copy, town: Town, reports: int) -> None:
    """So many reports over the last year, evenly over the communities; the counters moved on."""
    written = told_before(town, reports)
    with (_postgres if copy.address.startswith("postgres") else _sqlite)(copy) as put:
        while chunk := list(islice(written, AT_ONCE)):
            put({name: [row for rows in chunk for row in rows[name]] for name in COLUMNS})
        put({}, [(seq + 1, community) for community, seq in town.seq.items()])


def told_before(town: Town, reports: int) -> Iterator[Rows]:
    """The rows of one report after the other, as a push leaves them once a desk has decided."""
    chance = random.Random(7)
    words = [told(chance, 80) for _ in range(997)]
    people = town.phones
    town.seq = dict.fromkeys(town.lanes, 0)
    began, step = now_ms() - YEAR_MS - DAY_MS, YEAR_MS // reports if reports else 0
    for i in range(reports):
        phone, at = people[i % len(people)], began + i * step
        town.seq[phone.community] += 1
        seq, n = town.seq[phone.community], 1 + i // len(people)
        yield _rows(phone, at, seq, n, record_id(at, chance), words[i % len(words)])


def _rows(phone: Phone, at: int, seq: int, n: int, about: str, words: str) -> Rows:
    community, place, member = phone.community, phone.lane, phone.member
    device = f"{phone.device[:-4]}0001"  # the one this steward had before
    number, eff = f"1124-{seq % 100:02d}", at << 16
    body = {"place": place, "category": "rubbish", "level": "community", "words": words}
    stamp = [eff, device, n, 0]
    held = {name: [value, *stamp] for name, value in body.items()}
    held |= {"spot": ["", *stamp], "emergency": [False, *stamp]}
    raw = compact({"k": "report.filed@1", "o": about, "t": [1, at, 480], "b": body})
    me, here = f"me:{member}", f"place:{place}"
    return {
        "changes": [(
            community, _month(at), device, n, "report.filed@1", about, raw, CHAIN, eff, 0, "age",
            1, at, 480, at, "applied", "", number, seq, "{}",
        )],
        "records": [(
            community, about, "report", f"{here} {me}", device, "accepted", 1,
            "screening accepted", compact(held).decode(), 0, seq, False, number,
            f"{eff:016x}.{device}.{n}",
        )],
        "feed": [(community, 0, scope, "report", about, seq, "row") for scope in (here, me)],
        "reports": [(
            community, about, number, place, "rubbish", "community", words, "", "", False,
            "steward", "", "accepted", member, device, "", at, 0, at,
        )],
    }  # fmt: skip


def _month(at_ms: int) -> int:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return at.year * 100 + at.month


@contextmanager
def _sqlite(copy: Copy) -> Iterator[Any]:
    """The fast way into an empty file: nothing is flushed until all is there."""
    connection = sqlite.connect(copy.address)
    for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-1000000"):
        connection.execute(f"PRAGMA {pragma}")

    def put(tables: Rows, counters: Sequence[tuple[int, str]] = ()) -> None:
        for name, rows in tables.items():
            columns = COLUMNS[name].split()
            marks = ", ".join("?" * len(columns))
            into = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"
            connection.executemany(into, rows)
        connection.executemany(MOVE.replace("%s", "?"), counters)

    yield put
    connection.commit()
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


@contextmanager
def _postgres(copy: Copy) -> Iterator[Any]:
    with psycopg.connect(copy.address) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # what refers is known to be there

        def put(tables: Rows, counters: Sequence[tuple[int, str]] = ()) -> None:
            for name, rows in tables.items():
                columns = ", ".join(COLUMNS[name].split())
                with cursor.copy(f"COPY {name} ({columns}) FROM STDIN".encode()) as copying:
                    for row in rows:
                        copying.write_row(row)
            if counters:
                cursor.executemany(MOVE, counters)

        yield put
    with psycopg.connect(copy.address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
