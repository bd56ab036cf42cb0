"""What a coordinator asks to see, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from server.reports.models import Report
from server.reports.rules import DISMISSED

ACCEPT_AMOUNT, ACCEPT_UNIT = 1, "working_day"
PAGE = 60
STATES: Mapping[str, tuple[str, ...]] = {
    "waiting": ("screening",),
    "accepted": ("accepted",),
    "merged": ("merged",),
    "dismissed": (*DISMISSED, "withdrawn"),
    "all": (),
}
SOURCES = ("steward", "resident", "desk", "phone_call", "unit")


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

    def fits(self, report: Report) -> bool:
        """Would this report be listed? Words are not looked at: they are the database's to find."""
        return (
            not self.words
            and (not self.states or report.state in self.states)
            and self.source in ("", report.source)
            and self.place in ("", report.place_id)
        )

    @property
    def is_narrowed(self) -> bool:
        """True when something could be cleared."""
        return bool(self.source or self.place or self.words)

    def at(self, page: int) -> Wanted:
        """The same on another page."""
        return replace(self, page=page)

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
