"""What a coordinator asks to see, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from server.reports.models import Report
from server.reports.rules import DAY_MS, DISMISSED, UNDO_DAYS
from sync.receipt import Refused

ACCEPT_AMOUNT, ACCEPT_UNIT = 1, "working_day"
PAGE = 60
MOST_AT_ONCE = 50
STATES: Mapping[str, tuple[str, ...]] = {
    "waiting": ("screening",),
    "accepted": ("accepted",),
    "merged": ("merged",),
    "dismissed": (*DISMISSED, "withdrawn"),
    "all": (),
}
SOURCES = ("steward", "resident", "desk", "phone_call", "unit")
CAN_COME_BACK = ("merged", *DISMISSED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter of the list as it stands in the address."""

    state: str = "waiting"
    source: str = ""
    place: str = ""
    words: str = ""
    order: str = ""
    page: int = 1

    @property
    def states(self) -> tuple[str, ...]:
        return STATES[self.state]

    @property
    def newest_first(self) -> bool:
        return self.order == "newest" or (not self.order and self.state != "waiting")

    @property
    def is_narrowed(self) -> bool:
        """True when something could be cleared."""
        return bool(self.source or self.place or self.words)

    @property
    def query(self) -> str:
        """As it stands after the question mark; without what everybody starts with."""
        names = {"words": "q", "page": "p"}
        plain = Wanted()
        said = {
            names.get(field.name, field.name): getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != getattr(plain, field.name)
        }
        return urlencode(said)


def wanted(said: Mapping[str, str]) -> Wanted:
    """Read a filter from an address. What makes no sense is left out."""
    words = " ".join(said.get("q", "")[:80].split())
    state = said.get("state", "all" if words else "waiting")
    page = said.get("p", "1")
    return Wanted(
        state=state if state in STATES else "waiting",
        source=said.get("source", "") if said.get("source") in SOURCES else "",
        place=said.get("place", "")[:36],
        words=words,
        order=said.get("order", "") if said.get("order") in ("newest", "due") else "",
        page=max(1, int(page[:4])) if page.isascii() and page.isdigit() else 1,
    )


def undo_until(report: Report, since: int) -> int:
    """Until when a merger or dismissal made at `since` can be taken back; 0 where it cannot."""
    return since + UNDO_DAYS * DAY_MS if report.state in CAN_COME_BACK else 0


def check_waiting(report: Report) -> None:
    """A report is decided once; who comes second is told what became of it."""
    if report.state != "screening":
        raise Refused("screened_already")


def changed(
    said: Mapping[str, Any], was: Mapping[str, Any], now: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields somebody really changed: what differs from what was on their page."""
    return {name: value for name, value in said.items() if value != was.get(name, now[name])}
