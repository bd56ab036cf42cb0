"""The pack: the pages a steward needs without signal, and how each says what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Response, current_app, g
from werkzeug.exceptions import Forbidden

from server import clock
from server.exchange.feed import feed_of, scopes_of
from server.pages import page
from server.permissions import Actor
from server.words import language


@dataclass(frozen=True, slots=True)
class PackPage:
    """One page of a pack: where it is, and which scopes' news change it."""

    url: str
    scopes: tuple[str, ...] = ()


PageLister = Callable[[Actor], Sequence[PackPage]]
_listers: list[PageLister] = []


def packed(lister: PageLister) -> PageLister:
    """A domain's list of the pages a steward carries."""
    _listers.append(lister)
    return lister


def pages_of(actor: Actor, newest: Callable[[str], int]) -> tuple[list[tuple[PackPage, str]], str]:
    """Every page with the mark that changes whenever the page would, and the mark of them all.
    `newest`: the number of a scope's last news."""
    heads = tuple((scope, newest(scope)) for scope in scopes_of(actor))
    shell = current_app.config.get("SHELL_VERSION", "")
    return _marked(shell, language(), actor, heads)


@lru_cache(maxsize=4096)
def _marked(
    shell: str, language: str, actor: Actor, heads: tuple[tuple[str, int], ...]
) -> tuple[list[tuple[PackPage, str]], str]:
    of_all = (shell, language, actor.name, *sorted(actor.place_ids))
    numbers = dict(heads)
    pages = [
        (page, _mark(page.url, *of_all, *(f"{scope}={numbers[scope]}" for scope in page.scopes)))
        for lister in _listers
        for page in lister(actor)
    ]
    return pages, _mark(*(f"{page.url} {mark}" for page, mark in pages))


def _mark(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def pack_page(url: str, template: str, values: Callable[[], Mapping[str, Any]]) -> Response:
    """A personal page for the phone's cache: whose it is, its mark, and up to where it tells.

    Asked for without a signature, the same address gives the start page, which holds no person.
    """
    if not g.actor.device_id:
        return start_page()
    if g.device.revoked_at is not None:
        raise Forbidden
    feed = feed_of(g.actor)
    seq = feed.head().next_seq - 1
    marks = {page.url: mark for page, mark in pages_of(g.actor, feed.newest)[0]}
    answer = page(template, seq=seq, as_of=clock.now(), **values())
    answer.headers["X-Lane-Cache"] = f"pack; owner={g.actor.id}; v={marks.get(url, '')}"
    answer.headers["Lane-Seq"] = str(seq)
    return answer


def start_page() -> Response:
    """What anybody gets who opens the app: its script finds out whose phone this is."""
    return page("app/start.html")
