"""The pack: the pages a steward needs without signal, and how each says what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, g
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden

from server import clock
from server.exchange.models import FeedEntry, StreamRow
from server.pages import page
from server.permissions import Actor
from server.words import language


@dataclass(frozen=True, slots=True)
class PackPage:
    """One page of a pack: where it is, and which scopes' news change it."""

    url: str
    scopes: tuple[str, ...] = ()


PageLister = Callable[[Session, Actor], Sequence[PackPage]]
_listers: list[PageLister] = []


def packed(lister: PageLister) -> PageLister:
    """A domain's list of the pages a steward carries."""
    _listers.append(lister)
    return lister


def scopes_of(actor: Actor) -> tuple[str, ...]:
    """What a steward's phone may hold: the places in care now, and the steward's own."""
    return (f"me:{actor.id}", *(f"place:{id}" for id in sorted(actor.place_ids)))


def pages_of(session: Session, actor: Actor) -> list[tuple[PackPage, str]]:
    """Every page with the mark that changes whenever the page would."""
    heads = _heads(session, actor)
    found = [page for lister in _listers for page in lister(session, actor)]
    return [(page, _mark(page, actor, heads)) for page in found]


def pack_mark(pages: Sequence[tuple[PackPage, str]]) -> str:
    text = "\n".join(f"{page.url} {mark}" for page, mark in pages)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _heads(session: Session, actor: Actor) -> dict[str, int]:
    rows = session.execute(
        select(FeedEntry.scope, func.max(FeedEntry.seq).label("seq"))
        .where(
            FeedEntry.community_id == actor.community_id,
            FeedEntry.period == 0,
            FeedEntry.scope.in_(scopes_of(actor)),
        )
        .group_by(FeedEntry.scope)
    )
    return {row.scope: row.seq for row in rows}


def _mark(page: PackPage, actor: Actor, heads: dict[str, int]) -> str:
    parts = (
        current_app.config.get("SHELL_VERSION", ""),
        language(),
        actor.name,
        *sorted(actor.place_ids),
        *(f"{scope}={heads.get(scope, 0)}" for scope in page.scopes),
    )
    return hashlib.sha256("\n".join((page.url, *parts)).encode()).hexdigest()[:20]


def pack_page(
    session: Session, url: str, template: str, values: Callable[[], Mapping[str, Any]]
) -> Response:
    """A personal page for the phone's cache: whose it is, its mark, and up to where it tells.

    Asked for without a signature, the same address gives the start page, which holds no person.
    """
    if not g.actor.device_id:
        return start_page()
    if g.device.revoked_at is not None:
        raise Forbidden
    seq = _head(session, g.actor) - 1
    marks = {page.url: mark for page, mark in pages_of(session, g.actor)}
    answer = page(template, seq=seq, as_of=clock.now(), **values())
    answer.headers["X-Lane-Cache"] = f"pack; owner={g.actor.id}; v={marks.get(url, '')}"
    answer.headers["Lane-Seq"] = str(seq)
    return answer


def _head(session: Session, actor: Actor) -> int:
    head = session.scalar(
        select(StreamRow.next_seq).where(StreamRow.community_id == actor.community_id)
    )
    return int(head or 1)


def start_page() -> Response:
    """What anybody gets who opens the app: its script finds out whose phone this is."""
    return page("app/start.html")
