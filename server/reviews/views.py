"""What a person has to decide: two values side by side."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, g, request
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from server.cases.rules import GRAPH as CASE_GRAPH
from server.database import db
from server.desk import desk, desk_page
from server.exchange.intake import record
from server.exchange.models import ConflictRow
from server.exchange.rows import Reader
from server.pages import go
from server.permissions import permit
from server.queue.models import Line, lines
from server.refusals import sentence
from server.reports.models import Report
from server.reports.rules import GRAPH as REPORT_GRAPH
from server.reviews import bp
from server.reviews.models import (
    Dispute,
    conflicts,
    decided_conflicts,
    disputes,
    open_conflicts,
    settled_by_time,
)
from server.words import gettext as _
from sync.receipt import Receipt, Verdict

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
    seen = Reader(db.session.connection(), row.community_id).stamps_of(row.about)
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


def _why(receipt: Receipt) -> str:
    return sentence(receipt.reason or "already_decided", **receipt.details)
