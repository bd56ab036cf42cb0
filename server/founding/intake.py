"""The community, its places and people as rows."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Credential, Member, plain_name
from server.accounts.rules import hash_password
from server.founding.schemas import Flaws, PersonRow, PlaceRow
from server.places.models import (
    Community,
    Grid,
    Place,
    PlaceAssignment,
    Subdistrict,
    line_json,
)
from server.starting import found

A_DEGREE_M = 111_320
ONE_GRID = "全社区"


@dataclass(frozen=True, slots=True)
class Names:
    """How the subdistrict and the community are called, and where they are rung."""

    subdistrict: str
    city: str
    community: str
    prefix: str
    phone: str
    zone: str


def check_names(session: Session, names: Names, flaws: Flaws) -> None:
    """Before anything is asked: letters for plates that nobody has yet, and a zone there is."""
    if not re.fullmatch("[A-Z]{1,6}", names.prefix):
        flaws.add(f"prefix “{names.prefix}”", "not one to six letters", "Choose some, such as GJ")
    elif session.scalar(select(Community.id).where(Community.plate_prefix == names.prefix)):
        flaws.add(f"prefix {names.prefix}", "another community has it", "Choose other letters")
    if names.zone not in available_timezones():
        flaws.add(f"zone “{names.zone}”", "there is none", "Write it such as Asia/Shanghai")
    for name, most in (("subdistrict", 60), ("city", 60), ("community", 60), ("phone", 40)):
        if not 0 < len(getattr(names, name).strip()) <= most:
            flaws.add(name, "empty or too long", f"Write 1 to {most} characters")


def officers_of(session: Session, names: Names) -> set[str]:
    """Who works for the subdistrict already, where it has other communities."""
    rows = (
        select(Member.name)
        .join(Subdistrict, Subdistrict.id == Member.community_id)
        .where(Subdistrict.name == names.subdistrict)
    )
    return set(session.scalars(rows))


def found_community(
    session: Session,
    names: Names,
    places: Sequence[PlaceRow],
    people: Sequence[PersonRow],
    passwords: Mapping[PersonRow, str],
    now: int,
) -> Community:
    """All of it, or nothing: whoever calls holds the transaction. `now` in ms."""
    street = session.scalar(select(Subdistrict).where(Subdistrict.name == names.subdistrict))
    if street is None:
        street = Subdistrict(
            id=str(uuid.uuid4()),
            name=names.subdistrict,
            latin_name=names.subdistrict,
            city=names.city,
            phone=names.phone,
        )
        session.add(street)
        session.flush()
    origin = next((place.point for place in places if place.point), None)
    community = _community(street.id, names, origin)
    session.add(community)
    session.flush()
    found(session, community.id)
    known = _lay_out(session, community.id, places, origin)
    for person in people:
        _appoint(session, community, person, known, passwords.get(person, ""), now)
    return community


def _community(subdistrict_id: str, names: Names, origin: tuple[float, float] | None) -> Community:
    north, east = origin or (None, None)
    return Community(
        id=str(uuid.uuid4()),
        subdistrict_id=subdistrict_id,
        name=names.community,
        latin_name=names.community,
        zone=names.zone,
        plate_prefix=names.prefix,
        phone=names.phone,
        latitude=north,
        longitude=east,
    )


def _lay_out(
    session: Session,
    community_id: str,
    places: Sequence[PlaceRow],
    origin: tuple[float, float] | None,
) -> dict[str, str]:
    """The places with their grids; the id of each plate."""
    grids = {name: str(uuid.uuid4()) for name in {place.grid or ONE_GRID for place in places}}
    session.add_all(
        Grid(community_id=community_id, id=id, name=name, latin_name=name)
        for name, id in grids.items()
    )
    session.flush()
    rows = {
        place.plate: Place(
            community_id=community_id,
            id=str(uuid.uuid4()),
            grid_id=grids[place.grid or ONE_GRID],
            kind=place.kind,
            name=place.name,
            latin_name=place.latin_name or place.name,
            plate=place.plate,
            households=place.households,
            line_json=line_json(_metres(place.point, origin)),
        )
        for place in places
    }
    session.add_all(rows.values())
    session.flush()
    return {plate: row.id for plate, row in rows.items()}


def _metres(
    point: tuple[float, float] | None, origin: tuple[float, float] | None
) -> list[list[float]]:
    """Where a place is, in metres east and north of the origin; nothing where nobody said."""
    if point is None or origin is None:
        return []
    north = (point[0] - origin[0]) * A_DEGREE_M
    east = (point[1] - origin[1]) * A_DEGREE_M * cos(radians(origin[0]))
    return [[round(east, 1), round(north, 1)]]


def _appoint(
    session: Session,
    community: Community,
    person: PersonRow,
    places: Mapping[str, str],
    password: str,
    now: int,
) -> None:
    """A member with their places or their sign-in. An officer belongs to the subdistrict."""
    is_officer = person.role == "officer"
    home = community.subdistrict_id if is_officer else community.id
    member = Member(
        community_id=home,
        id=str(uuid.uuid4()),
        name=person.name,
        role=person.role,
        phone=person.phone,
    )
    session.add(member)
    session.flush()
    session.add_all(
        PlaceAssignment(community_id=home, member_id=member.id, place_id=places[plate], from_at=now)
        for plate in dict.fromkeys(person.plates)
    )
    if password:
        session.add(
            Credential(
                community_id=home,
                member_id=member.id,
                sign_in_name=plain_name(person.name),
                password_hash=hash_password(password),
            )
        )
