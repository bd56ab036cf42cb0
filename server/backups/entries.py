"""What the journal is made of: numbered entries, each sealed, in a folder of this installation and
of this epoch; and beside them the photos of their rows."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from dataclasses import dataclass, field, fields
from typing import Any

from server.backups.places import Place
from server.backups.seal import Damaged, opened, sealed

JOURNAL = "journal"
_NAMED = re.compile(r".*/(\d{8})/(\d{12})")


class Unfit(Damaged):
    """This journal does not belong to this backup; says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is new in one community: where its counter row stood, and rows by table."""

    hlc: int
    seq: int
    tables: dict[str, list[list[Any]]]


@dataclass(frozen=True, slots=True)
class Entry:
    """All that was new at one moment. `top`: the highest counter of any community then."""

    number: int
    epoch: int
    schema: str
    at: int
    top: int
    watched: dict[str, list[list[Any]]] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        found = [self.watched, *(part.tables for part in self.parts.values())]
        return sum(len(rows) for tables in found for rows in tables.values())


def _named(what: Entry | Part) -> dict[str, Any]:
    """The fields as they are; `asdict` would copy every row."""
    return {one.name: getattr(what, one.name) for one in fields(what)}


def installation(secret: bytes) -> str:
    """The name of an installation, from its secret, which every backup of it holds."""
    return hashlib.sha256(b"lane-steward installation" + secret).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The journal of one installation in a place, under its key."""

    place: Place
    installation: str
    key: str

    @property
    def folder(self) -> str:
        return f"{JOURNAL}/{self.installation}"

    def name(self, epoch: int, number: int) -> str:
        return f"{self.folder}/{epoch:08d}/{number:012d}"

    def write(self, entry: Entry) -> int:
        """Returns the bytes written. Raises Taken where another worker was first."""
        said = _named(entry) | {"parts": {id: _named(part) for id, part in entry.parts.items()}}
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        raw = sealed(zlib.compress(body, 1), self.key)
        self.place.put(self.name(entry.epoch, entry.number), raw, is_new=True)
        return len(raw)

    def read(self, epoch: int, number: int) -> Entry:
        """Raises Damaged, and FileNotFoundError."""
        raw = opened(self.place.get(self.name(epoch, number)), self.key)
        said = json.loads(zlib.decompress(raw))
        parts = {name: Part(**part) for name, part in said.pop("parts").items()}
        entry = Entry(**said, parts=parts)
        if (entry.epoch, entry.number) != (epoch, number):
            raise Damaged("it was put in another's place")
        return entry

    def numbers(self, epoch: int) -> list[int]:
        """Which entries of an epoch are there."""
        found = map(_NAMED.fullmatch, self.place.names(f"{self.folder}/{epoch:08d}"))
        return sorted(int(one[2]) for one in found if one)

    def put_photo(self, name: str, body: bytes) -> None:
        self.place.put(f"{self.folder}/photos/{name}", sealed(body, self.key))

    def photo(self, name: str) -> bytes:
        """Raises Damaged, and FileNotFoundError."""
        return opened(self.place.get(f"{self.folder}/photos/{name}"), self.key)

    def forget(self, before: int) -> None:
        """Remove what was written before a time (ms, of the place's own clock)."""
        ages = self.place.ages(self.folder)
        self.place.remove(name for name, at in ages.items() if at < before)
