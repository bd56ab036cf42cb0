"""The reports of the fortnight, and what the desk made of each."""

from __future__ import annotations

from typing import Any

from server.demo.handling import accept, desk_of, handle, place_of, verify
from server.demo.moments import MINUTE, id_of, record_id, told
from server.demo.people import acting
from server.demo.story import PUBLIC, Story
from server.reports.models import Category
from server.reports.rules import is_settled_at_once, on_the_spot_case

DISMISSED = ("spam", "misdirected")


def is_author_a_steward(row: dict[str, Any]) -> bool:
    return bool(row["source"] == "steward")


def tell_reports(story: Story, categories: dict[str, Category]) -> None:
    """Every report, from its first word to where it stands today."""
    for row in told("reports")["reports"]:
        file_report(story, row)
    for row in told("reports")["reports"]:
        if row["outcome"] == "quarantined":
            continue
        if row["level"] == "on_the_spot" and settles_at_once(row, categories):
            story.cases[row["key"]] = on_the_spot_case(story.reports[row["key"]])
            verify(story, row)
        elif row["outcome"] != "screening":
            screen(story, row)


def settles_at_once(row: dict[str, Any], categories: dict[str, Category]) -> bool:
    return is_settled_at_once(row["level"], categories[row["category"]], acting(row["by"]))


def file_report(story: Story, row: dict[str, Any]) -> None:
    """Somebody writes it down: a steward, a resident, or the desk for somebody who came or rang."""
    # The estimate lies in the middle between a clock believed and not believed.
    at = story.at(row["at"]) - row.get("clock_uncertain_minutes", 0) * MINUTE
    about = story.reports[row["key"]] = record_id(at, row["key"])
    body = {
        "place": id_of(row["place"]),
        "category": row["category"],
        "level": row["level"],
        "words": row["words"],
        "spot": row["spot"],
        "emergency": row.get("emergency", False),
    }
    if row["level"] == "on_the_spot":
        body["done"] = row["handling"]["done"]
    if row["source"] in ("desk", "phone_call"):
        body["source"] = row["source"]
    photos = [p for p in row.get("photos", ()) if not comes_later(row, p)]
    by = row["by"] if is_author_a_steward(row) else desk_of(row)
    story.add(
        at,
        PUBLIC if row["source"] == "resident" else by,
        "report.filed",
        about,
        body,
        community=place_of(row)["community"],
        arrives=story.at(row["arrived"]) if "arrived" in row else 0,
        pictures=story.shows(row["key"], photos),
        expects="quarantined" if row["outcome"] == "quarantined" else "applied",
    )


def comes_later(row: dict[str, Any], photo: dict[str, str]) -> bool:
    """How it looks when it is done is photographed when it is done."""
    closed = row.get("handling", {}).get("closed", row["at"])
    before = any(p["role"] == "before" for p in row["photos"])
    return photo["role"] == "after" and before and bool(closed != row["at"])


def screen(story: Story, row: dict[str, Any]) -> None:
    """The desk looks at a report."""
    handling, about, desk = row["handling"], story.reports[row["key"]], desk_of(row)
    if row["outcome"] == "withdrawn":
        story.add(
            story.at(handling["closed"]),
            PUBLIC,
            "report.withdrawn",
            about,
            {"reason": handling["done"]},
            community=place_of(row)["community"],
        )
    elif row["outcome"] in DISMISSED:
        body = {"to": row["outcome"], "reason": handling.get("done", "")}
        story.add(story.at(handling["closed"]), desk, "report.dismissed", about, body)
    elif row["outcome"] == "duplicate":
        case = story.cases[row["key"]] = story.cases[row["duplicate_of"]]
        body = {"case": case}
        story.add(story.at(handling["accepted"]), desk, "report.merged", about, body)
    else:
        accept(story, row)
        handle(story, row)
        verify(story, row)
