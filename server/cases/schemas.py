"""What a change about a case may say."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from server.cases.rules import ENDINGS, GRAPH
from server.exchange.schemas import Level, Photos, Strict, Whole, Words
from sync.wire import MAX_MS


class CaseCorrectedIn(Strict):
    level = Level()
    owner = Words(80)
    due_at = Whole(0, MAX_MS)
    answer = Words(1000)

    @validates_schema
    def has_something(self, body: dict[str, Any], **kwargs: Any) -> None:
        if not body:
            raise ValidationError({"answer": ["missing"]})


_STATE = validate.OneOf(sorted(GRAPH))


class CaseMovedIn(Strict.from_dict({"from": fields.String(validate=_STATE)})):  # type: ignore[misc]
    to = fields.String(required=True, validate=_STATE)
    generation = Whole(1, 1000)
    words = Words(1000, load_default="")
    photos = Photos()
    ending = fields.String(load_default="", validate=validate.OneOf(("", *ENDINGS)))
