"""Changes about reports, as they come in from phones, desks and residents."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

from server.cases.models import Case
from server.cases.rules import open_case
from server.exchange.journal import SqlJournal
from server.places.models import Place
from server.reports import rules
from server.reports.models import Addition, Category, Report, ReportPhoto, Screening
from sync.kind import Placed, Taken
from sync.receipt import Refused, SetAside
from sync.record import Held, Record


def report_filed(taken: Taken, journal: SqlJournal) -> Placed:
    body = taken.body
    place, category = rules.check_place_and_category(
        _place(journal, body["place"]), _category(journal, body["category"])
    )
    report = rules.file_report(
        body,
        id=taken.change.about,
        place=place,
        category=category,
        by=taken.by,
        at=rules.told_at(taken.by, taken.at, taken.change.wall),
        doubt=taken.doubt,
        received_at=taken.received_at,
    )
    report.number = journal.day_number(taken.received_at)
    scopes = scopes_of(report.place_id, report.member_id)
    born: tuple[Record, ...] = ()
    if report.state == "accepted":
        case = open_case(
            report,
            id=rules.on_the_spot_case(report.id),
            level=report.level,
            owner=taken.by.name,
            due_at=None,
            answer="",
            at=taken.at,
        )
        report.case_id = case.id
        journal.rows.insert(Case, **_columns(case))
        born = (case_record(case, taken),)
        _keep_screening(taken, journal, "accepted", case_id=case.id)
    journal.rows.insert(Report, **report.row())
    _keep_photos(taken, journal, ())
    return Placed(scopes=scopes, number=report.number, state=report.state, also=born)


def report_added_to(taken: Taken, journal: SqlJournal) -> Placed:
    report = find(taken, journal)
    _keep_addition(taken, journal, "addition", taken.body["words"])
    if taken.body["photos"]:
        names = ReportPhoto.names_of(report.community_id, report.id)
        _keep_photos(taken, journal, journal.session.scalars(names).all())
    return Placed()


def report_asked(taken: Taken, journal: SqlJournal) -> Placed:
    find(taken, journal)
    _keep_addition(taken, journal, "question", taken.body["question"])
    return Placed()


def report_corrected(taken: Taken, journal: SqlJournal) -> Placed:
    return rewrite(find(taken, journal), taken, journal)


def rewrite(report: Report, taken: Taken, journal: SqlJournal) -> Placed:
    """Carry what reconciliation decided into the report's own columns."""
    values = {rules.COLUMNS[name]: held.value for name, held in taken.decision.sets.items()}
    if "place_id" in values or "category" in values:
        rules.check_place_and_category(
            _place(journal, values.get("place_id", report.place_id)),
            _category(journal, values.get("category", report.category)),
        )
    if taken.decision.state:
        values["state"] = taken.decision.state
    if values:
        journal.rows.update(Report, _key(report), **values)
    return Placed(scopes=scopes_of(values.get("place_id", report.place_id), report.member_id))


def report_withdrawn(taken: Taken, journal: SqlJournal) -> Placed:
    report = find(taken, journal)
    case = _case(journal, report.case_id)
    rules.check_withdrawal(report, taken.by, case.state if case else "")
    return _screened(taken, journal, report, reason=taken.body["reason"])


def report_accepted(taken: Taken, journal: SqlJournal) -> Placed:
    report, body = find(taken, journal), taken.body
    if not taken.decision.state:
        return Placed()
    case = open_case(
        report,
        id=body["case"],
        level=body["level"],
        owner=body["owner"],
        due_at=body["due_at"],
        answer=body["answer"],
        at=taken.at,
    )
    if journal.records({case.id}):
        raise Refused("id_taken")
    journal.rows.insert(Case, **_columns(case))
    placed = _screened(taken, journal, report, case_id=case.id)
    return Placed(scopes=placed.scopes, also=(case_record(case, taken),))


def report_merged(taken: Taken, journal: SqlJournal) -> Placed:
    report = find(taken, journal)
    case = journal.session.get(Case, (journal.community_id, taken.body["case"]))
    if case is None:
        raise Refused("case_unknown")
    placed = _screened(taken, journal, report, case_id=case.id)
    return Placed(scopes=placed.scopes, touches=(case.id,))


def report_dismissed(taken: Taken, journal: SqlJournal) -> Placed:
    rules.check_dismissal(taken.body["to"], taken.body["reason"])
    return _screened(taken, journal, find(taken, journal), reason=taken.body["reason"])


def report_screened_again(taken: Taken, journal: SqlJournal) -> Placed:
    report = find(taken, journal)
    since = journal.session.scalar(
        select(func.max(Screening.at)).where(
            Screening.community_id == report.community_id, Screening.report_id == report.id
        )
    )
    rules.check_undo(since or report.received_at, taken.at)
    if report.state == "accepted" and report.case_id:
        case = _case(journal, report.case_id)
        others = journal.session.scalar(Report.beside(report)) or 0
        rules.check_case_given_up(case.state if case else "", case.ending if case else "", others)
    return _screened(taken, journal, report)


def case_record(case: Case, taken: Taken) -> Record:
    """The case as reconciliation knows it; born by the change that opened it."""
    held = {
        name: Held(getattr(case, name), taken.stamp, taken.doubt)
        for name in ("level", "owner", "due_at", "answer")
    }
    return Record(
        id=case.id,
        kind="case",
        scopes=(f"place:{case.place_id}",),
        owner=taken.stamp.device,
        state=case.state,
        path=(case.state,),
        fields=held,
        number=case.number,
        stepped=taken.stamp,
    )


def scopes_of(place_id: str, member_id: str | None) -> tuple[str, ...]:
    """A report is news for its place and for its author."""
    return (f"place:{place_id}", f"me:{member_id}") if member_id else (f"place:{place_id}",)


def _keep_photos(taken: Taken, journal: SqlJournal, known: Collection[str]) -> None:
    photos = taken.body["photos"]
    for row in rules.add_photos(photos, to=taken.change.about, known=known, at=taken.at):
        journal.rows.insert(ReportPhoto, community_id=journal.community_id, **row)


def find(taken: Taken, journal: SqlJournal) -> Report:
    report = journal.session.get(
        Report, (journal.community_id, taken.change.about), populate_existing=True
    )
    if report is None:
        raise SetAside("no_record")
    return report


def _screened(
    taken: Taken,
    journal: SqlJournal,
    report: Report,
    *,
    case_id: str | None = None,
    reason: str = "",
) -> Placed:
    state = taken.decision.state
    if state:
        kept = report.case_id if state == "withdrawn" else case_id
        journal.rows.update(Report, _key(report), state=state, case_id=kept)
        _keep_screening(taken, journal, state, case_id=case_id, reason=reason)
    touches = tuple({id for id in (report.case_id,) if id})
    return Placed(scopes=scopes_of(report.place_id, report.member_id), touches=touches)


def _keep_screening(
    taken: Taken, journal: SqlJournal, state: str, *, case_id: str | None = None, reason: str = ""
) -> None:
    journal.rows.insert(
        Screening, **_of(taken, journal), state=state, reason=reason, case_id=case_id, at=taken.at
    )


def _keep_addition(taken: Taken, journal: SqlJournal, kind: str, words: str) -> None:
    said = {"kind": kind, "words": words, "by_role": taken.by.role, "added_at": taken.at}
    journal.rows.insert(Addition, **_of(taken, journal), **said)


def _of(taken: Taken, journal: SqlJournal) -> dict[str, Any]:
    """Which change a row comes from, whose it is, and the report it is about."""
    return {
        "community_id": journal.community_id,
        "device_id": taken.stamp.device,
        "n": taken.stamp.n,
        "report_id": taken.change.about,
        "member_id": taken.by.id or None,
    }


def _place(journal: SqlJournal, place_id: str) -> Place | None:
    found: Place | None = journal.look_up(Place, place_id)
    return found


def _category(journal: SqlJournal, key: str) -> Category | None:
    found: Category | None = journal.look_up(Category, key)
    return found


def _case(journal: SqlJournal, case_id: str | None) -> Case | None:
    """The case as it stands now, with what this transaction has written."""
    if not case_id:
        return None
    return journal.session.get(Case, (journal.community_id, case_id), populate_existing=True)


def _key(report: Report) -> dict[str, str]:
    return {"community_id": report.community_id, "id": report.id}


def _columns(row: Any) -> dict[str, Any]:
    return {c.name: getattr(row, c.key) for c in row.__table__.columns}
