"""The subdistrict, its communities, grids, lanes and compounds."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from server.demo.moments import id_of, told
from server.places.models import Community, Grid, Place, Subdistrict, line_json
from server.starting import found


def lay_out(session: Session) -> None:
    """Put the places on the map, and give each community its starting values."""
    town = told("places")
    street = town["subdistrict"]
    session.add(
        Subdistrict(
            id=id_of(street["key"]),
            name=street["zh"],
            latin_name=street["en"],
            city=street["city"],
            phone=street["phone"],
        )
    )
    session.flush()
    session.add_all(_community(row, street["key"], town) for row in town["communities"])
    session.flush()
    session.add_all(
        Grid(
            community_id=id_of(row["community"]),
            id=id_of(row["key"]),
            name=row["zh"],
            latin_name=row["en"],
        )
        for row in town["grids"]
    )
    session.flush()
    session.add_all(_place(row) for row in town["places"])
    for row in town["communities"]:
        found(session, id_of(row["key"]))
    session.flush()


def _community(row: dict[str, str], street: str, town: dict[str, Any]) -> Community:
    latitude, longitude = town["well"]  # from the old well all metres are counted
    return Community(
        id=id_of(row["key"]),
        subdistrict_id=id_of(street),
        name=row["zh"],
        latin_name=row["en"],
        zone=town["zone"],
        plate_prefix=row["plate_prefix"],
        phone=row["phone"],
        latitude=latitude,
        longitude=longitude,
    )


def _place(row: dict[str, object]) -> Place:
    return Place(
        community_id=id_of(str(row["community"])),
        id=id_of(str(row["key"])),
        grid_id=id_of(str(row["grid"])),
        kind=row["kind"],
        name=row["zh"],
        latin_name=row["en"],
        plate=row["plate"],
        households=row["households"],
        line_json=line_json(row["line"]),  # type: ignore[arg-type]
    )
