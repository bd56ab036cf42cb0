"""Old bodies of changes lie in compressed files beside the photos, not in the database.

The row stays, with its verdict, its stamp and its link of the chain, so that a repeat is known as a
repeat for ever; only `raw` becomes empty. A file names the one before it by its hash, and each line
bears the row's own link, so the files alone prove that nothing was taken out or put in.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore
from sqlalchemy import Connection, bindparam, insert, inspect, select, update
from sqlalchemy.orm import Session

from server.database import db, write_transaction
from server.exchange.models import Archive, ChangeRow, StreamRow
from server.exchange.months import month_after, month_of
from server.media.store import folder, open_store, out_of_reach, settings, sync_to_disk
from server.prepared import table_of
from server.settings import Settings
from server.upkeep.models import Task, noting

KEPT_MONTHS = 13
DAY_MS = 86_400_000
ROWS_AT_ONCE = 5_000
TASK = "archive"
SET_ASIDE = ("parked", "quarantined")  # somebody will still judge them

CHANGE, STREAM, ARCHIVE = table_of(ChangeRow), table_of(StreamRow), table_of(Archive)
_EMPTY = (
    update(CHANGE)
    .where(
        CHANGE.c.community_id == bindparam("of_community"),
        CHANGE.c.received_month == bindparam("of_month"),
        CHANGE.c.device_id == bindparam("of_device"),
        CHANGE.c.n == bindparam("of_n"),
    )
    .values(raw=b"")
)


log = logging.getLogger(__name__)


class Damaged(Exception):
    """A file is not the one its row speaks of."""


def archive_bodies(now: int) -> None:
    """Once a day: move the bodies of months that are over for long enough."""
    with db.engine.connect() as connection:
        task = connection.execute(
            select(Task.done_at, Task.number).where(Task.name == TASK)
        ).first()
        if task and not task.done_at + DAY_MS <= now:
            return
        until = month_after(month_of(now), -KEPT_MONTHS)
        months = (CHANGE.c.received_month > (task.number if task else 0)) & (
            CHANGE.c.received_month < until
        )
        wanted = select(CHANGE.c.community_id, CHANGE.c.received_month).where(months).distinct()
        due = sorted(tuple(row) for row in connection.execute(wanted))
    try:
        for community_id, month in due:
            while _archive_some(community_id, month, now):
                pass
    except (OSError, Damaged) as fault:  # all that is not safe there is still here
        log.warning("bodies wait: %s %s", type(fault).__name__, fault)
        with noting(TASK) as noted:
            noted.tried_at, noted.failure = now, type(fault).__name__
        return
    with noting(TASK) as noted:
        noted.done_at = noted.tried_at = now
        noted.failure, noted.number = "", month_after(until, -1)


def body_of(session: Session, row: ChangeRow) -> bytes:
    """The bytes a change came in, wherever they lie. Raises OSError while they are out of reach."""
    if row.raw:
        return bytes(row.raw)
    files = select(Archive.name, Archive.sha256).where(
        Archive.community_id == row.community_id, Archive.month == row.received_month
    )
    for name, sha256 in session.execute(files):
        found = _bodies(settings(), name, sha256).get((row.device_id, row.n))
        if found is not None:
            return found
    raise Damaged(f"{row.device_id} {row.n}")


def files_of(rows: Connection) -> list[str]:
    """The files a backup must hold too."""
    if not inspect(rows).has_table(ARCHIVE.name):
        return []  # a backup from before there were any
    return list(rows.scalars(select(ARCHIVE.c.name).order_by(ARCHIVE.c.name)))


def _archive_some(community_id: str, month: int, now: int) -> bool:
    """Move a batch. False when none is left."""
    with db.engine.connect() as connection:
        before = _newest(connection, community_id)
        rows = connection.execute(
            select(CHANGE.c.device_id, CHANGE.c.n, CHANGE.c.raw, CHANGE.c.chain)
            .where(
                CHANGE.c.community_id == community_id,
                CHANGE.c.received_month == month,
                CHANGE.c.verdict.not_in(SET_ASIDE),
                CHANGE.c.raw != b"",
            )
            .order_by(CHANGE.c.device_id, CHANGE.c.n)
            .limit(ROWS_AT_ONCE)
        ).all()
    if not rows:
        return False
    part, link = (before.part + 1, before.sha256) if before else (1, "")
    file = _packed({"community": community_id, "month": month, "part": part, "before": link}, rows)
    sha256 = hashlib.sha256(file).hexdigest()
    name = f"{community_id}/changes/{part:06}.{sha256[:16]}.gz"
    _lay_down(name, file)
    with write_transaction() as connection:
        ours = (STREAM.c.community_id == community_id, STREAM.c.stream == 0)
        connection.execute(update(STREAM).where(*ours).values(next_seq=STREAM.c.next_seq))
        if _newest(connection, community_id) != before:
            return True  # another worker was quicker
        made = {"part": part, "month": month, "name": name, "sha256": sha256, "before": link}
        made |= {"community_id": community_id, "rows": len(rows), "made_at": now}
        connection.execute(insert(ARCHIVE), made)
        keys = [
            {"of_device": row.device_id, "of_n": row.n}
            | {"of_community": community_id, "of_month": month}
            for row in rows
        ]
        connection.execute(_EMPTY, keys)
    return True


def _newest(connection: Connection, community_id: str) -> Any:
    wanted = select(ARCHIVE.c.part, ARCHIVE.c.sha256).where(ARCHIVE.c.community_id == community_id)
    return connection.execute(wanted.order_by(ARCHIVE.c.part.desc()).limit(1)).first()


def _packed(head: dict[str, Any], rows: Sequence[Any]) -> bytes:
    lines = [json.dumps(head)]
    for row in rows:
        raw, chain = bytes(row.raw).decode("latin-1"), bytes(row.chain).hex()
        lines.append(json.dumps([row.device_id, row.n, chain, raw]))
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def _lay_down(name: str, file: bytes) -> None:
    """Safe from a power cut and read back, before anything is taken from the database."""
    try:
        obstore.put(open_store(settings()), name, file, use_multipart=False)
        if isinstance(open_store(settings()), LocalStore):
            sync_to_disk(folder(settings()) / name)
        kept = obstore.get(open_store(settings()), name).bytes().to_bytes()
    except BaseError as error:
        raise out_of_reach(error) from error
    if kept != file:
        raise Damaged(name)


@lru_cache(maxsize=8)
def _bodies(chosen: Settings, name: str, sha256: str) -> dict[tuple[str, int], bytes]:
    try:
        file = obstore.get(open_store(chosen), name).bytes().to_bytes()
    except BaseError as error:
        raise out_of_reach(error) from error
    if hashlib.sha256(file).hexdigest() != sha256:
        raise Damaged(name)
    _head, *lines = gzip.decompress(file).decode().split("\n")
    told = map(json.loads, lines)
    return {(device, n): raw.encode("latin-1") for device, n, _chain, raw in told}
