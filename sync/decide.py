"""The judgement on one change. Pure: no clock, no chance, no input or output."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sync.receipt import Verdict
from sync.record import Conflict, Held, Record
from sync.stamp import Stamp

if TYPE_CHECKING:
    from sync.change import Change
    from sync.kind import Creates, Graph, Moves, Register, Sets, Settles

_CONFLICT = uuid.UUID("6f1c4f0e-6a35-5c1b-9b43-0c6d1a3e7f52")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a change does to its record, and what its author is told."""

    verdict: Verdict
    reason: str = ""
    sets: Mapping[str, Held] = field(default_factory=dict)
    state: str = ""
    reopens: bool = False
    adds: bool = False
    removes: bool = False
    conflicts: tuple[Conflict, ...] = ()
    settles: Conflict | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def takes_effect(self) -> bool:
        """False when the record and the domain stay as they are."""
        return self.verdict in (Verdict.APPLIED, Verdict.CONFLICT, Verdict.SUPERSEDED)


def parked(reason: str) -> Decision:
    return Decision(Verdict.PARKED, reason)


def rejected(reason: str, **details: Any) -> Decision:
    return Decision(Verdict.REJECTED, reason, details=details)


def conflict_id(stamp: Stamp, name: str) -> str:
    """The same conflict has the same name however often it is computed."""
    return str(uuid.uuid5(_CONFLICT, f"{stamp.device}:{stamp.n}:{name}"))


def creation(
    merge: Creates, record: Record | None, body: Mapping[str, Any], stamp: Stamp, doubt: int
) -> Decision:
    """A record comes into being once; the id was made by its author."""
    if record is not None:
        return rejected("id_taken")
    held = {name: Held(body.get(name), stamp, doubt) for name in merge.registers}
    return Decision(Verdict.APPLIED, sets=held, state=merge.state)


def setting(
    merge: Sets, record: Record, change: Change, body: Mapping[str, Any], stamp: Stamp, doubt: int
) -> Decision:
    """Each field races for itself: an edit that saw the value it replaces always wins;
    otherwise the later stamp stands and the other value is kept."""
    sets: dict[str, Held] = {}
    conflicts: list[Conflict] = []
    told: dict[str, str] = {}
    for name in merge.registers:
        if name not in body:
            continue
        mine = Held(body[name], stamp, doubt)
        held = record.fields.get(name)
        if held is None or _saw(held, change.seen.get(name), stamp) or held.value == mine.value:
            sets[name] = _later(held, mine) if held and held.value == mine.value else mine
            continue
        wins = stamp > held.stamp
        found = _race(record, name, merge.registers[name], held, mine)
        conflicts.append(found)
        if wins:
            sets[name] = mine
        told[name] = _told(wins, found)
    verdict = _worst(told)
    reason = next((c.reason for c in conflicts if told[c.field] == verdict.value), "")
    return Decision(
        verdict,
        reason if verdict is not Verdict.APPLIED else "",
        sets=sets,
        conflicts=tuple(conflicts),
        details={"fields": told} if verdict is not Verdict.APPLIED else {},
    )


def _later(held: Held, mine: Held) -> Held:
    return mine if mine.stamp > held.stamp else held


def _saw(held: Held, seen: str | None, stamp: Stamp) -> bool:
    """A device has always seen what it wrote itself."""
    own = held.stamp.device == stamp.device and held.stamp.n < stamp.n
    return own or seen == held.stamp.wire()


def _race(record: Record, name: str, register: Register, held: Held, mine: Held) -> Conflict:
    unsure = abs(mine.stamp.at - held.stamp.at) < mine.doubt + held.doubt
    personal = register.about_people(mine.value) or register.about_people(held.value)
    winner, loser = (mine, held) if mine.stamp > held.stamp else (held, mine)
    return Conflict(
        id=conflict_id(mine.stamp, name),
        about=record.id,
        field=name,
        winner=winner.stamp,
        loser=loser.stamp,
        winner_value=winner.value,
        loser_value=loser.value,
        reason="person_text" if personal else "ambiguous_clock" if unsure else "older",
        doubt=mine.doubt + held.doubt if unsure else 0,
    )


def _told(wins: bool, found: Conflict) -> str:
    if found.reason != "older":
        return Verdict.CONFLICT.value
    return (Verdict.APPLIED if wins else Verdict.SUPERSEDED).value


def _worst(told: Mapping[str, str]) -> Verdict:
    for verdict in (Verdict.CONFLICT, Verdict.SUPERSEDED):
        if verdict.value in told.values():
            return verdict
    return Verdict.APPLIED


def moving(merge: Moves, record: Record, body: Mapping[str, Any], stamp: Stamp) -> Decision:
    """A step is taken when it is legal now, superseded when it was taken already,
    and otherwise waits for a person; the state that stands keeps standing."""
    to = merge.to or str(body["to"])
    named = body.get("generation")
    generation = record.generation if named is None else int(named)
    seen_state = body.get("from")
    current = generation == record.generation and seen_state in (None, record.state)
    if current and to in merge.graph.get(record.state, frozenset()):
        reopens = merge.reopens or record.state in merge.ends
        return Decision(Verdict.APPLIED, state=to, reopens=reopens)
    if generation < record.generation or to == record.state or to in record.path:
        return Decision(Verdict.SUPERSEDED, "already_there", details={"state": record.state})
    found = Conflict(
        id=conflict_id(stamp, "state"),
        about=record.id,
        field="state",
        winner=record.stepped or stamp,
        loser=stamp,
        winner_value=record.state,
        loser_value=to,
        reason="illegal_step",
    )
    return Decision(
        Verdict.CONFLICT, "illegal_step", conflicts=(found,), details={"state": record.state}
    )


def settling(
    merge: Settles, record: Record, found: Conflict | None, choice: str, stamp: Stamp
) -> Decision:
    """A person has looked. Restoring sets the kept value anew, so it wins by having seen both."""
    if found is None or found.about != record.id:
        return rejected("conflict_unknown")
    if found.state != "open":
        return Decision(Verdict.SUPERSEDED, "already_decided", details={"state": found.state})
    if choice != "restore":
        return Decision(Verdict.APPLIED, settles=_closed(found, choice))
    if found.field != "state":
        held = Held(found.loser_value, stamp)
        return Decision(Verdict.APPLIED, sets={found.field: held}, settles=_closed(found, choice))
    graph = merge.graphs.get(record.kind, {})
    if found.loser_value not in graph.get(record.state, frozenset()):
        return rejected("step_not_possible", state=record.state, step=found.loser_value)
    return Decision(Verdict.APPLIED, state=str(found.loser_value), settles=_closed(found, choice))


def _closed(found: Conflict, choice: str) -> Conflict:
    state = {"keep": "kept", "restore": "restored", "dismiss": "dismissed"}[choice]
    return Conflict(
        found.id, found.about, found.field, found.winner, found.loser,
        found.winner_value, found.loser_value, found.reason, found.doubt, state,
    )  # fmt: skip


def is_legal(graph: Graph, path: tuple[str, ...]) -> bool:
    """True when every step of a record's history is one of the graph's."""
    return all(b in graph.get(a, frozenset()) for a, b in pairwise(path))


def rewrite(record: Record, decision: Decision, stamp: Stamp, state: str) -> None:
    """Carry a decision into its record; `state`, when given, replaces the one decided."""
    record.fields.update(decision.sets)
    if decision.state and decision.reopens:
        record.generation += 1
        record.path = ()
    if state := state or decision.state:
        record.state = state
        record.path = (*record.path, state)
        record.stepped = stamp
    record.facts += decision.adds
    record.removed = record.removed or decision.removes
