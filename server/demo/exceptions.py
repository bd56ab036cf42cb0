"""Rounds that were not as usual: excused, walked by others, late, in part, forgotten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from server.demo.moments import FIRST, LAST, MINUTE, told
from server.demo.story import Story

PERIODS = ("early", "midday", "evening")
Slot = tuple[str, str, int, str]  # steward, place, day, period


@dataclass(slots=True)
class Round:
    """One place walked in one period of one day; times in milliseconds."""

    steward: str
    place: str
    day: int
    period: str
    started: int
    ended: int
    words: str = ""
    arrives: int = 0
    seen: int | None = None
    not_ok: set[str] = field(default_factory=set)  # categories reported on the way
    tallies: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    state: str = "done"
    excuse: str = ""
    expects: str = "applied"


@cache
def exceptions() -> Mapping[Slot, Mapping[str, Any]]:
    """What the story says of single rounds."""
    found: dict[Slot, Mapping[str, Any]] = {}
    for row in told("rounds")["exceptions"]:
        slots = _between(row["from"], row["to"]) if "from" in row else [(row["day"], row["period"])]
        for i, (day, period) in enumerate(slots):
            words = row.get("words", "") if i == 0 else ""
            found[row["steward"], row["place"], day, period] = {**row, "words": words}
    return found


def _between(first: str, last: str) -> list[tuple[int, str]]:
    every = [(day, period) for day in range(FIRST, LAST + 1) for period in PERIODS]
    at = [every.index((int(text.split()[0]), text.split()[1])) for text in (first, last)]
    return every[at[0] : at[1] + 1]


def instead_of_others(steward: str, day: int, period: str) -> dict[str, str]:
    """The places somebody walks for others then, with what they say about it."""
    return {
        place: row["words"]
        for (_, place, on, at), row in exceptions().items()
        if (on, at) == (day, period) and row.get("by") == steward
    }


def as_it_was(story: Story, one: Round, row: Mapping[str, Any]) -> Round:
    """A round by rule, changed by what the story says of it."""
    if not row:
        return one
    one.state, one.excuse = row["state"], row.get("excuse", "")
    one.words, one.seen = row.get("words", "") or one.words, row.get("items_seen")
    if "at" in row:
        lasted = max(one.ended - one.started, 9 * MINUTE)
        one.started = story.at(f"{one.day} {row['at']}")
        one.ended = (
            story.at(f"{one.day} {row['until']}") if "until" in row else one.started + lasted
        )
    # The estimate lies in the middle between a clock believed and not believed.
    doubt = row.get("clock_uncertain_minutes", 0) * MINUTE
    one.started, one.ended = one.started - doubt, one.ended - doubt
    one.arrives = story.at(row["arrived"]) if "arrived" in row else 0
    one.expects = "quarantined" if row.get("lost_phone") else "applied"
    return one
