"""What phones are told: the read side of custody, seen with one steward's eyes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Flask, current_app, g
from sqlalchemy import bindparam, literal, select

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
    """A row in the words of the wire, from its kind on, and whom it is for; None: whoever holds its
    scope."""

    text: bytes
    reader: str | None
    made_at: int

    def is_for(self, actor: Actor) -> bool:
        return self.reader in (None, actor.id)


@dataclass(frozen=True, slots=True)
class Heads:
    """A community's counter, and the number of the last news of each scope of one phone's owner;
    all of one moment."""

    stream: Stream
    newest: Mapping[str, int]


def columns_of_heads(community: Any, member: Any, place: Any) -> tuple[Any, ...]:
    """What `heads_of` reads in the rows of a phone, one for each place: joined to STREAM, they have
    these columns. One probe of the index for each scope."""
    counter = (STREAM.c.epoch, STREAM.c.next_seq, STREAM.c.floor_seq, STREAM.c.last_hlc)
    own = _newest(community, literal("me:") + member).label("newest_own")
    return (*counter, own, _newest(community, literal("place:") + place).label("newest_here"))


def _newest(community: Any, scope: Any) -> Any:
    return (
        select(FEED.c.seq)
        .where(FEED.c.community_id == community, FEED.c.period == 0, FEED.c.scope == scope)
        .order_by(FEED.c.seq.desc())  # a maximum is looked for in whichever index comes first
        .limit(1)
        .scalar_subquery()
    )


def heads_of(rows: Sequence[Any]) -> Heads:
    """From the rows of one phone."""
    first = rows[0]
    counter = (first.epoch, first.next_seq, first.floor_seq, first.last_hlc)
    newest = {f"place:{row.place_id}": row.newest_here or 0 for row in rows if row.place_id}
    newest[f"me:{first.member_id}"] = first.newest_own or 0
    return Heads(Stream(first.community_id, *counter), newest)


Kept = dict[tuple[Any, ...], Telling]


class SqlFeed:
    """News of one community for one phone, up to its `heads`, as the request's moment of reading
    shows them. Where there are none, nothing more is read.

    `kept`: rows put into words lately. What a row says changes only with its number in the feed, so
    the steward next door gets the same bytes.
    """

    def __init__(self, actor: Actor, heads: Heads, kept: Kept, now: int) -> None:
        self.actor = actor
        self.heads = heads
        self.community_id = actor.community_id
        self.now = now
        self._kept = kept
        self._names: dict[tuple[str, str], tuple[Any, ...]] = {}

    def head(self) -> Stream:
        return self.heads.stream

    def newest(self, scope: str) -> int:
        """The number of a scope's last news."""
        return self.heads.newest.get(scope, 0)

    def news(self, scope: str, after: int, upto: int, limit: int) -> Sequence[FeedRow]:
        if self.newest(scope) <= after:
            return ()
        asked = {"after": after, "upto": upto, "limit": limit}
        rows = _NEWS.all(reading(), community=self.community_id, scope=scope, **asked)
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
        reader = Reader(reading(), self.community_id)
        sensitive = reader.sensitive()
        made = {}
        for id, (row, text) in reader.in_words(kind, list(ids)).items():
            said = b'"%s","%s",%d,%s]' % (
                kind.encode(),
                id.encode(),
                self._names[kind, id][-1],
                text,
            )
            made[id] = Telling(said, only_for(kind, row, sensitive), self.now)
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
    """The feed of this request, reading with it. Only for a phone that was just looked up."""
    kept: Kept = current_app.extensions["kept_rows"]
    return SqlFeed(actor, g.heads, kept, clock.now())


def install(app: Flask) -> None:
    app.extensions["kept_rows"] = Kept()
