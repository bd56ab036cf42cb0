"""Several reports at once: looked at first, then decided, then told one by one."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from sqlalchemy import select

from server import clock
from server.batches import bp
from server.cases.models import Case
from server.database import db
from server.desk import desk, desk_fragment, desk_page, waiting
from server.dossier import asked_for, suggested_batch, suggestions
from server.exchange.intake import record_all
from server.pages import is_fragment
from server.permissions import permit
from server.queue.models import Line, lines, queue
from server.refusals import sentence
from server.reports.models import Report
from server.screening.rules import MOST_AT_ONCE
from server.words import gettext as _
from sync.receipt import Receipt, Refused, Verdict

DEEDS = ("accept", "merge", "dismiss")


def _chosen() -> list[Line]:
    """The ticked reports that still wait, in the order they arrived."""
    ids = request.values.getlist("selected")[:MOST_AT_ONCE]
    rows = (
        select(Report)
        .where(Report.community_id == desk().id, Report.id.in_(ids), Report.state == "screening")
        .order_by(Report.received_at, Report.id)
    )
    return lines(db.session(), rows, desk().community.zone) if ids else []


def _shown(template: str, status: int = 200, **values: Any) -> Response:
    """In the pane beside the list, or as a page with the list."""
    values |= {"wanted": asked_for(), "deed": _deed(), "known": suggestions()}
    here = desk()
    if is_fragment():
        values["waits"] = waiting(db.session(), here.id, clock.now())
        return desk_fragment(f"reports/_{template}.html", status, **values)
    values["queue"] = queue(db.session(), here.id, asked_for(), here.community.zone)
    return desk_page("reports/batch.html", status, part=f"reports/_{template}.html", **values)


def _deed() -> str:
    said = request.values.get("do", "")
    return said if said in DEEDS else DEEDS[0]


@bp.get("/reports/batch")
@permit("report.screen")
def new() -> Response:
    """What would happen to each of the ticked ones. Nothing is recorded yet."""
    return _again({}, 200)


def _again(errors: dict[str, str], status: int = 422) -> Response:
    chosen = _chosen()
    places = {line.report.place_id for line in chosen}
    near = [
        case
        for place in sorted(places)
        for case in db.session.scalars(Case.near(desk().id, place).limit(6))
    ]
    return _shown(
        "batch", status, chosen=chosen, near=near[:8], errors=errors, typed=request.values
    )


@bp.post("/reports/batch")
@permit("report.screen")
def create() -> Response:
    """Decide the ticked ones, and say honestly how many were done and how many not."""
    chosen = _chosen()
    if not chosen:
        return _again({"selected": _("None of them waits any more.")})
    to, reason = request.form.get("to", ""), request.form.get("reason", "").strip()
    if _deed() == "dismiss" and to not in ("invalid", "spam", "misdirected"):
        return _again({"to": _("Choose what it is.")})
    if _deed() == "dismiss" and to != "spam" and not reason:
        return _again({"reason": sentence("reason_missing")})
    try:
        changes = suggested_batch(_deed(), [line.report for line in chosen], request.form)
    except Refused as no:
        return _again({"case": sentence(no.reason)})
    receipts = record_all(g.actor, changes)
    told = list(zip(chosen, map(_why_not, receipts), strict=True))
    here = desk()
    return _shown(
        "batch_done",
        told=told,
        done=sum(not why for _line, why in told),
        failed=sum(bool(why) for _line, why in told),
        queue=queue(db.session(), here.id, asked_for(), here.community.zone),
    )


def _why_not(receipt: Receipt) -> str:
    """Empty where it was done."""
    if receipt.verdict is Verdict.APPLIED:
        return ""
    if receipt.verdict is Verdict.REJECTED:
        return sentence(receipt.reason, **receipt.details)
    return sentence("screened_already")
