"""Stewards with their places, the desk with its passwords, and who hands over to whom."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from server.accounts.models import Credential, Member, plain_name
from server.accounts.rules import hash_password
from server.demo.moments import Days, id_of, told
from server.permissions import Actor
from server.places.models import PlaceAssignment

PASSWORD = "the old well in the lane"  # noqa: S105 - shown to whoever starts the demo
APPOINTED = "-30 00:00"


@cache
def everyone() -> dict[str, dict[str, Any]]:
    """Stewards and staff by their keys."""
    people = told("people")
    return {
        **{row["key"]: row | {"role": "steward"} for row in people["stewards"]},
        **{row["key"]: row for row in people["staff"]},
    }


def community_of(key: str) -> str:
    """The id of a person's community; an officer's is the subdistrict."""
    return id_of(everyone()[key]["community"] or told("places")["subdistrict"]["key"])


def name_of(key: str) -> str:
    """How a person or a unit is called."""
    units: dict[str, str] = told("people")["units"]
    return units.get(key) or str(everyone()[key]["name"])


def acting(key: str) -> Actor:
    """A person at the desk."""
    row = everyone()[key]
    return Actor(
        id=id_of(key),
        role=row["role"],
        community_id=community_of(key),
        subdistrict_id=id_of(told("places")["subdistrict"]["key"]),
        name=row["name"],
    )


def appoint(session: Session, days: Days) -> None:
    """Everyone who works here, and whose place is whose."""
    session.add_all(
        Member(
            community_id=community_of(key),
            id=id_of(key),
            name=row["name"],
            role=row["role"],
            phone=row["phone"],
            language="",
            demo_sign_in=True,
        )
        for key, row in everyone().items()
    )
    session.flush()
    kept = hash_password(PASSWORD)
    session.add_all(
        Credential(
            community_id=community_of(row["key"]),
            member_id=id_of(row["key"]),
            sign_in_name=plain_name(row["name"]),
            password_hash=kept,
        )
        for row in told("people")["staff"]
    )
    since = days.at(APPOINTED)
    for row in told("people")["stewards"]:
        session.add_all(_care(row["key"], place, since) for place in row["places"])
    session.add_all(
        _care(row["by"], row["place"], days.at(row["from"]), days.at(row["until"]))
        for row in told("people")["standing_in"]
    )
    session.flush()


def _care(key: str, place: str, since: int, until: int | None = None) -> PlaceAssignment:
    return PlaceAssignment(
        community_id=community_of(key),
        member_id=id_of(key),
        place_id=id_of(place),
        from_at=since,
        until_at=until,
    )
