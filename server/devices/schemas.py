"""What a phone says of itself when it is enrolled or renewed."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate

from server.exchange.schemas import AnchorIn, ClockIn, Strict, Whole, Words
from sync.signing import is_public_key


def _check_key(text: str) -> None:
    if not is_public_key(text):
        raise ValidationError("wrong_form")


class PhoneIn(Strict):
    """A phone with its public key and its clock."""

    v = Whole(1, 1, required=True)
    key = fields.String(required=True, validate=_check_key)
    label = Words(80, load_default="")
    app = Words(40, load_default="")
    clock = fields.Nested(ClockIn, required=True)
    anchor = fields.Nested(AnchorIn, load_default=None)


class EnrolmentIn(PhoneIn):
    code = fields.String(
        required=True, validate=validate.Regexp(r"\A([0-9]{8}|[A-Za-z0-9_-]{22})\Z")
    )
