"""What a resident's form may say. Faults are named by reason, one for each field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from server.exchange.schemas import KEY, UUID
from server.residents.rules import plain
from sync.receipt import Refused

FIELDS = (
    "id",
    "token",
    "opened",
    "category",
    "words",
    "spot",
    "phone",
    "homepage",
    "seen",
    "waited",
)
LONGEST = {"words": 4000, "spot": 200}
TOKEN = validate.Regexp(r"\A[0-9A-Za-z_-]{22,64}\Z", error="malformed")
PHONE = re.compile(r"\+?[0-9]{7,15}")


def _phone(value: str) -> None:
    if value and not PHONE.fullmatch(re.sub(r"[\s()./-]", "", value)):
        raise ValidationError("phone_number")


class ConcernIn(Schema):
    """The form behind a lane plate. A browser may send more than we asked for."""

    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True, validate=UUID)
    token = fields.String(required=True, validate=TOKEN)
    category = fields.String(validate=lambda key: key == "" or KEY(key))
    words = fields.String(validate=validate.Length(max=LONGEST["words"], error="words_too_long"))
    spot = fields.String(validate=validate.Length(max=LONGEST["spot"], error="words_too_long"))
    phone = fields.String(validate=_phone)
    homepage = fields.String(validate=validate.Equal("", error="trap"))


def typed(form: Mapping[str, Any]) -> dict[str, str]:
    """What was typed into each field, in plain signs: line ends alike, nothing invisible."""
    said = {name: plain(str(form.get(name, ""))) for name in FIELDS}
    return said | {"phone": unicodedata.normalize("NFKC", said["phone"])}


def faults(said: Mapping[str, str]) -> dict[str, Refused]:
    """What is wrong with a form, by field."""
    found = ConcernIn().validate(said)
    return {name: _refused(name, reasons[0], said[name]) for name, reasons in found.items()}


def _refused(name: str, reason: str, value: str) -> Refused:
    if reason == "words_too_long":
        return Refused(reason, n=len(value), max=LONGEST[name])
    known = ("phone_number", "trap", "malformed")
    return Refused(reason if reason in known else "malformed", field=name)
