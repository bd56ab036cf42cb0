"""What a person has to decide: two values side by side, and changes that were set aside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Response, g, request
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from server.accounts.models import Member
from server.cases.rules import GRAPH as CASE_GRAPH
from server.database import db
from server.desk import desk, desk_page
from server.devices.models import Device
from server.exchange.feed import SqlFeed
from server.exchange.intake import discard, record, release
from server.exchange.models import ChangeRow, ConflictRow
from server.pages import go
from server.permissions import permit
from server.queue.models import Line, lines
from server.refusals import sentence
from server.reports.models import Report
from server.reports.rules import GRAPH as REPORT_GRAPH
from server.reviews import bp
from server.reviews.models import (
    SET_ASIDE,
    Dispute,
    conflicts,
    decided_conflicts,
    disputes,
    looked_at,
    open_conflicts,
    photo_states,
    set_aside,
    settled_by_time,
)
from server.stories.models import Told, changes_in
from server.words import gettext as _
from sync.receipt import Receipt, Refused, Verdict

TABS = {"open": open_conflicts, "by_time": settled_by_time, "decided": decided_conflicts}
MOST = 40
GRAPHS = {"report": REPORT_GRAPH, "case": CASE_GRAPH}


@bp.get("/conflicts")
@permit("conflict.read")
def index() -> Response:
    """Two values side by side: who, when, how sure, and which one stands."""
    return _conflicts()


def _conflicts(status: int = 200, notice: str = "") -> Response:
    here, session = desk(), db.session()
    tab = request.values.get("tab", "open")
    tab = tab if tab in TABS else "open"
    found = disputes(session, TABS[tab](here.id).limit(MOST))
    numbers = session.execute(
        select(
            *(
                select(func.count())
                .select_from(rows(here.id).order_by(None).subquery())
                .scalar_subquery()
                .label(name)
                for name, rows in TABS.items()
            )
        )
    ).one()
    return desk_page(
        "reviews/conflicts.html",
        status,
        tab=tab,
        disputes=found,
        numbers=dict(numbers._mapping),
        shown=_reports(found),
        may_step=_may_step,
        notice=notice or _did(),
    )


def _reports(found: Sequence[Dispute]) -> dict[str, Line]:
    """The reports the disputes are about, with their photos."""
    ids = [one.row.about for one in found if one.kind == "report"]
    if not ids:
        return {}
    rows = select(Report).where(Report.community_id == desk().id, Report.id.in_(ids))
    shown = lines(db.session(), rows, desk().community.zone)
    return {line.report.id: line for line in shown}


def _may_step(dispute: Dispute) -> bool:
    """Can the step that came too late still be taken?"""
    if dispute.record is None:
        return False
    legal = GRAPHS[dispute.kind].get(dispute.record.state, frozenset())
    return dispute.loser.value in legal


def _did() -> str:
    """The word about what was just done, after the page was sent on."""
    said = {
        "kept": _("Decided: what stands stays. Both will be told."),
        "restored": _("Decided: the other one stands now. Both will be told."),
        "dismissed": _("Done: nothing was changed."),
        "swapped": _("Brought back. The other one is kept."),
        "released": _("Recorded, as its author's and at its own time."),
        "still": _("It still cannot be recorded and stays here; the reason is below."),
        "discarded": _("Left out. It is kept, and who left it out is known."),
    }
    return said.get(request.args.get("did", ""), "")


@bp.post("/conflicts/<conflict_id>/decision")
@permit("conflict.decide")
def create_decision(conflict_id: str) -> Response:
    """Keep what stands, bring the other back, or nothing to do; afterwards, change one's mind."""
    row = db.session.scalar(conflicts(desk().id).where(ConflictRow.id == conflict_id))
    if row is None:
        raise NotFound
    choice, tab = request.form.get("choice", ""), request.form.get("tab", "open")
    if choice == "swap":
        return _swap(row, tab)
    if choice not in ("keep", "restore", "dismiss"):
        return _conflicts(422, _("Choose one of the two."))
    body = {"conflict": row.id, "choice": choice}
    receipt = record(by=g.actor, kind="conflict.decided@1", about=row.about, body=body)
    if receipt.verdict is not Verdict.APPLIED:
        return _conflicts(422, _why(receipt))
    did = {"keep": "kept", "restore": "restored", "dismiss": "dismissed"}[choice]
    return go(f"/conflicts?tab={tab}&did={did}")


def _swap(row: ConflictRow, tab: str) -> Response:
    """A decided field gets its other value, by somebody who has seen both."""
    [dispute] = disputes(db.session(), conflicts(desk().id).where(ConflictRow.id == row.id))
    other = dispute.earlier if dispute.later.stands else dispute.later
    if dispute.is_step:
        return _conflicts(422, sentence("step_not_possible"))
    seen = SqlFeed(db.session(), g.actor).stamps([row.about]).get(row.about, {})
    receipt = record(
        by=g.actor,
        kind=f"{dispute.kind}.corrected@1",
        about=row.about,
        body={row.field: other.value},
        seen={row.field: seen[row.field]} if row.field in seen else {},
    )
    if receipt.verdict is not Verdict.APPLIED:
        return _conflicts(422, _why(receipt))
    return go(f"/conflicts?tab={tab}&did=swapped")


def _number(said: str) -> int:
    """A change's number as a form says it; 0 where it is none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0


def _why(receipt: Receipt) -> str:
    return sentence(receipt.reason or "already_decided", **receipt.details)


@bp.get("/parked")
@permit("parked.read")
def parked() -> Response:
    """What was set aside, phone by phone, with what it would have said."""
    return _parked()


def _parked(status: int = 200, **typed: Any) -> Response:
    here, session = desk(), db.session()
    waiting = changes_in(session, set_aside(here.id).limit(200))
    past = changes_in(session, looked_at(here.id).limit(MOST))
    hashes = [photo["sha256"] for told in waiting for photo in photos_in(told)]
    devices = session.scalars(
        select(Device).where(
            Device.community_id == here.id,
            Device.id.in_({told.stamp.device for told in (*waiting, *past)}),
        )
    )
    names = session.scalars(
        select(Member).where(
            Member.community_id == here.id,
            Member.id.in_({told.looked_by for told in past if told.looked_by}),
        )
    )
    return desk_page(
        "reviews/parked.html",
        status,
        groups=[
            (device, list(found))
            for device, found in groupby(waiting, key=lambda told: told.stamp.device)
        ],
        past=past,
        reasons=_discards(past),
        devices={device.id: device for device in devices},
        people={member.id: member.name for member in names},
        photos=photo_states(session, here.id, hashes),
        photos_in=photos_in,
        **{"notice": _did(), "refused": ("", 0), "error": ""} | typed,
    )


def photos_in(told: Told) -> list[dict[str, Any]]:
    """The photos a change names; whatever else stands there is not looked at."""
    found = told.body.get("photos", [])
    named = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [one for one in named if isinstance(one.get("sha256"), str)]


def _discards(past: Sequence[Told]) -> dict[tuple[str, int], str]:
    """Why changes were left out, by device and number."""
    rows = db.session.execute(
        select(ChangeRow.about, ChangeRow.raw).where(
            ChangeRow.community_id == desk().id,
            ChangeRow.kind == "change.discarded@1",
            ChangeRow.about.in_({told.stamp.device for told in past}),
        )
    )
    bodies = [(about, json.loads(bytes(raw))["b"]) for about, raw in rows]
    return {(about, body["n"]): body.get("reason", "") for about, body in bodies}


@bp.post("/parked/<device_id>/release")
@permit("parked.decide")
def create_release(device_id: str) -> Response:
    """Record one change of a phone, or all that wait, in the order they were written."""
    only = request.form.get("n", "")
    rows = set_aside(desk().id).where(ChangeRow.device_id == device_id)
    numbers = [_number(only)] if only else [row.n for row in db.session.scalars(rows)]
    if not any(numbers):
        raise NotFound
    try:
        receipts = [release(g.actor, device_id, n) for n in numbers]
    except Refused as no:
        return _parked(422, notice=sentence(no.reason, **no.details))
    still = any(receipt.verdict.value in SET_ASIDE for receipt in receipts)
    return go(f"/parked?did={'still' if still else 'released'}")


@bp.post("/parked/<device_id>/discard")
@permit("parked.decide")
def create_discard(device_id: str) -> Response:
    """Leave a change out, with a reason. It stays in custody."""
    n, reason = _number(request.form.get("n", "")), request.form.get("reason", "").strip()[:500]
    if not reason:
        return _parked(422, refused=(device_id, n), error=sentence("reason_missing"))
    try:
        discard(g.actor, device_id, n, reason)
    except Refused as no:
        return _parked(422, notice=sentence(no.reason, **no.details))
    return go("/parked?did=discarded")
