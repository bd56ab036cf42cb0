"""The steward's pages: signed, a person's; unsigned, the same address is the start page."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, g
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from server import clock
from server.database import db
from server.exchange.pack import PackPage, pack_page, packed
from server.patrols.models import PERIODS
from server.patrols.rules import CHECKLIST_OF, local_day
from server.permissions import Actor, permit
from server.phone import bp, models
from server.places.models import Community, Place

PATROLS_BACK = 7


@packed
def pack(actor: Actor) -> Sequence[PackPage]:
    """Today, the lanes, each lane, each of its rounds, and the form."""
    mine = tuple(f"place:{id}" for id in sorted(actor.place_ids))
    lanes = [PackPage(f"/app/lanes/{id}", (f"place:{id}",)) for id in sorted(actor.place_ids)]
    rounds = [
        PackPage(f"/app/patrols/{id}/{period}")
        for id in sorted(actor.place_ids)
        for period in PERIODS
    ]
    return [
        PackPage("/app/", (*mine, f"me:{actor.id}")),
        PackPage("/app/lanes", mine),
        PackPage("/app/reports/new"),
        *lanes,
        *rounds,
    ]


@bp.get("/app/")
@permit("site.read")
def today() -> Response:
    """The day's rounds, place × period, and what wants a second look."""
    session, actor, now = db.session(), g.actor, clock.now()
    day = local_day(now, _zone(session, actor))
    return pack_page(
        "/app/",
        "app/today.html",
        lambda: {
            "day": day,
            "places": models.places(session, actor),
            "hours": models.hours(session, actor.community_id, day),
            "patrols": models.patrols_since(session, actor, day, 0),
            "follow": models.to_follow(models.own_reports(session, actor, now)),
            "categories": _by_key(session, actor),
            "community": session.get(Community, actor.community_id),
        },
    )


@bp.get("/app/lanes")
@permit("site.read")
def lanes() -> Response:
    """The places in care and how much is open there."""
    session, actor, now = db.session(), g.actor, clock.now()
    return pack_page(
        "/app/lanes",
        "app/lanes.html",
        lambda: {
            "places": models.places(session, actor),
            "open_counts": models.open_counts(session, actor, now),
        },
    )


@bp.get("/app/lanes/<place_id>")
@permit("site.read")
def lane(place_id: str) -> Response:
    """One place: what is open, the rounds of the last days, what was settled."""
    session, actor, now = db.session(), g.actor, clock.now()
    place = _place(session, actor, place_id)
    day = local_day(now, _zone(session, actor))

    def values() -> dict[str, object]:
        rows = models.reports_of_place(session, actor, place_id, now)
        found = models.patrols_since(session, actor, day, PATROLS_BACK)
        return {
            "place": place,
            "open_reports": [row for row in rows if models.is_open(row)],
            "settled_reports": [row for row in rows if not models.is_open(row)],
            "patrols": [patrol for patrol in found if patrol.place_id == place_id],
            "categories": _by_key(session, actor),
            "blank": models.BLANK_REPORT,
        }

    return pack_page(f"/app/lanes/{place_id}", "app/lane.html", values)


@bp.get("/app/patrols/<place_id>/<period>")
@permit("site.read")
def round(place_id: str, period: str) -> Response:
    """One round with its checklist."""
    session, actor = db.session(), g.actor
    place = _place(session, actor, place_id)
    if period not in PERIODS:
        raise NotFound

    def values() -> dict[str, object]:
        assert place is not None  # noqa: S101 - only called for a phone that has the place
        kind = CHECKLIST_OF[place.kind]
        return {
            "place": place,
            "period": period,
            "checklist": kind,
            "items": models.checklist(session, actor.community_id, kind, period),
            "community": session.get(Community, actor.community_id),
        }

    return pack_page(f"/app/patrols/{place_id}/{period}", "app/patrol.html", values)


@bp.get("/app/reports/new")
@permit("site.read")
def new_report() -> Response:
    """The form for what was seen: here, or anywhere in the community."""
    session, actor = db.session(), g.actor
    return pack_page(
        "/app/reports/new",
        "app/report_new.html",
        lambda: {
            "places": models.all_places(session, actor),
            "own": actor.place_ids,
            "categories": models.categories(session, actor.community_id),
            "urgent_words": models.urgent_words(session, actor.community_id),
            "community": session.get(Community, actor.community_id),
        },
    )


def _place(session: Session, actor: Actor, place_id: str) -> Place | None:
    """One of the steward's places; nobody's page asks for none."""
    if not actor.device_id:
        return None
    place = session.get(Place, (actor.community_id, place_id))
    if place is None or place.id not in actor.place_ids:
        raise NotFound
    return place


def _zone(session: Session, actor: Actor) -> str:
    community = session.get(Community, actor.community_id)
    return community.zone if community else "Asia/Shanghai"


def _by_key(session: Session, actor: Actor) -> dict[str, object]:
    return {row.key: row for row in models.categories(session, actor.community_id)}
