"""P19: photos follow their words in parts; what is stored has the hash that is its name."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sync.simulator.checks import hold
from sync.simulator.disk import Photo
from sync.simulator.phone import Phone
from sync.simulator.server import Server

PART = 3

Reply = tuple[int, dict[str, Any]]


def name_of(content: bytes) -> str:
    return sha256(content).hexdigest()


class Album:
    """The server's side. Parts lie apart until the whole is there and has been looked at."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.parts: dict[str, bytes] = {}

    def offered(self, name: str) -> Reply:
        if name in self.server.tables.photos:
            return 200, {"state": "stored"}
        return 200, {"state": "awaiting", "offset": len(self.parts.get(name, b""))}

    def part(self, name: str, size: int, at: int, piece: bytes, check: str) -> Reply:
        """The next part. A hash of it is not always sent along, so the whole is hashed."""
        held = self.parts.get(name, b"")
        if name in self.server.tables.photos:
            return 200, {"state": "stored"}
        if at != len(held):
            return 409, {"error": "offset", "offset": len(held)}
        if check and name_of(piece) != check:
            return 460, {"error": "checksum", "offset": at}
        self.parts[name] = held + piece
        return self.offered(name) if len(held + piece) < size else self._whole(name)

    def _whole(self, name: str) -> Reply:
        content = self.parts.pop(name)
        if not self.is_named(name, content):
            return 422, {"error": "photo_hash", "offset": 0}
        self.server.tables.photos[name] = content
        return 200, {"state": "stored"}

    def is_named(self, name: str, content: bytes) -> bool:
        return name_of(content) == name


def due(phone: Phone) -> tuple[str, Photo] | None:
    """The smallest photo that waits and whose words have arrived."""
    told = {e.photo for e in phone.entries if e.photo and e.n <= phone.acked}
    found = [(n, p) for n, p in phone.photos.items() if n in told and not p.is_stored]
    return min(found, key=lambda one: len(one[1].content), default=None)


def are_kept(phones: list[Phone], server: Server) -> None:
    """P19, at rest: hash and name agree; what no backup has taken back is there."""
    stored = server.tables.photos
    for name, content in stored.items():
        hold("P19", name_of(content) == name, name)
    held = {name for phone in phones for name, photo in phone.photos.items() if photo.content}
    for custody in server.tables.custody.values():
        for name in (s.change.body["photo"] for s in custody if "photo" in s.change.body):
            may_lack = server.epochs > 1 and name not in held
            hold("P19", name in stored or may_lack, (name, name in held))
