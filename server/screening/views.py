"""Deciding reports at the desk."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import Response, g, redirect, request

from server import clock
from server.database import db, writing
from server.desk import book, desk, desk_fragment, waiting
from server.dossier import (
    again,
    asked_for,
    find,
    on_the_page,
    page_of,
    pane,
    seen,
    stamps,
    stay,
    suggestions,
    words_of,
)
from server.exchange.intake import New, record_all
from server.pages import is_fragment
from server.permissions import permit
from server.queue.models import Line, wanted_reports
from server.queue.rules import PAGE, Wanted
from server.refusals import sentence
from server.reports.models import Report
from server.reports.rules import COLUMNS
from server.screening import bp, rules
from server.screening.intake import acceptance, batch, case_named, second_look
from server.screening.models import ContactRead
from server.screening.schemas import AcceptanceForm, CorrectionForm
from server.words import gettext as _
from sync.receipt import Refused, Verdict


@bp.get("/reports/<report_id>")
@permit("report.read")
def show(report_id: str) -> Response:
    """One report with the list beside it."""
    return page_of(find(report_id))


@bp.get("/f/reports/<report_id>")
@permit("report.read")
def show_pane(report_id: str) -> Response:
    """One report, to be swapped in beside the list."""
    return desk_fragment("reports/_pane.html", **pane(find(report_id)))


def _decide(line: Line, changes: list[New], opened: str, **typed: Any) -> Response:
    """Record a decision about a report that waits, and go on to the next."""
    try:
        rules.check_waiting(line.report)
        receipt = record_all(g.actor, changes)[-1]
    except Refused as no:
        return again(line, notice=sentence(no.reason, **no.details), opened=opened, **typed)
    if receipt.verdict is not Verdict.APPLIED:
        return again(find(line.report.id), notice=words_of(receipt), opened=opened, **typed)
    return _go_on(line)


def _go_on(line: Line) -> Response:
    """After a decision: the next report that waits, and a word about the last with a way back."""
    back = asked_for()
    if not is_fragment():
        return redirect(f"/reports/{line.report.id}?{back.query}", 303)  # type: ignore[return-value]
    done, following = find(line.report.id), _next(line.report, back)
    stays = not back.states or done.report.state in back.states
    shown: dict[str, Any] = pane(find(following)) if following else {"line": None, "wanted": back}
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
        return again(line, accept=form, errors=form.errors)
    return _decide(line, acceptance(line.report, form, stamps(line.report)), "", accept=form)


@bp.post("/f/reports/<report_id>/acceptance")
@permit("report.screen")
def draft_acceptance(report_id: str) -> Response:
    """The same form after a field was changed, with what follows from it. Nothing is recorded."""
    line, known = find(report_id), suggestions()
    form = AcceptanceForm.read(request.form, line.report, known)
    form.follow(line.report, known, request.headers.get("HX-Trigger-Name", ""))
    return desk_fragment(
        "reports/_accept_fields.html", line=line, accept=form, known=known, errors={}
    )


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
        return again(line, opened="merge", errors={"case": sentence(no.reason)}, typed=typed)
    return _decide(line, changes, "merge", typed=typed)


@bp.post("/reports/<report_id>/dismissal")
@permit("report.screen")
def create_dismissal(report_id: str) -> Response:
    """Not valid, spam, or not ours; the sender reads why."""
    line, typed = find(report_id), dict(request.form)
    body = {"to": request.form.get("to", ""), "reason": request.form.get("reason", "").strip()}
    if body["to"] not in ("invalid", "spam", "misdirected"):
        errors = {"to": _("Choose what it is.")}
        return again(line, opened="dismiss", errors=errors, typed=typed)
    if body["to"] != "spam" and not body["reason"]:
        errors = {"reason": sentence("reason_missing")}
        return again(line, opened="dismiss", errors=errors, typed=typed)
    changes = [New("report.dismissed@1", report_id, body)]
    return _decide(line, changes, "dismiss", typed=typed)


@bp.post("/reports/<report_id>/second-look")
@permit("report.screen")
def create_second_look(report_id: str) -> Response:
    """Take a decision back."""
    line = find(report_id)
    try:
        receipt = record_all(g.actor, second_look(db.session(), line.report))[-1]
    except Refused as no:
        return again(line, notice=sentence(no.reason, **no.details))
    if receipt.verdict is not Verdict.APPLIED:
        return again(find(report_id), notice=words_of(receipt))
    return stay(find(report_id), did=_("Undone; it is as it was."))


@bp.post("/reports/<report_id>/question")
@permit("report.screen")
def create_question(report_id: str) -> Response:
    """Ask whoever told us."""
    line, question = find(report_id), request.form.get("question", "").strip()
    if not question or len(question) > 500:
        errors = {"question": _("Write the question in one or two sentences.")}
        return again(line, opened="ask", errors=errors, typed=dict(request.form))
    record_all(g.actor, [New("report.asked@1", report_id, {"question": question})])
    return stay(find(report_id), did=_("Asked. The answer will appear here."))


@bp.post("/reports/<report_id>/correction")
@permit("report.screen")
def create_correction(report_id: str) -> Response:
    """Mend single fields; the old values stay readable."""
    line, report = find(report_id), find(report_id).report
    form = CorrectionForm.read(request.form, book().places, book().categories)
    if form.errors:
        return again(line, opened="correct", errors=form.errors, typed=dict(request.form))
    now = {name: getattr(report, column) for name, column in COLUMNS.items()}
    body = rules.changed(form.said, on_the_page("was"), now)
    if not body:
        return stay(line, did=_("Nothing was changed."))
    [receipt] = record_all(g.actor, [New("report.corrected@1", report_id, body, seen(body))])
    if receipt.verdict is Verdict.REJECTED:
        return again(line, notice=words_of(receipt), opened="correct", typed=dict(request.form))
    is_plain = receipt.verdict is Verdict.APPLIED
    return stay(find(report_id), did=_("Corrected.") if is_plain else words_of(receipt))


@bp.post("/reports/<report_id>/contact")
@permit("report.read_contact")
def create_contact_read(report_id: str) -> Response:
    """Show the number a resident left to somebody who says why."""
    line, why = find(report_id), request.form.get("why", "").strip()[:200]
    if not why:
        errors = {"why": sentence("read_reason_missing")}
        return again(line, opened="contact", errors=errors)
    with writing() as session:
        session.add(
            ContactRead(
                community_id=line.report.community_id,
                id=str(uuid.uuid4()),
                report_id=report_id,
                member_id=g.actor.id,
                why=why,
                at=clock.now(),
            )
        )
    reads = db.session.execute(ContactRead.of(line.report)).all()
    shown: dict[str, Any] = {"contact": line.report.contact, "reads": reads, "opened": "contact"}
    if is_fragment():
        return desk_fragment("reports/_pane.html", **pane(line, **shown))
    return page_of(line, **shown)
