"""What people may do with reports. Refusals first, the deed last."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.permissions import Actor
from server.places.models import Place
from server.reports.models import Category, Report
from sync.receipt import Refused

UNDO_DAYS = 30
DAY_MS = 86_400_000
SIMILAR_DAYS = 14

GRAPH: Mapping[str, frozenset[str]] = {
    "screening": frozenset({"accepted", "merged", "invalid", "spam", "misdirected", "withdrawn"}),
    "accepted": frozenset({"screening", "withdrawn"}),
    "merged": frozenset({"screening", "withdrawn"}),
    "invalid": frozenset({"screening", "withdrawn"}),
    "spam": frozenset({"screening"}),
    "misdirected": frozenset({"screening", "withdrawn"}),
    "withdrawn": frozenset(),
}
PEOPLE = re.compile(r"[他她]|老人|孩|娃|依[伯姆]|两家|邻居|住户|受伤|伤着|生病|血压")
DISMISSED = ("invalid", "spam", "misdirected")
COLUMNS = {
    "place": "place_id",
    "category": "category",
    "level": "level",
    "words": "words",
    "spot": "spot",
    "emergency": "emergency",
}
_ON_THE_SPOT_CASE = uuid.UUID("0b7f9f2a-5f0c-5e0a-8a65-3f3d6f1a9c11")


@dataclass(slots=True)
class Filed:
    """A report as it is first written down; the row of it to be. Times in milliseconds."""

    community_id: str
    id: str
    number: str
    place_id: str
    category: str
    level: str
    words: str
    spot: str
    done: str
    emergency: bool
    source: str
    contact: str
    state: str
    member_id: str | None
    device_id: str
    patrol_id: str | None
    item: str
    case_id: str | None
    happened_at: int
    doubt: int
    received_at: int

    def row(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def file_report(
    body: Mapping[str, Any],
    *,
    id: str,
    place: Place,
    category: Category,
    by: Actor,
    at: int,
    doubt: int,
    received_at: int,
) -> Filed:
    """Write down what somebody saw. `at`, `received_at` and `doubt` in milliseconds."""
    _check_filing(body, by)
    return Filed(
        community_id=place.community_id,
        id=id,
        number="",
        place_id=place.id,
        category=category.key,
        level=body["level"],
        words=body["words"],
        spot=body["spot"],
        done=body["done"],
        emergency=body["emergency"],
        source=source_of(by, body["source"]),
        contact=body["contact"] if by.role != "steward" else "",
        state="accepted" if is_settled_at_once(body["level"], category, by) else "screening",
        member_id=by.id or None,
        device_id=by.device_id,
        patrol_id=body["patrol"],
        item=body["item"],
        case_id=None,
        happened_at=at,
        doubt=doubt,
        received_at=received_at,
    )


def _check_filing(body: Mapping[str, Any], by: Actor) -> None:
    if not body["words"] and not body["photos"]:
        raise Refused("words_missing")
    if body["level"] == "on_the_spot" and not says_how(body):
        raise Refused("done_missing")
    if by.role == "resident" and body["level"] != "community":
        raise Refused("not_permitted")


def check_place_and_category(
    place: Place | None, category: Category | None
) -> tuple[Place, Category]:
    """Both of them: a report is about something somewhere."""
    if place is None:
        raise Refused("place_missing")
    if category is None:
        raise Refused("category_unknown")
    return place, category


def told_at(by: Actor, at: int, wall: int) -> int:
    """When it was told. A resident's browser has no line of readings to estimate from: how long the
    concern waited in it is taken at its word, but it is never later than it came."""
    return min(at, wall) if by.role == "resident" else at


def says_how(body: Mapping[str, Any]) -> bool:
    """Settled on the spot: one sentence on how, or a photo of it done."""
    return bool(body["done"]) or any(photo["role"] == "after" for photo in body["photos"])


def source_of(by: Actor, claimed: str) -> str:
    """Where a report came from. Only desks write for others and may say so."""
    if by.role == "steward":
        return "steward"
    if by.role == "resident":
        return "resident"
    return claimed or "desk"


def is_settled_at_once(level: str, category: Category, by: Actor) -> bool:
    """What a steward settled on the spot needs no screening, except where people are concerned."""
    return level == "on_the_spot" and by.role == "steward" and not category.is_sensitive


def on_the_spot_case(report_id: str) -> str:
    """The id of the case a report settled on the spot becomes; the same on every replay."""
    return str(uuid.uuid5(_ON_THE_SPOT_CASE, report_id))


def check_withdrawal(report: Report, by: Actor, case_state: str) -> None:
    """The author takes it back before it is solved; neighbours of the lane may only add to it."""
    if by.role == "steward" and report.member_id != by.id:
        raise Refused("not_yours")
    if case_state in ("solved", "verified", "closed"):
        raise Refused("already_closed")


def check_dismissal(to: str, reason: str) -> None:
    if to != "spam" and not reason:
        raise Refused("reason_missing")


def check_undo(decided_at: int, now: int) -> None:
    """What the desk made of a report can be taken back for thirty days."""
    if now - decided_at > UNDO_DAYS * DAY_MS:
        raise Refused("undo_too_late", days=UNDO_DAYS)


def check_case_given_up(state: str, ending: str, others: int) -> None:
    """An acceptance is taken back once its case is given up; `others`: reports that joined it."""
    if others:
        raise Refused("case_shared")
    if (state, ending) != ("closed", "withdrawn"):
        raise Refused("case_in_hand")


def add_photos(
    photos: Sequence[Mapping[str, Any]], *, to: str, known: Collection[str], at: int
) -> list[dict[str, Any]]:
    """Rows for the photos that the report `to` does not have yet, in the order they were taken."""
    fresh = {photo["sha256"]: photo for photo in photos if photo["sha256"] not in known}
    return [
        {
            "report_id": to,
            "sha256": photo["sha256"],
            "position": position,
            "role": photo["role"],
            "bytes": photo["bytes"],
            "added_at": at,
        }
        for position, photo in enumerate(fresh.values(), start=len(known))
    ]


def is_about_people(value: Any) -> bool:
    """Long texts may speak of people, others name them; two versions are for a person to weigh."""
    return isinstance(value, str) and (len(value) > 40 or bool(PEOPLE.search(value)))
