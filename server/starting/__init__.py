"""Starting values of a community: categories, checklists, hours, urgent words, replies.

They are read once, when a community is founded; from then on they are rows with a start date.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from server.cases.models import ReplyTemplate
from server.exchange.intake import open_stream
from server.patrols.models import ChecklistItem, PeriodHours
from server.reports.models import Category, UrgentWord

FOLDER = Path(__file__).parent
FIRST_DAY = "2000-01-01"
HOURS = {"early": (360, 600), "midday": (600, 900), "evening": (900, 1260)}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(session: Session, community_id: str) -> None:
    """Give a new community its counter row and its starting values."""
    open_stream(session, community_id)
    session.add_all(
        [
            *(_category(community_id, i, row) for i, row in enumerate(rows("categories.csv"))),
            *(_item(community_id, row) for row in rows("checklists.csv")),
            *(_urgent(community_id, row) for row in rows("urgent_words.csv")),
            *(_reply(community_id, i, row) for i, row in enumerate(rows("reply_templates.csv"))),
            *(
                PeriodHours(
                    community_id=community_id,
                    period=period,
                    valid_from=FIRST_DAY,
                    starts=starts,
                    ends=ends,
                )
                for period, (starts, ends) in HOURS.items()
            ),
        ]
    )


def _category(community_id: str, position: int, row: dict[str, str]) -> Category:
    same: dict[str, Any] = {
        name: row[name]
        for name in ("key", "zh", "en", "group", "example_zh", "example_en", "level")
    }
    return Category(
        community_id=community_id,
        position=position,
        limit_amount=int(row["limit_amount"]),
        limit_unit=row["limit_unit"],
        unit_kind=row["unit_kind"],
        is_emergency=row["emergency"] == "yes",
        is_sensitive=row["sensitive"] == "yes",
        icon=row["icon"],
        **same,
    )


def _item(community_id: str, row: dict[str, str]) -> ChecklistItem:
    return ChecklistItem(
        community_id=community_id,
        checklist=row["checklist"],
        version=1,
        period=row["period"],
        item=row["item"],
        position=int(row["position"]),
        zh=row["zh"],
        en=row["en"],
        look_zh=row["look_zh"],
        category=row["category"],
    )


def _urgent(community_id: str, row: dict[str, str]) -> UrgentWord:
    return UrgentWord(
        community_id=community_id, zh=row["zh"], category=row["category"], call=row["call"]
    )


def _reply(community_id: str, position: int, row: dict[str, str]) -> ReplyTemplate:
    return ReplyTemplate(community_id=community_id, position=position, **row)
