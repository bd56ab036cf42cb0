"""What phones are told: the read side of custody, seen with one steward's eyes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy import Connection, bindparam, select

from server import clock
from server.database import reading
from server.exchange.keeping import FEED, STREAM
from server.exchange.rows import Reader, only_for
from server.permissions import Actor
from server.prepared import Prepared
from sync.journal import FeedRow, Stream

MOST_KEPT = 5_000
KEPT_MS = 60_000  # a name that changes is no news: so long may an old one still be told

_OURS: Any = bindparam("community")
_IN_SCOPE = (FEED.c.community_id == _OURS, FEED.c.period == 0, FEED.c.scope == bindparam("scope"))
_NEWS = Prepared(
    select(FEED.c.scope, FEED.c.kind, FEED.c.about, FEED.c.seq, FEED.c.what)
    .where(*_IN_SCOPE, FEED.c.seq > bindparam("after"), FEED.c.seq <= bindparam("upto"))
    .order_by(FEED.c.seq)
    .limit(bindparam("limit"))
)


class Telling(NamedTuple):
    """A row in the words of the wire, and whom it is for; None: whoever holds its scope."""

    text: bytes
    reader: str | None
    made_at: int

    def is_for(self, actor: Actor) -> bool:
        return self.reader in (None, actor.id)


@cache
def _heads(scopes: int) -> Prepared:
    """The counter, and the last news of so many scopes: one probe of the index for each."""
    newest = [
        select(FEED.c.seq)
        .where(
            FEED.c.community_id == _OURS,
            FEED.c.period == 0,
            FEED.c.scope == bindparam(f"scope_{i}"),
        )
        .order_by(FEED.c.seq.desc())  # a maximum is looked for in whichever index comes first
        .limit(1)
        .scalar_subquery()
        .label(f"newest_{i}")
        for i in range(scopes)
    ]
    counter = (STREAM.c.epoch, STREAM.c.next_seq, STREAM.c.floor_seq, STREAM.c.last_hlc)
    ours = (STREAM.c.community_id == _OURS, STREAM.c.stream == 0)
    return Prepared(select(*counter, *newest).where(*ours))


Kept = dict[tuple[Any, ...], Telling]


class SqlFeed:
    """News of one community for one phone, at the moment the connection's transaction sees.

    `kept`: rows put into words lately. What a row says changes only with its number in the feed, so
    the steward next door gets the same bytes.
    """

    def __init__(self, connection: Connection, actor: Actor, kept: Kept, now: int) -> None:
        self.connection = connection
        self.actor = actor
        self.community_id = actor.community_id
        self.now = now
        self._kept = kept
        self._reader = Reader(connection, actor.community_id)
        self._head: Stream | None = None
        self._newest: dict[str, int | None] = {}
        self._names: dict[tuple[str, str], tuple[Any, ...]] = {}

    def head(self) -> Stream:
        if self._head is None:
            scopes = scopes_of(self.actor)
            asked = {f"scope_{i}": scope for i, scope in enumerate(scopes)}
            statement = _heads(len(scopes))
            row = statement.first(self.connection, community=self.community_id, **asked)
            self._head = Stream(self.community_id, *row[:4])
            self._newest = dict(zip(scopes, row[4:], strict=True))
        return self._head

    def newest(self, scope: str) -> int:
        """The number of a scope's last news."""
        self.head()
        return self._newest.get(scope) or 0

    def news(self, scope: str, after: int, upto: int, limit: int) -> Sequence[FeedRow]:
        if self.newest(scope) <= after:
            return ()
        asked = {"after": after, "upto": upto, "limit": limit}
        rows = _NEWS.all(self.connection, community=self.community_id, scope=scope, **asked)
        moment = (self.head().epoch, self.community_id)
        self._names |= {(row.kind, row.about): (*moment, row.about, row.seq) for row in rows}
        return rows

    def rows(self, kind: str, ids: Collection[str]) -> Mapping[str, Telling]:
        """The rows this steward may see, as they go over the wire."""
        told = {id: self._kept.get(self._names[kind, id]) for id in ids}
        missing = [id for id, row in told.items() if row is None or self._is_stale(row)]
        if missing:
            told |= self._put_into_words(kind, missing)
        return {id: row for id, row in told.items() if row and row.is_for(self.actor)}

    def _put_into_words(self, kind: str, ids: Iterable[str]) -> dict[str, Telling]:
        sensitive = self._reader.sensitive()
        made = {
            id: Telling(text, only_for(kind, row, sensitive), self.now)
            for id, (row, text) in self._reader.in_words(kind, list(ids)).items()
        }
        if len(self._kept) + len(made) > MOST_KEPT:
            self._kept.clear()
        self._kept.update((self._names[kind, id], row) for id, row in made.items())
        return made

    def _is_stale(self, row: Telling) -> bool:
        return not 0 <= self.now - row.made_at < KEPT_MS


def scopes_of(actor: Actor) -> tuple[str, ...]:
    """What a steward's phone may hold: the places in care now, and the steward's own."""
    return (f"me:{actor.id}", *(f"place:{id}" for id in sorted(actor.place_ids)))


def feed_of(actor: Actor) -> SqlFeed:
    """The feed of this request, reading with it."""
    kept: Kept = current_app.extensions["kept_rows"]
    return SqlFeed(reading(), actor, kept, clock.now())


def install(app: Flask) -> None:
    app.extensions["kept_rows"] = Kept()
