"""The desk: whose community lies on it, what waits there, and how fresh it all is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, g, request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from server import clock
from server.accounts.models import STAFF
from server.asides.models import set_aside
from server.cases.models import Case
from server.database import db
from server.devices.models import Device
from server.health import look
from server.menu import menu
from server.pages import fragment, page
from server.permissions import Actor, Scope, may, scope
from server.places.models import Community, Place
from server.reports.models import Category, Report
from server.reviews.models import open_conflicts
from server.settings import Settings
from server.upkeep.rules import Part
from server.words import gettext as _
from server.words import label, language, when

COOKIE = "lane_community"
LOOKED_AT_MS = 30_000  # what is late is late for minutes: not every page need look
A_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True)
class Book:
    """The names of a community's places and categories, in the reader's language."""

    places: Mapping[str, Place]
    categories: Mapping[str, Category]

    def place(self, id: str) -> str:
        found = self.places.get(id)
        if found is None:
            return str(id)
        return found.name if language() == "zh-Hans" else found.latin_name

    def category(self, key: str) -> str:
        found = self.categories.get(key)
        if found is None:
            return str(key)
        return found.zh if language() == "zh-Hans" else found.en

    def say(self, field: str, value: Any, record: str = "report") -> str:
        """A field's value in words; empty where there is none."""
        if value in ("", None):
            return ""
        if field == "due_at":
            return when(int(value))
        if field == "emergency":
            return _("urgent") if value else _("not urgent")
        if field == "level":
            return label("level", value)
        if field == "state":
            return label(f"{record}_state", value)
        known = {"place": self.place, "category": self.category}
        return known.get(field, str)(value)


def book() -> Book:
    """The book of the desk's community, read once a request."""
    found: Book | None = g.get("book")
    if found is None:
        places = db.session.scalars(Place.of_community(desk().id))
        categories = db.session.scalars(Category.of_community(desk().id))
        found = g.book = Book(
            {place.id: place for place in places}, {one.key: one for one in categories}
        )
    return found


@dataclass(frozen=True)
class Desk:
    """The community somebody works for or, as officer, is looking at."""

    community: Community
    communities: Sequence[Community]

    is_masked: bool = False  # names, spots and private words are left out

    @property
    def id(self) -> str:
        return self.community.id


def desk(community_id: str = "") -> Desk:
    """The desk of this request; `community_id` where the page is about a thing of one community."""
    if g.actor.role not in STAFF:
        raise NotFound  # stewards have their own pages, with their own lanes
    found: Desk | None = g.get("desk")
    if found is None or (community_id and found.id != community_id):
        communities = db.session.scalars(_within_reach()).all()
        wanted = community_id or request.args.get("community") or request.cookies.get(COOKIE, "")
        chosen = next((c for c in communities if c.id == wanted), None)
        if chosen is None and (community_id or not communities):
            raise NotFound
        is_masked = scope(g.actor, "report.read") is Scope.SUBDISTRICT
        found = g.desk = Desk(chosen or communities[0], communities, is_masked)
    g.zone = found.community.zone
    return found


def _within_reach() -> Select[Community]:
    of_all = select(Community).order_by(Community.name)
    if scope(g.actor, "report.read") is Scope.SUBDISTRICT:
        return of_all.where(Community.subdistrict_id == g.actor.subdistrict_id)
    return of_all.where(Community.id == g.actor.community_id)


def desk_page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the desk: its menu with counts, and the line that says how fresh it is."""
    here = desk()
    alarms = alarms_for(g.actor)
    waits = {**waiting(db.session(), here.id, clock.now()), "/upkeep": len(alarms)}
    answer = page(
        template,
        status,
        desk=here,
        book=book(),
        community_name=here.community.name,
        waits=waits,
        menu=menu(waits),
        alarms=alarms,
        now=clock.now(),
        **values,
    )
    if request.args.get("community"):
        answer.set_cookie(COOKIE, here.id, max_age=A_YEAR_S, samesite="Lax", httponly=True)
    return answer


def alarms_for(actor: Actor) -> list[Part]:
    """What of the installation is late or has failed, for whom that concerns; a demo is nobody's
    to look after."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.demo or not may(actor, "upkeep.read"):
        return []
    now = clock.now()
    looked_at, found = current_app.extensions.get("alarms", (0, []))
    if not 0 <= now - looked_at < LOOKED_AT_MS:
        found = [part for part in look(db.session(), settings, now).values() if part.is_wrong]
        current_app.extensions["alarms"] = (now, found)
    return list(found)


def desk_fragment(template: str, status: int = 200, **values: Any) -> Response:
    """A part of a desk's page."""
    return fragment(template, status, desk=desk(), book=book(), now=clock.now(), **values)


def waiting(session: Session, community_id: str, now: int) -> Mapping[str, int]:
    """How many things wait behind each line of the menu, in one statement; `phones` and `unsent`
    are those that still hold something, `enrolled` all there are."""
    counted = {
        "/reports": Report.waiting(community_id),
        "/conflicts": open_conflicts(community_id),
        "/parked": set_aside(community_id),
        "/cases": Case.in_hand(community_id),
        "/devices": Device.silent(community_id, now),
        "phones": Device.holding(community_id),
        "enrolled": Device.phones(community_id),
    }
    columns = [_count(rows).label(name) for name, rows in counted.items()]
    held = Device.holding(community_id).subquery()
    unsent = select(func.coalesce(func.sum(held.c.unsent), 0)).scalar_subquery()
    return dict(session.execute(select(*columns, unsent.label("unsent"))).one()._mapping)


def _count(rows: Select[Any]) -> Any:
    return select(func.count()).select_from(rows.order_by(None).subquery()).scalar_subquery()


def may_act(action: str) -> bool:
    """May whoever asks do this here?"""
    return may(g.actor, action)
