"""Deciding reports at the desk: one report beside what is like it, and what may be done."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from flask import Response, g, redirect, request
from werkzeug.exceptions import NotFound

from server import clock
from server.cases.models import Case, ReplyTemplate
from server.database import db, writing
from server.desk import book, desk, desk_fragment, desk_page, waiting
from server.exchange.feed import SqlFeed
from server.exchange.intake import New, record_all
from server.pages import is_fragment
from server.permissions import may, permit, visible
from server.queue.models import Line, lines, queue, wanted_reports
from server.queue.rules import PAGE, Wanted, wanted
from server.refusals import sentence
from server.reports.models import Report
from server.reports.rules import DAY_MS, SIMILAR_DAYS
from server.screening import bp, rules
from server.screening.intake import acceptance, batch, case_named
from server.screening.models import (
    ContactRead,
    additions_to,
    case_pictures,
    latest_screening,
    owners_used,
    similar_cases,
    story_of,
)
from server.screening.schemas import AcceptanceForm, CorrectionForm, Suggestions
from server.words import gettext as _
from sync.receipt import Receipt, Refused, Verdict


def find(report_id: str) -> Line:
    """A report this person may see, with what the desk shows of it."""
    rows = visible(g.actor, Report).where(Report.id == report_id)
    report = db.session.scalar(rows)
    if report is None:
        raise NotFound
    return lines(db.session(), rows, desk(report.community_id).community.zone)[0]


def asked_for() -> Wanted:
    """The filter of the list beside it: in the address, or carried along by a form."""
    if request.method == "POST":
        return wanted(dict(parse_qsl(request.form.get("back", "")[:600])))
    return wanted(request.args)


def suggestions() -> Suggestions:
    """What forms can know by themselves."""
    here = desk()
    used = db.session.execute(owners_used(here.id)).all()
    return Suggestions(
        categories=book().categories,
        templates=db.session.scalars(ReplyTemplate.of(here.id)).all(),
        owners=list(dict.fromkeys(owner for _category, owner in used))[:20],
        owners_of={category: owner for category, owner in reversed(used)},
        zone=here.community.zone,
        now=clock.now(),
    )


def stamps(report: Report) -> dict[str, str]:
    """Field → stamp of the value that is on the page."""
    return SqlFeed(db.session(), g.actor).stamps([report.id]).get(report.id, {})


def pane(line: Line, **typed: Any) -> dict[str, Any]:
    """Everything the page of one report shows; `typed` is what a refused form held."""
    report, session = line.report, db.session()
    since = report.happened_at - SIMILAR_DAYS * DAY_MS
    near = session.scalars(similar_cases(report)).all()
    screening = session.execute(latest_screening(report)).first()
    known = suggestions()
    return {
        "line": line,
        "case": session.get(Case, (report.community_id, report.case_id or "")),
        "near": near,
        "pictures": case_pictures(session, near),
        "similar": lines(session, Report.similar_to(report, since=since), known.zone),
        "additions": session.execute(additions_to(report)).all(),
        "screening": screening,
        "undo_until": rules.undo_until(report, screening[0].at) if screening else 0,
        "story": story_of(session, report),
        "stamps": stamps(report) if may(g.actor, "report.correct") else {},
        "known": known,
        "wanted": asked_for(),
        "accept": AcceptanceForm.suggest(report, known),
        "errors": {},
        "typed": {},
        "opened": "",
        "notice": "",
    } | typed


@bp.get("/reports/<report_id>")
@permit("report.read")
def show(report_id: str) -> Response:
    """One report with the list beside it."""
    return _page(find(report_id))


@bp.get("/f/reports/<report_id>")
@permit("report.read")
def show_pane(report_id: str) -> Response:
    """One report, to be swapped in beside the list."""
    return desk_fragment("reports/_pane.html", **pane(find(report_id)))


def _page(line: Line, status: int = 200, **typed: Any) -> Response:
    here = desk()
    listed = queue(db.session(), here.id, asked_for(), here.community.zone)
    return desk_page("reports/show.html", status, queue=listed, **pane(line, **typed))


def _again(line: Line, **typed: Any) -> Response:
    """The same page with what was typed, and why it was not taken."""
    if is_fragment():
        return desk_fragment("reports/_pane.html", 422, **pane(line, **typed))
    return _page(line, 422, **typed)


def _decide(line: Line, changes: list[New], opened: str, **typed: Any) -> Response:
    """Record a decision about a report that waits, and go on to the next."""
    try:
        rules.check_waiting(line.report)
        receipt = record_all(g.actor, changes)[-1]
    except Refused as no:
        return _again(line, notice=sentence(no.reason, **no.details), opened=opened, **typed)
    if receipt.verdict is not Verdict.APPLIED:
        return _again(find(line.report.id), notice=words_of(receipt), opened=opened, **typed)
    return _go_on(line)


def words_of(receipt: Receipt) -> str:
    """What to tell the person whose change did not simply take effect."""
    if receipt.verdict is Verdict.REJECTED:
        return sentence(receipt.reason, **receipt.details)
    if receipt.verdict is Verdict.CONFLICT:
        return _("Somebody changed this meanwhile. Both are kept under “To be decided”.")
    return sentence("screened_already")


def _go_on(line: Line) -> Response:
    """After a decision: the next report that waits, and a word about the last with a way back."""
    back = asked_for()
    if not is_fragment():
        return redirect(f"/reports/{line.report.id}?{back.query}", 303)  # type: ignore[return-value]
    done, following = find(line.report.id), _next(line.report, back)
    stays = not back.states or done.report.state in back.states
    shown = pane(find(following)) if following else {"line": None, "wanted": back}
    answer = desk_fragment(
        "reports/_done.html",
        done=done,
        stays=stays,
        undo_until=rules.undo_until(done.report, clock.now()),
        waits=waiting(db.session(), desk().id, clock.now()),
        **{name: value for name, value in shown.items() if name != "undo_until"},
    )
    answer.headers["HX-Push-Url"] = f"/reports{'/' if following else ''}{following}?{back.query}"
    return answer


def _next(report: Report, back: Wanted) -> str:
    rows = wanted_reports(report.community_id, replace(back, state="waiting", order="", page=1))
    keys = db.session.execute(
        rows.with_only_columns(Report.emergency, Report.received_at, Report.id).limit(5 * PAGE)
    ).all()
    place = (not report.emergency, report.received_at, report.id)
    later = [id for emergency, at, id in keys if (not emergency, at, id) > place]
    return (later or [id for _emergency, _at, id in keys if id != report.id] or [""])[0]


@bp.post("/reports/<report_id>/acceptance")
@permit("report.screen")
def create_acceptance(report_id: str) -> Response:
    """Take it as a case: how, by whom, until when, and what everyone may read."""
    line = find(report_id)
    form = AcceptanceForm.read(request.form, line.report, suggestions())
    if form.errors:
        return _again(line, accept=form, errors=form.errors)
    return _decide(line, acceptance(line.report, form, stamps(line.report)), "", accept=form)


@bp.post("/f/reports/<report_id>/acceptance")
@permit("report.screen")
def draft_acceptance(report_id: str) -> Response:
    """The same form after a field was changed, with what follows from it. Nothing is recorded."""
    line, known = find(report_id), suggestions()
    form = AcceptanceForm.read(request.form, line.report, known)
    form.follow(line.report, known, request.form.get("moved", ""))
    return desk_fragment("reports/_accept_fields.html", accept=form, known=known, errors={})


@bp.post("/reports/<report_id>/merger")
@permit("report.screen")
def create_merger(report_id: str) -> Response:
    """It joins a case, chosen or named by its number; or another report that waits."""
    line, typed = find(report_id), dict(request.form)
    community_id = line.report.community_id
    try:
        if other := request.form.get("with"):
            changes = batch("merge", [find(other).report, line.report], suggestions(), {})
        else:
            case = case_named(db.session(), community_id, request.form.get("case", ""))
            changes = [New("report.merged@1", report_id, {"case": case.id})]
    except Refused as no:
        return _again(line, opened="merge", errors={"case": sentence(no.reason)}, typed=typed)
    return _decide(line, changes, "merge", typed=typed)


@bp.post("/reports/<report_id>/dismissal")
@permit("report.screen")
def create_dismissal(report_id: str) -> Response:
    """Not valid, spam, or not ours; the sender reads why."""
    line, typed = find(report_id), dict(request.form)
    body = {"to": request.form.get("to", ""), "reason": request.form.get("reason", "").strip()}
    if body["to"] not in ("invalid", "spam", "misdirected"):
        errors = {"to": _("Choose what it is.")}
        return _again(line, opened="dismiss", errors=errors, typed=typed)
    if body["to"] != "spam" and not body["reason"]:
        errors = {"reason": sentence("reason_missing")}
        return _again(line, opened="dismiss", errors=errors, typed=typed)
    changes = [New("report.dismissed@1", report_id, body)]
    return _decide(line, changes, "dismiss", typed=typed)
