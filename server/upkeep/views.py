"""The page of the installation: every part, and how wrong phones' clocks are, down to the rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from server import clock
from server.accounts.models import Member
from server.database import db
from server.desk import desk, desk_page
from server.exchange.models import ChangeRow
from server.health import look
from server.permissions import permit
from server.settings import Settings
from server.upkeep import bp
from server.upkeep.models import EDGES, Task, from_phones, heights, in_bar, measure
from server.upkeep.rules import DAY_MS

WEEK_MS = 7 * DAY_MS
AT_ONCE = 100
BARS = {
    "offset": (
        *("slow_hours", "slow_minutes", "slow_minute", "slow_seconds", "right"),
        *("fast_seconds", "fast_minute", "fast_minutes", "fast_hours"),
    ),
    "doubt": ("second", "seconds", "minute", "minutes", "hour", "hours"),
}


@bp.get("/upkeep")
@permit("upkeep.read")
def index() -> Response:
    """Is everything done that was promised, and how wrong are the clocks?"""
    here, now, session = desk(), clock.now(), db.session()
    settings: Settings = current_app.config["SETTINGS"]
    return desk_page(
        "upkeep/index.html",
        parts=list(look(session, settings, now).values()),
        told=_told(session),
        charts={
            by: list(zip(names, heights(session, here.id, now - WEEK_MS, by), strict=True))
            for by, names in BARS.items()
        },
    )


def _told(session: Session) -> dict[str, Mapping[str, Any]]:
    """What each task said of itself the last time it came out well."""
    tasks = Task.all_by_name(session)
    return {name: json.loads(task.details) if task.details else {} for name, task in tasks.items()}


@bp.get("/upkeep/changes")
@permit("upkeep.read")
def changes() -> Response:
    """The changes behind one bar, those furthest off first."""
    here, session = desk(), db.session()
    by, bar, first = _asked()
    since = clock.now() - WEEK_MS
    rows = from_phones(here.id, since).where(in_bar(by, bar))
    furthest = measure(by).asc() if bar < len(EDGES[by]) // 2 else measure(by).desc()
    found = session.execute(
        rows.order_by(furthest, ChangeRow.device_id, ChangeRow.n).offset(first).limit(AT_ONCE)
    ).all()
    wanted = {device.member_id for _change, device in found}
    members = session.execute(
        select(Member.id, Member.name).where(Member.community_id == here.id, Member.id.in_(wanted))
    )
    return desk_page(
        "upkeep/changes.html",
        found=found,
        people=dict(members.all()),
        by=by,
        bar=bar,
        name=BARS[by][bar],
        count=heights(session, here.id, since, by)[bar],
        first=first,
        at_once=AT_ONCE,
    )


def _asked() -> tuple[str, int, int]:
    by, bar, first = (request.args.get(name, "0") for name in ("by", "bar", "first"))
    is_known = by in BARS and bar.isdecimal() and first.isdecimal() and len(first) < 9
    if not (is_known and len(bar) < 3 and int(bar) < len(BARS[by])):
        raise NotFound
    return by, int(bar), int(first)
