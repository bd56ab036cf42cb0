"""What a change about a patrol may say."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from server.exchange.schemas import KEY, Id, Strict, Whole, Words
from server.patrols.models import PERIODS
from sync.wire import MAX_COUNT, MAX_MS

MARKS = ("ok", "not_ok", "not_seen")
TALLIES = ("dissuaded", "explained", "tidied", "called", "helped")
EXCUSES = ("leave", "unwell", "weather", "family", "on_duty", "no_way_in")


class Day(fields.String):
    """A local day, YYYY-MM-DD, of a year people live in."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            found = date.fromisoformat(text)
        except ValueError:
            raise ValidationError("wrong_form") from None
        if len(text) != 10 or not 2000 <= found.year <= 2999:
            raise ValidationError("out_of_range")
        return text


class Started(fields.Tuple):
    def __init__(self) -> None:
        super().__init__((Whole(0, MAX_COUNT), Whole(-MAX_MS, MAX_MS)), required=True)


class RoundIn(Strict):
    place = Id(required=True)
    period = fields.String(required=True, validate=validate.OneOf(PERIODS))
    day = Day(required=True)
    words = Words(500, load_default="")


class PatrolWalkedIn(RoundIn):
    checklist = fields.String(required=True, validate=KEY)
    version = Whole(1, 100_000, required=True)
    marks = fields.Dict(
        keys=fields.String(validate=KEY),
        values=fields.String(validate=validate.OneOf(MARKS)),
        required=True,
        validate=validate.Length(0, 40, error="too_many"),
    )
    tallies = fields.Dict(
        keys=fields.String(validate=validate.OneOf(TALLIES)),
        values=Whole(0, 999),
        load_default=dict,
    )
    started = Started()


class PatrolExcusedIn(RoundIn):
    reason = fields.String(required=True, validate=validate.OneOf(EXCUSES))
