"""The two lists as they are written by people: what may stand in them, and what is wrong where."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from pathlib import Path

PLACES = {
    "plate": "牌号",
    "name": "地点",
    "kind": "类型",
    "latin_name": "英文名",
    "grid": "网格",
    "households": "户数",
    "latitude": "纬度",
    "longitude": "经度",
}
PEOPLE = {"name": "姓名", "role": "身份", "phone": "电话", "places": "负责"}
NEEDED = {"plate", "name", "role"}
KINDS = {"lane": "小巷", "compound": "楼院", "building": "楼栋"}
ROLES = {
    "steward": "管家",
    "coordinator": "协调员",
    "committee_member": "居委会成员",
    "officer": "街道工作人员",
}
MOST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place of the list; `point` in degrees north and east."""

    plate: str
    name: str
    kind: str
    latin_name: str
    grid: str
    households: int
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the list, with the plates of the places in their care."""

    name: str
    role: str
    phone: str
    plates: tuple[str, ...]


@dataclass
class Flaws:
    """What is wrong with the lists, each with its line and what to do."""

    said: list[str] = field(default_factory=list)

    def add(self, where: str, what: str, remedy: str) -> None:
        self.said.append(f"{where}: {what}. {remedy}.")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: its cells by English heading, and where to say that one is wrong."""

    where: str
    cells: Mapping[str, str]
    flaws: Flaws

    def text(self, name: str, most: int = 60) -> str:
        found = self.cells.get(name, "").strip()
        if len(found) > most:
            self.flaws.add(self.where, f"{name} has {len(found)} characters", f"At most {most}")
        if not found and name in NEEDED:
            self.flaws.add(self.where, f"{name} is empty", "Fill it in or take the line out")
        return found

    def choice(self, name: str, among: Mapping[str, str], otherwise: str = "") -> str:
        """One of some keys, written as itself or in Chinese."""
        found = self.text(name) or otherwise
        keys = {word: key for key, zh in among.items() for word in (key, zh)}
        if found and found not in keys:
            known = ", ".join(f"{key} ({zh})" for key, zh in among.items())
            self.flaws.add(self.where, f"{name} “{found}” is not known", f"Use one of: {known}")
        return keys.get(found, "")

    def number(self, name: str, most: int) -> float | None:
        """A number from −most to most; None where the cell is empty or wrong."""
        found = self.cells.get(name, "").strip()
        if not found:
            return None
        try:
            value = float(found)
        except ValueError:
            value = nan
        if abs(value) <= most:
            return value
        self.flaws.add(self.where, f"{name} “{found}” is no such number", f"At most {most}")
        return None


def read_places(path: Path, prefix: str, flaws: Flaws) -> list[PlaceRow]:
    """The places; each plate once, and with the community's letters in front."""
    found: dict[str, PlaceRow] = {}
    for row in _rows(path, PLACES, flaws):
        plate = row.text("plate", 20).upper()
        if plate in found:
            flaws.add(row.where, f"plate {plate} stands here twice", "Give each place its own")
        elif plate and not (plate.isascii() and plate.startswith(f"{prefix}-")):
            flaws.add(row.where, f"plate {plate} is of elsewhere", f"Let it begin with {prefix}-")
        found[plate] = PlaceRow(
            plate=plate,
            name=row.text("name"),
            kind=row.choice("kind", KINDS, "lane"),
            latin_name=row.text("latin_name", 80),
            grid=row.text("grid"),
            households=int(row.number("households", 100_000) or 0),
            point=_point(row),
        )
    return list(found.values())


def _point(row: Row) -> tuple[float, float] | None:
    north, east = row.number("latitude", 90), row.number("longitude", 180)
    if (north is None) != (east is None):
        row.flaws.add(row.where, "only one of latitude and longitude", "Give both or none")
    return None if north is None or east is None else (north, east)


def read_people(path: Path, plates: set[str], flaws: Flaws) -> list[PersonRow]:
    """The people. Whoever works at the desk signs in by name, so each name is there once."""
    found: list[PersonRow] = []
    for row in _rows(path, PEOPLE, flaws):
        name, role = row.text("name"), row.choice("role", ROLES)
        care = tuple(
            row.cells.get("places", "").upper().replace("、", " ").replace(";", " ").split()
        )
        for plate in care:
            if plate not in plates:
                flaws.add(
                    row.where, f"there is no place {plate}", "Write its plate as in the places"
                )
        if care and role not in ("", "steward"):
            flaws.add(row.where, f"{name} is no steward", "Only stewards have places in their care")
        if any((name, role) == (one.name, one.role) for one in found):
            flaws.add(row.where, f"{name} stands here twice", "Tell them apart, as in 王芳（二）")
        found.append(PersonRow(name, role, row.text("phone", 40), care))
    if not any(one.role == "coordinator" for one in found):
        flaws.add(path.name, "nobody is coordinator", "Somebody must read what comes in")
    return found


def _rows(path: Path, headings: Mapping[str, str], flaws: Flaws) -> list[Row]:
    text = _text(path, flaws)
    if not text:
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    named = {word: key for key, zh in headings.items() for word in (key, zh)}
    try:
        given = [heading.strip() for heading in reader.fieldnames or ()]
        _check_headings(path, given, headings, named, flaws)
        reader.fieldnames = [named.get(heading, heading) for heading in given]
        found = []
        for cells in reader:
            where = f"{path.name} line {reader.line_num}"
            if None in cells:
                flaws.add(where, "more cells than headings", "Put words with commas in quotes")
            found.append(Row(where, {k: v or "" for k, v in cells.items() if k}, flaws))
    except csv.Error as fault:
        flaws.add(f"{path.name} line {reader.line_num}", str(fault), "Save the list as CSV again")
        return []
    if not found:
        flaws.add(path.name, "nothing below the headings", "One line each")
    return found


def _text(path: Path, flaws: Flaws) -> str:
    raw = path.read_bytes()
    if len(raw) > MOST_BYTES:
        flaws.add(path.name, "larger than 4 MB", "Is it the right file")
        return ""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        flaws.add(path.name, "not UTF-8", "In Excel or WPS save it as “CSV UTF-8”")
        return ""
    if not text.strip():
        flaws.add(path.name, "empty", "The first line has the headings")
    return text.strip()


def _check_headings(
    path: Path,
    given: list[str],
    headings: Mapping[str, str],
    named: Mapping[str, str],
    flaws: Flaws,
) -> None:
    known = ", ".join(f"{key} ({zh})" for key, zh in headings.items())
    for heading in given:
        if heading not in named:
            flaws.add(f"{path.name} line 1", f"heading “{heading}” is not known", f"Known: {known}")
    have = {named.get(heading) for heading in given}
    for lacking in sorted((NEEDED & headings.keys()) - have):
        flaws.add(f"{path.name} line 1", f"no column {lacking}", f"Add {headings[lacking]} to it")
