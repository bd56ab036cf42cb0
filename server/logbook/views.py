"""Rounds at the desk: a day at a glance, and one round."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, g, request
from werkzeug.exceptions import NotFound

from server import clock
from server.accounts.models import Member
from server.database import db
from server.desk import desk, desk_page
from server.logbook import bp
from server.logbook.models import day_of, marks_of, reports_of, tallies_of
from server.patrols.models import Patrol
from server.patrols.rules import local_day
from server.permissions import permit, visible
from server.queue.models import lines

STATES = ("done", "partial", "late", "substituted", "excused", "to_check", "missed", "planned")


@bp.get("/patrols")
@permit("patrol.read")
def index() -> Response:
    """One day, place by period; every number opens its rows."""
    here, now = desk(), clock.now()
    today = local_day(now, here.community.zone)
    day = _day(request.args.get("day", ""), today)
    seen = visible(g.actor, Patrol).where(Patrol.community_id == here.id, Patrol.day == day)
    book = day_of(db.session(), here.community, day, seen, now)
    state = request.args.get("state", "")
    return desk_page(
        "patrols/index.html",
        log=book,
        today=today,
        before=_shifted(day, -1),
        after=_shifted(day, 1) if day < today else "",
        state=state if state in STATES else "",
        states=[one for one in STATES if book.count(one)],
    )


def _day(said: str, today: str) -> str:
    """The day that was asked for; never one that has not come."""
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return today
    return min(found.isoformat(), today) if found.year >= 2000 else today


def _shifted(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


@bp.get("/patrols/<patrol_id>")
@permit("patrol.read")
def show(patrol_id: str) -> Response:
    """One round: what was looked at, what was done in passing, what was reported."""
    patrol = db.session.scalar(visible(g.actor, Patrol).where(Patrol.id == patrol_id))
    if patrol is None:
        raise NotFound
    here, session = desk(patrol.community_id), db.session()
    return desk_page(
        "patrols/show.html",
        patrol=patrol,
        member=session.get(Member, (patrol.community_id, patrol.member_id)),
        marks=session.execute(marks_of(patrol)).all(),
        tallies=session.scalars(tallies_of(patrol)).all(),
        told=lines(session, reports_of(patrol), here.community.zone),
    )
