"""Every kind of change we take. Written by hand; kinds are added, never changed."""

from __future__ import annotations

import server.cases.intake as cases
import server.patrols.intake as patrols
import server.reports.intake as reports
from server.cases import rules as case_rules
from server.cases.schemas import CaseCorrectedIn, CaseMovedIn
from server.exchange.journal import SqlJournal
from server.exchange.schemas import (
    ChangeDiscardedIn,
    ChangeReleasedIn,
    ConflictDecidedIn,
    Strict,
    shape,
)
from server.patrols.schemas import PatrolExcusedIn, PatrolWalkedIn
from server.permissions import Scope, scope
from server.reports import rules as report_rules
from server.reports import schemas
from sync.kind import (
    Adds,
    Creates,
    Directs,
    Intake,
    Kind,
    Merge,
    Moves,
    Placed,
    Register,
    Sets,
    Settles,
    Taken,
)
from sync.receipt import Refused

_PLAIN = Register()
_TEXT = Register(about_people=report_rules.is_about_people)
REPORT_FIELDS = {
    "place": _PLAIN,
    "category": _PLAIN,
    "level": _PLAIN,
    "words": _TEXT,
    "spot": _PLAIN,
    "emergency": _PLAIN,
}
CASE_FIELDS = {"level": _PLAIN, "owner": _PLAIN, "due_at": _PLAIN, "answer": _TEXT}
GRAPHS = {"report": report_rules.GRAPH, "case": case_rules.GRAPH}


def _guarded(action: str, intake: Intake) -> Intake:
    """Ask the matrix before the rule."""

    def guarded(taken: Taken, journal: SqlJournal) -> Placed | None:
        if scope(taken.by, action) is Scope.NONE:
            raise Refused("not_permitted")
        return intake(taken, journal)

    return guarded


def _kind(
    name: str, record: str, merge: Merge, body: type[Strict], action: str, intake: Intake
) -> Kind:
    return Kind(f"{name}@1", record, merge, shape(body), _guarded(action, intake))


def _conflict_decided(taken: Taken, journal: SqlJournal) -> Placed:
    """A restored value is carried into the record's own columns by its domain."""
    assert taken.record is not None  # noqa: S101 - parked as "no_record" before
    if taken.record.kind == "case":
        return cases.rewrite(cases.find(taken, journal), taken, journal)
    return reports.rewrite(reports.find(taken, journal), taken, journal)


def _looked_at(taken: Taken, journal: SqlJournal) -> None:
    """The desk's order about a set-aside change; `exchange.intake` carries it out."""


def _report_step(to: str = "") -> Moves:
    return Moves(report_rules.GRAPH, to)


_ALL = (
    _kind(
        "report.filed",
        "report",
        Creates("screening", REPORT_FIELDS),
        schemas.ReportFiledIn,
        "report.create",
        reports.report_filed,
    ),
    _kind(
        "report.added_to",
        "report",
        Adds(),
        schemas.ReportAddedToIn,
        "report.add",
        reports.report_added_to,
    ),
    _kind(
        "report.corrected",
        "report",
        Sets(REPORT_FIELDS),
        schemas.ReportCorrectedIn,
        "report.correct",
        reports.report_corrected,
    ),
    _kind(
        "report.withdrawn",
        "report",
        _report_step("withdrawn"),
        schemas.ReportWithdrawnIn,
        "report.withdraw",
        reports.report_withdrawn,
    ),
    _kind(
        "report.accepted",
        "report",
        _report_step("accepted"),
        schemas.ReportAcceptedIn,
        "report.screen",
        reports.report_accepted,
    ),
    _kind(
        "report.merged",
        "report",
        _report_step("merged"),
        schemas.ReportMergedIn,
        "report.screen",
        reports.report_merged,
    ),
    _kind(
        "report.dismissed",
        "report",
        _report_step(),
        schemas.ReportDismissedIn,
        "report.screen",
        reports.report_dismissed,
    ),
    _kind(
        "report.screened_again",
        "report",
        _report_step("screening"),
        schemas.ReportScreenedAgainIn,
        "report.screen",
        reports.report_screened_again,
    ),
    _kind(
        "report.asked",
        "report",
        Adds(),
        schemas.ReportAskedIn,
        "report.screen",
        reports.report_asked,
    ),
    _kind(
        "patrol.walked",
        "patrol",
        Creates("walked", {}),
        PatrolWalkedIn,
        "patrol.write",
        patrols.patrol_walked,
    ),
    _kind(
        "patrol.excused",
        "patrol",
        Creates("excused", {}),
        PatrolExcusedIn,
        "patrol.write",
        patrols.patrol_excused,
    ),
    _kind(
        "case.corrected",
        "case",
        Sets(CASE_FIELDS),
        CaseCorrectedIn,
        "case.correct",
        cases.case_corrected,
    ),
    _kind(
        "case.moved",
        "case",
        Moves(case_rules.GRAPH, ends=frozenset({"closed"})),
        CaseMovedIn,
        "case.move",
        cases.case_moved,
    ),
    _kind(
        "conflict.decided",
        "",
        Settles(GRAPHS),
        ConflictDecidedIn,
        "conflict.decide",
        _conflict_decided,
    ),
    _kind("change.released", "", Directs(), ChangeReleasedIn, "parked.decide", _looked_at),
    _kind("change.discarded", "", Directs(), ChangeDiscardedIn, "parked.decide", _looked_at),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
