"""What stewards write on their phones, whatever comes to their minds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sync.simulator.checks import Fact
from sync.simulator.disk import Crash
from sync.simulator.domain import PLACES, STATES
from sync.simulator.phone import Phone
from sync.simulator.photos import name_of

if TYPE_CHECKING:
    from sync.simulator.world import World

KINDS = {
    "noted": 4,
    "changed": 15,
    "moved": 4,
    "reopened": 1,
    "dropped": 1,
    "refused": 1,
    "broken": 2,
    "hailed": 1,
}


PHOTOS = 0.7


def _name(known: tuple[str, int, dict[str, Any]]) -> tuple[str, int]:
    return known[:2]


class People:
    """One fact at a time, on one phone."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng
        self.names = 0

    def write(self) -> None:
        self.write_on(self.rng.choice(self.world.phones))

    def write_on(self, phone: Phone) -> None:
        chance = self.rng.random()
        known = self._something_on(phone)
        if not known or chance < 0.15:
            self._make(phone)
        elif chance < 0.18:
            self._spoil(phone)
        else:
            self._change(phone, *known)

    def _make(self, phone: Phone) -> None:
        self.names += 1
        id = f"a{self.names:07x}-0000-7000-8000-000000000000"
        body = {"place": self.rng.choice(PLACES), "title": "", "note": ""}
        self._freeze(phone, {"k": "thing.made@1", "o": id}, body)

    def _spoil(self, phone: Phone) -> None:
        """A line that nobody can read, from an app with a fault."""
        mark = self.world.mark()
        raw = b'{"k":"thing.noted@1","o":%d,' % mark
        self._keep(phone, lambda kept: phone.keep_raw(raw, "", frozenset(), kept))

    def _something_on(self, phone: Phone) -> tuple[str, int, dict[str, Any]] | None:
        """A record the phone knows: id, seq and fields; one of its own has no seq yet."""
        found = [
            (id, seq, row["fields"])
            for rows in phone.news.rows.values()
            for id, (seq, row) in rows.items()
        ]
        found += [(e.about, 0, {}) for e in phone.entries if "place" in e.fields and e.about]
        if not found:
            return None
        # Races need people who write about the same thing.
        return max(found, key=_name) if self.rng.random() < 0.6 else self.rng.choice(found)

    def _change(self, phone: Phone, id: str, seq: int, fields: dict[str, Any]) -> None:
        """`seen` is what the screen shows, unless that is the phone's own last word."""
        [kind] = self.rng.choices(list(KINDS), list(KINDS.values()))
        body = self._body(kind)
        seen = {f: fields[f][1] for f in body if f in fields and not phone.is_own(id, f, seq)}
        line: dict[str, Any] = {"k": f"thing.{kind}@1", "o": id}
        self._freeze(phone, {**line, "seen": seen} if seen else line, body)

    def _body(self, kind: str) -> dict[str, str]:
        if kind == "moved":
            return {"to": self.rng.choice(STATES)}
        if kind != "changed":
            return {}
        field = self.rng.choice(("title", "title", "note", "note", "place"))
        return {field: self.rng.choice(PLACES if field == "place" else "abcdef@")}

    def _freeze(self, phone: Phone, line: dict[str, Any], body: dict[str, Any]) -> None:
        mark = self.world.mark()
        whole = {**line, "b": {**body, "mark": mark}}
        photo = b""
        if line["k"] == "thing.noted@1" and self.rng.random() < PHOTOS:
            photo = self.rng.randbytes(self.rng.randrange(1, 9))
            whole["b"]["photo"] = name_of(photo)
        self._keep(phone, lambda kept: phone.keep(whole, self.world.now, kept, photo))

    def _keep(self, phone: Phone, work: Callable[[Callable[[bytes], None]], None]) -> None:
        def kept(raw: bytes) -> None:
            self.world.watch.facts[raw] = Fact(raw, self.world.now, phone.clock)

        try:
            work(kept)
        except Crash:
            phone.restart()
