"""What the desk did with what it had accepted, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.demo.moments import LAST, MINUTE, record_id, told
from server.demo.people import name_of
from server.demo.story import Story

HOUR = 60 * MINUTE
DAY = 24 * HOUR
DESK = {"guijing": "he_jing", "wushidu": "zheng_wenbin"}
VERIFIED = {
    "by_reporter": (1, "报的人自己看过，好了"),
    "by_other": (1, "别的人路过看过，好了"),
    "by_silence": (7, "过了七天，没有人说不好"),
}
TURNED_AWAY = ("handed_over", "cannot_solve", "no_action_needed")


def place_of(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(p for p in told("places")["places"] if p["key"] == row["place"])
    return found


def desk_of(row: dict[str, Any]) -> str:
    """The coordinator of the community a report is about."""
    return DESK[place_of(row)["community"]]


def accepted_at(story: Story, row: dict[str, Any]) -> int:
    """Where the story does not say: an emergency at once, what is settled in the morning."""
    if "accepted" in row["handling"]:
        return story.at(row["handling"]["accepted"])
    filed = story.at(row["at"])
    if row["level"] == "on_the_spot":
        return story.at(f"{story.days.day_of(filed) + 1} 08:20")
    closed = story.at(row["handling"]["closed"])
    return filed + min(8 * MINUTE, max(MINUTE, (closed - filed) // 2))


def accept(story: Story, row: dict[str, Any]) -> None:
    handling = row["handling"]
    at = accepted_at(story, row)
    due = handling.get("due") or handling.get("closed")
    story.cases[row["key"]] = case = record_id(at, row["key"], "case")
    story.add(
        at,
        desk_of(row),
        "report.accepted",
        story.reports[row["key"]],
        {
            "case": case,
            "level": row["level"],
            "owner": name_of(handling["handler"]),
            "due_at": max(story.at(due), at) if due else at + DAY,
        },
    )


def verify(story: Story, row: dict[str, Any]) -> None:
    """Somebody else has looked, or nobody complained; then it is closed."""
    handling = row["handling"]
    if "verified" not in handling:
        return
    later, words = VERIFIED[handling["verified"]]
    done = story.at(handling.get("closed_again", handling["closed"]))
    morning = f"{story.days.day_of(done) + later} 09:{10 + int(row['key'][1:]) % 40}"
    at = story.at(handling.get("verified_at", morning))
    if story.days.day_of(at) > LAST:
        return
    case, desk = story.cases[row["key"]], desk_of(row)
    story.add(at, desk, "case.moved", case, {"to": "verified", "words": words})
    story.add(at + MINUTE, desk, "case.moved", case, {"to": "closed", "ending": "solved"})


def handle(story: Story, row: dict[str, Any]) -> None:
    """From accepted to where it stands today."""
    if row["level"] == "on_the_spot":
        return
    if row["level"] == "joint_consultation":
        consult(story, row)
    elif row["handling"]["handler"] in told("people")["units"]:
        at = row["handling"].get("assigned")
        hand_over(story, row, story.at(at) if at else accepted_at(story, row) + 5 * MINUTE)
    finish(story, row)


def move(story: Story, row: dict[str, Any], at: int, to: str, words: str = "", **more: Any) -> None:
    """One step of a report's case."""
    body = {"to": to, "words": words, **more.pop("body", {})}
    story.add(at, desk_of(row), "case.moved", story.cases[row["key"]], body, **more)


def hand_over(story: Story, row: dict[str, Any], at: int) -> None:
    """A unit is asked to see to it."""
    is_quick = "closed" in row["handling"] and at >= story.at(row["handling"]["closed"])
    if not is_quick:
        asked = f"请{name_of(row['handling']['handler'])}来看"
        move(story, row, at, "assigned", row["handling"].get("asked", asked))


def consult(story: Story, row: dict[str, Any]) -> None:
    """Those without whom it cannot be settled are asked to one table."""
    handling = row["handling"]
    names = "、".join(name_of(key) for key in handling["parties"])
    words = f"{names}，{story.days.said(handling['consultation'])} 坐到一起商量"
    move(story, row, accepted_at(story, row) + 40 * MINUTE, "consultation_called", words)
    at = story.at(handling["consultation"]) + 70 * MINUTE
    if row["outcome"] in ("plan_agreed", "solved"):
        move(story, row, at, "plan_agreed", handling["done"])
    elif row["outcome"] == "not_agreed":
        move(story, row, at, "not_agreed", handling["done"])
    elif row["outcome"] == "adopted":
        move(story, row, at, "needs_sponsor", "都愿意修，缺一笔钱，等单位认领")
        move(story, row, story.at(handling["adopted"]), "adopted", adoption(handling))


def adoption(handling: dict[str, Any]) -> str:
    return f"{handling['done']}（{handling['amount_yuan']} 元）"


def finish(story: Story, row: dict[str, Any]) -> None:
    """How it ended, or how far it has come."""
    FINISHING.get(row["outcome"], _stay)(story, row)


def _stay(story: Story, row: dict[str, Any]) -> None:
    """It stands where the last step left it."""
    if row["outcome"] == "assigned" and "done" in row["handling"]:
        words = {"words": row["handling"]["done"]}
        at = accepted_at(story, row) + 150 * MINUTE
        story.add(at, desk_of(row), "report.added_to", story.reports[row["key"]], words)


def _begin(story: Story, row: dict[str, Any]) -> None:
    move(story, row, accepted_at(story, row) + 7 * HOUR, "in_progress", row["handling"]["done"])


def _wait(story: Story, row: dict[str, Any]) -> None:
    words = f"{row['handling']['done']}；{story.days.said(row['handling']['review'])} 再看"
    move(story, row, accepted_at(story, row) + 3 * HOUR, "waiting", words)


def _solve(story: Story, row: dict[str, Any]) -> None:
    handling = row["handling"]
    after = [p for p in row.get("photos", ()) if p["role"] == "after"]
    before = [p for p in row.get("photos", ()) if p["role"] == "before"]
    pictures = story.shows(row["key"], after) if before else []
    if "reopened" in handling:
        move(story, row, story.at(handling["closed"]), "solved", handling["done"])
        again = story.at(handling["reopened"]) + 95 * MINUTE
        move(story, row, again, "in_progress", "夜里又冒了，这次挖开看")
        at, words = story.at(handling["closed_again"]), handling["done_again"]
        move(story, row, at, "solved", words, pictures=pictures)
    else:
        at = story.at(handling["closed"])
        move(story, row, at, "solved", handling["done"], pictures=pictures)


def _turn_away(story: Story, row: dict[str, Any]) -> None:
    handling = row["handling"]
    reference = f"（{handling['reference']}）" if "reference" in handling else ""
    ending = {"ending": row["outcome"]}
    at = story.at(handling["closed"])
    move(story, row, at, "closed", handling["done"] + reference, body=ending)


FINISHING: dict[str, Callable[[Story, dict[str, Any]], None]] = {
    "in_progress": _begin,
    "waiting": _wait,
    "solved": _solve,
    **dict.fromkeys(TURNED_AWAY, _turn_away),
}
