"""The changes a desk makes about reports."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.cases.models import Case, CaseStep
from server.exchange.intake import New
from server.reports.models import Report
from server.screening.rules import check_untouched, is_given_up
from server.screening.schemas import AcceptanceForm, Suggestions
from sync.receipt import Refused


def acceptance(report: Report, form: AcceptanceForm, seen: Mapping[str, str]) -> list[New]:
    """The report becomes a case; a category that was mended on the way is its own change."""
    case = {
        "case": str(uuid.uuid4()),
        "level": form.level,
        "owner": form.owner,
        "due_at": form.due_at,
        "answer": form.answer,
    }
    accepted = New("report.accepted@1", report.id, case)
    if form.category == report.category:
        return [accepted]
    mended = New("report.corrected@1", report.id, {"category": form.category}, dict(seen))
    return [mended, accepted]


def suggested_acceptance(report: Report, known: Suggestions) -> New:
    """As it would be taken with everything that is suggested."""
    [accepted] = acceptance(report, AcceptanceForm.suggest(report, known), {})
    return accepted


def batch(
    what: str, reports: Sequence[Report], known: Suggestions, said: Mapping[str, str]
) -> list[New]:
    """One change for each of several reports that wait; the first is the one others join."""
    if what == "dismiss":
        body = {"to": said.get("to", ""), "reason": said.get("reason", "").strip()}
        return [New("report.dismissed@1", report.id, body) for report in reports]
    if what == "accept":
        return [suggested_acceptance(report, known) for report in reports]
    case, rest, first = said.get("case", ""), list(reports), []
    if case in ("", "new") and reports:
        first = [suggested_acceptance(reports[0], known)]
        case, rest = str(first[0].body["case"]), rest[1:]
    return first + [New("report.merged@1", report.id, {"case": case}) for report in rest]


def second_look(session: Session, report: Report) -> list[New]:
    """A decision is taken back; the case that only this acceptance opened is given up first."""
    again = New("report.screened_again@1", report.id)
    case = session.get(Case, (report.community_id, report.case_id or ""))
    if report.state != "accepted" or case is None or is_given_up(case):
        return [again]
    steps = session.scalar(CaseStep.count_of(case)) or 0
    check_untouched(steps, session.scalar(Report.beside(report)) or 0)
    as_seen = {"from": case.state, "generation": case.generation}
    body = {"to": "closed", "ending": "withdrawn", **as_seen}
    return [New("case.moved@1", case.id, body), again]


def case_named(session: Session, community_id: str, name: str) -> Case:
    """The case with this id or, as people say it on the telephone, this number."""
    name = name.strip()
    found = session.scalars(
        select(Case)
        .where(Case.community_id == community_id, or_(Case.id == name, Case.number == name))
        .order_by(Case.opened_at.desc())
        .limit(1)
    ).first()
    if not name or found is None:
        raise Refused("case_unknown")
    return found
