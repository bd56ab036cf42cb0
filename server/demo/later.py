"""What came later: notes, corrections that met one another, answers and what residents said."""

from __future__ import annotations

from typing import Any

from server.demo.handling import place_of
from server.demo.moments import MINUTE, told
from server.demo.story import PUBLIC, Story

MEETS = {"older": "superseded", "person_text": "conflict", "ambiguous_clock": "conflict"}


def tell_later(story: Story) -> None:
    """Everything that was said about reports after the first word."""
    later = told("later")
    rows = {row["key"]: row for row in told("reports")["reports"]}
    for note in later["notes"]:
        add_note(story, note, rows[note["report"]])
    for conflict in later["conflicts"]:
        for value in conflict["values"]:
            correct(story, conflict, value, rows[conflict["report"]])
    for concern in later["concerns"]:
        answer(story, concern, rows[concern["report"]])


def add_note(story: Story, note: dict[str, Any], row: dict[str, Any]) -> None:
    """A steward goes again and writes what is to be seen now."""
    photos = list(note.get("photos", ()))
    if row["level"] == "on_the_spot":
        photos += [photo for photo in row["photos"] if photo["role"] == "after"]
    story.add(
        story.at(note["at"]),
        note["by"],
        "report.added_to",
        story.reports[row["key"]],
        {"words": note["words"]},
        arrives=story.at(note["arrived"]) if "arrived" in note else 0,
        pictures=story.shows(row["key"], photos),
    )


def correct(
    story: Story, conflict: dict[str, Any], value: dict[str, Any], row: dict[str, Any]
) -> None:
    """One of two values; what stands is what the time says."""
    if conflict["reason"] == "illegal_step":
        if not value["stands"]:
            settle_unseen(story, value, row)
        return
    seen_by_others = [] if value["by"] == row["by"] else [conflict["field"]]
    story.add(
        story.at(value["at"]) - value["uncertain_minutes"] * MINUTE,
        value["by"],
        "report.corrected",
        story.reports[row["key"]],
        {conflict["field"]: value["value"]},
        arrives=story.at(value["arrived"]) if "arrived" in value else 0,
        sees=seen_by_others,
        expects="applied" if value["stands"] else MEETS[conflict["reason"]],
    )


def settle_unseen(story: Story, value: dict[str, Any], row: dict[str, Any]) -> None:
    """Done without signal, while the desk had already sent for somebody."""
    body = {"to": value["value"], "from": "accepted", "generation": 1, "words": value["words"]}
    case = story.cases[row["key"]]
    arrives = story.at(value["arrived"])
    at = story.at(value["at"])
    story.add(at, value["by"], "case.moved", case, body, arrives=arrives, expects="conflict")


def answer(story: Story, concern: dict[str, Any], row: dict[str, Any]) -> None:
    """What a resident was told, and what they said to it."""
    case = story.cases[row["key"]]
    for said in concern["answers"]:
        body = {"answer": said["words"]}
        story.add(story.at(said["at"]), said["by"], "case.corrected", case, body)
    for name in ("rating_first", "reopening", "rating"):
        if name in concern:
            said = concern[name]
            story.add(
                story.at(said["at"]),
                PUBLIC,
                "report.added_to",
                story.reports[row["key"]],
                {"words": said["words"]},
                community=place_of(row)["community"],
                pictures=story.shows(row["key"], said.get("photos", ())),
            )
