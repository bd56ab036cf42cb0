"""Three rounds a day of every steward: by rule, apart from what the story says otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.demo.exceptions import PERIODS, Round, as_it_was, exceptions, instead_of_others
from server.demo.moments import FIRST, LAST, MINUTE, QUICK, chance, id_of, record_id, told
from server.demo.story import Story
from server.patrols.models import ChecklistItem
from server.patrols.rules import CHECKLIST_OF

Items = Mapping[tuple[str, str], Sequence[ChecklistItem]]  # (checklist, period) -> lines


NOT_WALKED = ("missed", "substituted", "excused")


def walk_rounds(story: Story, items: Items, hours: Mapping[str, tuple[int, int]]) -> None:
    """Write every round of the fortnight into the script."""
    rounds = list(planned(story, hours))
    note_what_was_seen(story, [one for one in rounds if one.state not in NOT_WALKED])
    for one in rounds:
        if one.excuse:
            _excuse(story, one)
        elif one.state not in NOT_WALKED:
            _write(story, one, items)


def planned(story: Story, hours: Mapping[str, tuple[int, int]]) -> Iterator[Round]:
    for row in told("people")["stewards"]:
        for day in range(FIRST, LAST + 1):
            for period in PERIODS:
                yield from _rounds_of(story, row, day, period, hours[period])


def _rounds_of(
    story: Story, row: dict[str, Any], day: int, period: str, hours: tuple[int, int]
) -> Iterator[Round]:
    """The places of one steward one after the other, within fifteen minutes of the usual start."""
    standing_in = instead_of_others(row["key"], day, period)
    places = [*row["places"], *standing_in]
    dice = chance(row["key"], str(day), period)
    midnight = story.at(f"{day} 00:00")
    opens, closes = (midnight + minutes * MINUTE for minutes in hours)
    length = dice.randrange(10 * MINUTE, 30 * MINUTE)
    start = story.at(f"{day} {row['usual_start'][period]}")
    start += dice.randrange(-15 * MINUTE, 15 * MINUTE)
    begun = start = min(max(start, opens), closes - length - MINUTE)
    for place in places:
        one = Round(row["key"], place, day, period, start, start + length // len(places))
        one.words = standing_in.get(place, "")
        # The telephone stays in the pocket until the last place is done.
        one.arrives = begun + length + QUICK
        start = one.ended
        yield as_it_was(story, one, exceptions().get((row["key"], place, day, period), {}))


def note_what_was_seen(story: Story, rounds: Sequence[Round]) -> None:
    """What a steward reports belongs to the round that ends next: its item was not as it should
    be, and what was done in passing is counted there."""
    by_steward: dict[str, list[Round]] = defaultdict(list)
    for one in sorted(rounds, key=lambda r: r.ended):
        by_steward[one.steward].append(one)
    for row in told("reports")["reports"]:
        at = story.at(row["at"])
        after = [r for r in by_steward.get(row["by"], ()) if r.ended >= at]
        for tally, times in row.get("tallies", {}).items() if after else ():
            after[0].tallies[tally] += times
        here = [r for r in after if r.place == row["place"]]
        if here and here[0].day == story.days.day_of(at):
            here[0].not_ok.add(row["category"])


def _excuse(story: Story, one: Round) -> None:
    """Why somebody could not go; no proof is asked for."""
    body = {
        "place": id_of(one.place),
        "period": one.period,
        "day": story.days.date(one.day),
        "reason": one.excuse,
        "words": one.words,
    }
    about = record_id(one.started, one.steward, one.place, str(one.day), one.period)
    story.add(one.started, one.steward, "patrol.excused", about, body)


def _write(story: Story, one: Round, items: Items) -> None:
    kind = "compound" if "_c" in one.place else "lane"
    checklist = CHECKLIST_OF[kind]
    lines = items[checklist, one.period]
    seen = len(lines) if one.seen is None else one.seen
    marks = {
        line.item: ("not_ok" if line.category in one.not_ok else "ok") if i < seen else "not_seen"
        for i, line in enumerate(lines)
    }
    about = record_id(one.started, one.steward, one.place, str(one.day), one.period)
    body = {
        "place": id_of(one.place),
        "period": one.period,
        "day": story.days.date(one.day),
        "checklist": checklist,
        "version": 1,
        "marks": marks,
        "tallies": dict(one.tallies),
        "started": [1, one.started],
        "words": one.words,
    }
    story.add(
        one.ended,
        one.steward,
        "patrol.walked",
        about,
        body,
        arrives=one.arrives,
        expects=one.expects,
    )
