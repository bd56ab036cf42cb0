"""What phones are told: the read side of custody, seen with one steward's eyes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Connection, bindparam, func, select

from server import clock
from server.database import reading
from server.exchange.keeping import FEED, STREAM
from server.exchange.packing import compact_json
from server.exchange.rows import Reader, only_for
from server.permissions import Actor
from server.prepared import Prepared
from sync.journal import FeedRow, Stream

MOST_KEPT = 5_000
KEPT_MS = 60_000  # a name that changes is no news: so long may an old one still be told

_OURS: Any = bindparam("community")
_HEAD = Prepared(
    select(STREAM.c.epoch, STREAM.c.next_seq, STREAM.c.floor_seq, STREAM.c.last_hlc).where(
        STREAM.c.community_id == _OURS, STREAM.c.stream == 0
    )
)
_IN_SCOPE = (FEED.c.community_id == _OURS, FEED.c.period == 0, FEED.c.scope == bindparam("scope"))
_NEWEST = Prepared(select(func.max(FEED.c.seq)).where(*_IN_SCOPE))
_NEWS = Prepared(
    select(FEED.c.scope, FEED.c.kind, FEED.c.about, FEED.c.seq, FEED.c.what)
    .where(*_IN_SCOPE, FEED.c.seq > bindparam("after"), FEED.c.seq <= bindparam("upto"))
    .order_by(FEED.c.seq)
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class Telling:
    """A row in the words of the wire, and whom it is for; None: whoever holds its scope."""

    text: bytes
    reader: str | None
    made_at: int

    def is_for(self, actor: Actor) -> bool:
        return self.reader in (None, actor.id)


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
        self._newest: dict[str, int] = {}
        self._seqs: dict[tuple[str, str], int] = {}

    def head(self) -> Stream:
        if self._head is None:
            row = _HEAD.first(self.connection, community=self.community_id)
            self._head = Stream(self.community_id, *row)
        return self._head

    def newest(self, scope: str) -> int:
        """The number of a scope's last news."""
        if scope not in self._newest:
            asked = {"community": self.community_id, "scope": scope}
            self._newest[scope] = _NEWEST.scalar(self.connection, **asked) or 0
        return self._newest[scope]

    def news(self, scope: str, after: int, upto: int, limit: int) -> Sequence[FeedRow]:
        if self.newest(scope) <= after:
            return ()
        asked = {"after": after, "upto": upto, "limit": limit}
        rows = _NEWS.all(self.connection, community=self.community_id, scope=scope, **asked)
        self._seqs.update(((row.kind, row.about), row.seq) for row in rows)
        return [FeedRow(*row) for row in rows]

    def rows(self, kind: str, ids: Collection[str]) -> Mapping[str, Telling]:
        """The rows this steward may see, as they go over the wire."""
        told = {id: self._kept.get(self._name(kind, id)) for id in ids}
        missing = [id for id, row in told.items() if row is None or self._is_stale(row)]
        if missing:
            told |= self._put_into_words(kind, missing)
        return {id: row for id, row in told.items() if row and row.is_for(self.actor)}

    def _put_into_words(self, kind: str, ids: Iterable[str]) -> dict[str, Telling]:
        sensitive = self._reader.sensitive()
        made = {
            id: Telling(compact_json(row).encode(), only_for(kind, row, sensitive), self.now)
            for id, row in self._reader.rows(kind, list(ids)).items()
        }
        if len(self._kept) + len(made) > MOST_KEPT:
            self._kept.clear()
        self._kept.update((self._name(kind, id), row) for id, row in made.items())
        return made

    def _is_stale(self, row: Telling) -> bool:
        return not 0 <= self.now - row.made_at < KEPT_MS

    def _name(self, kind: str, id: str) -> tuple[Any, ...]:
        seq = self._seqs.get((kind, id), 0)
        return self.head().epoch, self.community_id, kind, id, seq


def feed_of(actor: Actor) -> SqlFeed:
    """The feed of this request, reading with it."""
    kept: Kept = current_app.extensions["kept_rows"]
    return SqlFeed(reading(), actor, kept, clock.now())


def install(app: Flask) -> None:
    app.extensions["kept_rows"] = Kept()
