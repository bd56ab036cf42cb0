"""Changes about cases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from server.cases import rules
from server.cases.models import Case, CaseStep
from server.exchange.journal import SqlJournal
from server.reports.models import Report, ReportPhoto
from server.reports.rules import add_photos
from sync.kind import Placed, Taken
from sync.receipt import SetAside


def case_corrected(taken: Taken, journal: SqlJournal) -> Placed:
    return rewrite(find(taken, journal), taken, journal)


def case_moved(taken: Taken, journal: SqlJournal) -> Placed:
    case, body = find(taken, journal), taken.body
    rules.check_mover(taken.by, body["to"])
    rules.check_step(case, to=body["to"], ending=body["ending"], words=body["words"])
    if body["photos"] and (reports := _reports(journal, case)):
        _keep_photos(taken, journal, reports[0])
    return rewrite(case, taken, journal, ending=body["ending"], words=body["words"])


def rewrite(
    case: Case, taken: Taken, journal: SqlJournal, *, ending: str = "", words: str = ""
) -> Placed:
    """Carry what reconciliation decided into the case's own columns and its story."""
    decision = taken.decision
    values: dict[str, Any] = {name: held.value for name, held in decision.sets.items()}
    if decision.state:
        values |= rules.after_step(case, decision.state, ending, taken.at)
        journal.rows.insert(
            CaseStep,
            community_id=case.community_id,
            device_id=taken.stamp.device,
            n=taken.stamp.n,
            case_id=case.id,
            from_state=case.state,
            to_state=decision.state,
            words=words,
            member_id=taken.by.id or None,
            at=taken.at,
        )
    if values:
        key = {"community_id": case.community_id, "id": case.id}
        journal.rows.update(Case, key, **values)
    return Placed(scopes=(f"place:{case.place_id}",), touches=tuple(_reports(journal, case)))


def find(taken: Taken, journal: SqlJournal) -> Case:
    case = journal.session.get(
        Case, (journal.community_id, taken.change.about), populate_existing=True
    )
    if case is None:
        raise SetAside("no_record")
    return case


def _keep_photos(taken: Taken, journal: SqlJournal, report_id: str) -> None:
    """Photos of a step are shown with the first report of the case."""
    known = journal.session.scalars(ReportPhoto.names_of(journal.community_id, report_id)).all()
    for row in add_photos(taken.body["photos"], to=report_id, known=known, at=taken.at):
        journal.rows.insert(ReportPhoto, community_id=journal.community_id, **row)


def _reports(journal: SqlJournal, case: Case) -> list[str]:
    return list(
        journal.session.scalars(
            select(Report.id)
            .where(Report.community_id == case.community_id, Report.case_id == case.id)
            .order_by(Report.happened_at)
        )
    )
