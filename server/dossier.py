"""One report on the desk: what is like it, its story, what may be suggested, what was typed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import Response, g, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from server import clock
from server.cases.models import Case, ReplyTemplate
from server.database import db
from server.desk import book, desk, desk_fragment, desk_page, waiting
from server.exchange.intake import New
from server.exchange.rows import Reader
from server.pages import go, is_fragment
from server.permissions import may, visible
from server.queue.models import Line, lines, queue
from server.queue.rules import Wanted, wanted
from server.refusals import sentence
from server.reports.models import Report
from server.reports.rules import DAY_MS, SIMILAR_DAYS
from server.screening import rules
from server.screening.intake import batch, case_named, second_look
from server.screening.models import (
    additions_to,
    case_pictures,
    latest_screening,
    owners_used,
    similar_cases,
    story_of,
    story_of_case,
)
from server.screening.schemas import AcceptanceForm, Suggestions, as_field, from_field
from server.words import gettext as _
from sync.receipt import Receipt, Refused, Verdict
from sync.stamp import from_wire

__all__ = [
    "again",
    "as_field",
    "asked_for",
    "find",
    "from_field",
    "kept_apart",
    "on_the_page",
    "owners_known",
    "page_of",
    "pane",
    "seen",
    "stamps",
    "stay",
    "story_of_case",
    "suggested_batch",
    "suggestions",
    "words_of",
]


def is_stamp(text: str) -> bool:
    try:
        return bool(from_wire(text))
    except ValueError:
        return False


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


def on_the_page(name: str) -> dict[str, Any]:
    """A hidden field of a form that holds what was on the page: fields and their values."""
    try:
        found = json.loads(request.form.get(name, "") or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else {}


def seen(fields: Collection[str]) -> dict[str, str]:
    """The stamps of these fields as they were on the page; what is no stamp is left out."""
    said = {name: str(stamp) for name, stamp in on_the_page("seen").items() if name in fields}
    return {name: stamp for name, stamp in said.items() if is_stamp(stamp)}


def suggestions() -> Suggestions:
    """What forms can know by themselves."""
    here = desk()
    used = db.session.execute(owners_used(here.id)).all()
    return Suggestions(
        categories=book().categories,
        templates=db.session.scalars(ReplyTemplate.of(here.id)).all(),
        owners=list(dict.fromkeys(owner for _category, owner in used))[:20],
        owners_of=dict(reversed(used)),
        zone=here.community.zone,
        now=clock.now(),
    )


def owners_known(community_id: str) -> list[str]:
    """Who was given cases lately, the latest first."""
    used = db.session.execute(owners_used(community_id))
    return list(dict.fromkeys(owner for _category, owner in used))[:20]


def stamps(report: Report) -> dict[str, str]:
    """Field → stamp of the value that is on the page."""
    return Reader(db.session.connection(), report.community_id).stamps_of(report.id)


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
        "undo_until": _undo_until(session, report, screening[0].at) if screening else 0,
        "story": story_of(session, report.community_id, report.id),
        "stamps": stamps(report) if may(g.actor, "report.correct") else {},
        "known": known,
        "wanted": asked_for(),
        "accept": AcceptanceForm.suggest(report, known),
        "errors": {},
        "typed": {},
        "opened": "",
        "notice": "",
    } | typed


def _undo_until(session: Session, report: Report, decided_at: int) -> int:
    """Until when what stands can be taken back; 0 where it no longer can."""
    try:
        second_look(session, report)
    except Refused:
        return 0
    return rules.undo_until(report, decided_at)


def page_of(line: Line, status: int = 200, **typed: Any) -> Response:
    here = desk()
    listed = queue(db.session(), here.id, asked_for(), here.community.zone)
    return desk_page("reports/show.html", status, queue=listed, **pane(line, **typed))


def again(line: Line, **typed: Any) -> Response:
    """The same page with what was typed, and why it was not taken."""
    if is_fragment():
        return desk_fragment("reports/_pane.html", 422, **pane(line, **typed))
    return page_of(line, 422, **typed)


def stay(line: Line, did: str) -> Response:
    """The same report again, and a word about what was done."""
    if not is_fragment():
        return go(f"/reports/{line.report.id}?{asked_for().query}")
    waits = waiting(db.session(), desk().id, clock.now())
    return desk_fragment("reports/_stayed.html", did=did, waits=waits, **pane(line))


def suggested_batch(deed: str, reports: Sequence[Report], said: Mapping[str, str]) -> list[New]:
    """The changes that decide several reports at once. Raises Refused for a case there is none."""
    if deed == "merge" and said.get("case", "new") not in ("", "new"):
        said = {"case": case_named(db.session(), desk().id, said["case"]).id}
    return batch(deed, reports, suggestions(), said)


def words_of(receipt: Receipt) -> str:
    """What to tell the person whose change did not simply take effect."""
    if receipt.verdict is Verdict.REJECTED:
        return sentence(receipt.reason, **receipt.details)
    if receipt.verdict is Verdict.CONFLICT:
        return kept_apart()
    return sentence("screened_already")


def kept_apart() -> str:
    """Said where a change met another that nobody had seen."""
    return _("Somebody changed this meanwhile. Both are kept under “To be decided”.")
