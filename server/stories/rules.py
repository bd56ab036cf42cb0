"""How changes become a story: what was there before, and what stands now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.stories.models import Told

TOOK_EFFECT = ("applied", "superseded", "conflict")
BORN = {
    "report.filed": ("place", "category", "level", "words", "spot", "emergency"),
    "report.accepted": ("level", "owner", "due_at", "answer"),
}
CORRECTS = ("report.corrected", "case.corrected")


@dataclass(frozen=True, slots=True)
class Turn:
    """A field that got another value. `stands`: nobody has changed it since."""

    field: str
    old: Any
    new: Any
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a story. `what` names it: filed, added_to, corrected, accepted, moved, …"""

    what: str
    told: Told
    turns: tuple[Turn, ...] = ()

    @property
    def late(self) -> int:
        """How long it lay on the phone, in milliseconds."""
        return max(0, self.told.received_at - self.told.at)


def tell(
    changes: Sequence[Told],
    decided: Mapping[str, tuple[str, Any]] | None = None,
    born: Mapping[str, Any] | None = None,
) -> list[Line]:
    """The story of one thing from its changes in their order. `decided` says for each conflict
    which field it is about and the value that was brought back; `born` what fields began with."""
    lines: list[Line] = []
    now: dict[str, Any] = dict(born or {})
    for told in changes:
        if told.verdict not in TOOK_EFFECT:
            continue
        for name in BORN.get(told.name, ()):
            now.setdefault(name, told.body.get(name, ""))
        turns = tuple(_turns(told, now, decided or {}))
        if told.name in CORRECTS and not turns:
            continue
        now |= {turn.field: turn.new for turn in turns}
        lines.append(Line(told.name.partition(".")[2], told, turns))
    return _with_what_stands(lines, now)


def _turns(
    told: Told, now: Mapping[str, Any], decided: Mapping[str, tuple[str, Any]]
) -> list[Turn]:
    if told.name in CORRECTS:
        return [
            Turn(name, now.get(name, ""), value)
            for name, value in told.body.items()
            if value != now.get(name, "")
        ]
    if told.name == "conflict.decided" and told.body.get("choice") == "restore":
        name, value = decided.get(str(told.body.get("conflict")), ("", ""))
        return [Turn(name, now.get(name, ""), value)] if name else []
    return []


def _with_what_stands(lines: Sequence[Line], now: Mapping[str, Any]) -> list[Line]:
    return [
        Line(
            line.what,
            line.told,
            tuple(
                Turn(turn.field, turn.old, turn.new, now.get(turn.field) == turn.new)
                for turn in line.turns
            ),
        )
        for line in lines
    ]
