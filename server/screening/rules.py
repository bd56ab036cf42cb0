"""What may be done with a report at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.cases.models import Case
from server.reports.models import Report
from server.reports.rules import DAY_MS, DISMISSED, UNDO_DAYS
from sync.receipt import Refused

MOST_AT_ONCE = 50
CAN_COME_BACK = ("accepted", "merged", *DISMISSED)


def undo_until(report: Report, since: int) -> int:
    """Until when a decision made at `since` can be taken back; 0 where it cannot."""
    return since + UNDO_DAYS * DAY_MS if report.state in CAN_COME_BACK else 0


def check_waiting(report: Report) -> None:
    """A report is decided once; who comes second is told what became of it."""
    if report.state != "screening":
        raise Refused("screened_already")


def check_untouched(steps: int, others: int) -> None:
    """An acceptance can be taken back until somebody has begun on its case or joined it."""
    if others:
        raise Refused("case_shared")
    if steps:
        raise Refused("case_in_hand")


def is_given_up(case: Case) -> bool:
    """Opened by mistake: nobody has anything left to do."""
    return (case.state, case.ending) == ("closed", "withdrawn")


def changed(
    said: Mapping[str, Any], was: Mapping[str, Any], now: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields somebody really changed: what differs from what was on their page."""
    return {name: value for name, value in said.items() if value != was.get(name, now[name])}
