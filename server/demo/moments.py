"""When things happen in the story, and names that are always the same."""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FIRST, LAST = -14, -1
MINUTE = 60_000
QUICK = MINUTE // 3  # from the tap to the server where there is signal
_DEMO = uuid.UUID("7d2c9a53-61be-5f04-9c1e-0a4f8d3b6e21")


@cache
def told(name: str) -> Any:
    """One part of the story as it is written down."""
    return json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))


def id_of(*names: str) -> str:
    """An id that these names always have."""
    return str(uuid.uuid5(_DEMO, " ".join(names)))


def record_id(at: int, *names: str) -> str:
    """The id a phone would have made at that moment (ms): UUIDv7, its chance from the names."""
    chance = uuid.uuid5(_DEMO, " ".join(names)).int & ((1 << 74) - 1)
    number = at << 80 | 7 << 76 | (chance >> 62) << 64 | 2 << 62 | chance & ((1 << 62) - 1)
    return str(uuid.UUID(int=number))


def chance(*names: str) -> random.Random:
    """The same dice for the same names."""
    return random.Random(" ".join(names))  # noqa: S311 - a story, not a secret


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the story counted from the day it is told: -1 is yesterday."""

    today: date
    zone: ZoneInfo

    @classmethod
    def ending(cls, now: int) -> Days:
        zone = ZoneInfo(told("places")["zone"])
        return cls(datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).date(), zone)

    def date(self, day: int) -> str:
        return (self.today + timedelta(days=day)).isoformat()

    def said(self, moment: str) -> str:
        """A moment written as "3 10:00" the way people write it: 6月3日 10:00."""
        day, _, clock = moment.partition(" ")
        local = self.today + timedelta(days=int(day))
        return f"{local.month}月{local.day}日 {clock}"

    def at(self, moment: str) -> int:
        """Milliseconds of a moment written as "-14 07:10"."""
        day, _, clock = moment.partition(" ")
        local = datetime.combine(
            self.today + timedelta(days=int(day)), time.fromisoformat(clock), self.zone
        )
        return int(local.timestamp() * 1000)

    def day_of(self, at: int) -> int:
        local = datetime.fromtimestamp(at / 1000, UTC).astimezone(self.zone)
        return (local.date() - self.today).days
