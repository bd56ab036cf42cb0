"""What a change about a report may say."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from server.exchange.schemas import KEY, Flag, Id, Level, Photos, Strict, Whole, Words
from sync.wire import MAX_MS


class ReportFiledIn(Strict):
    place = Id(required=True)
    category = fields.String(required=True, validate=KEY)
    level = Level(required=True)
    words = Words(4000, load_default="")
    spot = Words(200, load_default="")
    emergency = Flag(load_default=False)
    done = Words(1000, load_default="")
    photos = Photos()
    patrol = Id(load_default=None, allow_none=True)
    item = fields.String(load_default="", validate=validate.Length(0, 40))
    source = fields.String(load_default="", validate=validate.OneOf(("", "desk", "phone_call")))
    contact = Words(40, load_default="")


class ReportAddedToIn(Strict):
    words = Words(2000, load_default="")
    photos = Photos()

    @validates_schema
    def has_something(self, body: dict[str, Any], **kwargs: Any) -> None:
        if not body.get("words") and not body.get("photos"):
            raise ValidationError({"words": ["missing"]})


class ReportCorrectedIn(Strict):
    place = Id()
    category = fields.String(validate=KEY)
    level = Level()
    words = Words(4000)
    spot = Words(200)
    emergency = Flag()

    @validates_schema
    def has_something(self, body: dict[str, Any], **kwargs: Any) -> None:
        if not body:
            raise ValidationError({"words": ["missing"]})


class ReportWithdrawnIn(Strict):
    reason = Words(200, load_default="")


class ReportAcceptedIn(Strict):
    case = Id(required=True)
    level = Level(required=True)
    owner = Words(80, load_default="")
    due_at = Whole(0, MAX_MS, required=True)
    answer = Words(1000, load_default="")


class ReportMergedIn(Strict):
    case = Id(required=True)


class ReportDismissedIn(Strict):
    to = fields.String(required=True, validate=validate.OneOf(("invalid", "spam", "misdirected")))
    reason = Words(500, load_default="")


class ReportScreenedAgainIn(Strict):
    pass


class ReportAskedIn(Strict):
    question = Words(500, least=1, required=True)
