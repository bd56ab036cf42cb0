"""Tombstones go after half a year: what a phone must know to let go of a row it may still hold.

A phone whose cursor is older than the last one removed is told its scopes from the beginning
(`floor_seq`), and lets go of what it is not told again. How old a number is, marks of the counter
say, made once a week.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, delete, exists, insert, select, update

from server.database import db, write_transaction
from server.exchange.models import FeedEntry, SeqMark, StreamRow
from server.prepared import table_of

DAY_MS = 86_400_000
KEPT_MS = 180 * DAY_MS  # twice the longest absence that is planned for
MARKED_EVERY_MS = 7 * DAY_MS
COMMUNITIES_AT_ONCE = 200  # the rest has its turn with the next sweep
ROWS_AT_ONCE = 500
TOMBSTONES = ("out", "del")

STREAM, FEED, MARK = table_of(StreamRow), table_of(FeedEntry), table_of(SeqMark)


def forget_tombstones(now: int) -> None:
    """Look once a week at each community: remove old tombstones, and mark how far it is."""
    with db.engine.connect() as connection:
        due = list(_due(connection, now))
    for community_id in due:
        while _forget_some(community_id, now):
            pass
        with write_transaction() as connection:
            _mark(connection, community_id, now)


def _due(connection: Connection, now: int) -> Iterator[str]:
    is_marked = exists().where(
        MARK.c.community_id == STREAM.c.community_id,
        MARK.c.stream == STREAM.c.stream,
        MARK.c.at > now - MARKED_EVERY_MS,
    )
    wanted = select(STREAM.c.community_id).where(STREAM.c.stream == 0, ~is_marked)
    yield from connection.scalars(wanted.limit(COMMUNITIES_AT_ONCE))


def _mark(connection: Connection, community_id: str, now: int) -> None:
    ours = (STREAM.c.community_id == community_id, STREAM.c.stream == 0)
    # The counter is held while it is read, so that two workers do not mark the same moment.
    seq = connection.scalar(
        update(STREAM).where(*ours).values(next_seq=STREAM.c.next_seq).returning(STREAM.c.next_seq)
    )
    mine = (MARK.c.community_id == community_id, MARK.c.stream == 0)
    newest = connection.scalar(select(MARK.c.at).where(*mine).order_by(MARK.c.at.desc()).limit(1))
    if seq is None or (newest is not None and newest > now - MARKED_EVERY_MS):
        return
    old = _bound(connection, community_id, now)
    if old is not None:  # it and all before it have done their work
        connection.execute(delete(MARK).where(*mine, MARK.c.at < old[0]))
    mark = {"community_id": community_id, "stream": 0, "at": now, "seq": seq - 1}
    connection.execute(insert(MARK), mark)


def _bound(connection: Connection, community_id: str, now: int) -> tuple[int, int] | None:
    """When half a year ago and more the counter was last looked at, and where it was then."""
    wanted = (
        select(MARK.c.at, MARK.c.seq)
        .where(MARK.c.community_id == community_id, MARK.c.stream == 0, MARK.c.at <= now - KEPT_MS)
        .order_by(MARK.c.at.desc())
    )
    row = connection.execute(wanted.limit(1)).first()
    return None if row is None else (row.at, row.seq)


def _forget_some(community_id: str, now: int) -> bool:
    """Remove a batch, the oldest first, and raise the floor with it. False when none is left."""
    with write_transaction() as connection:
        bound = _bound(connection, community_id, now)
        if bound is None:
            return False
        old = (
            FEED.c.community_id == community_id,
            FEED.c.what.in_(TOMBSTONES),
            FEED.c.seq <= bound[1],
        )
        batch = select(FEED.c.seq).where(*old).order_by(FEED.c.seq).limit(ROWS_AT_ONCE)
        last = max(connection.scalars(batch), default=0)
        if not last:
            return False
        ours = (STREAM.c.community_id == community_id, STREAM.c.stream == 0)
        lower = STREAM.c.floor_seq < last
        connection.execute(update(STREAM).where(*ours, lower).values(floor_seq=last))
        connection.execute(delete(FEED).where(*old, FEED.c.seq <= last))
    return True
