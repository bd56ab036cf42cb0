"""What may come through the door besides changes, and how a body is read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from server.exchange.reader import quick_reader
from sync.kind import Shape
from sync.wire import MAX_COUNT, MAX_MS, Malformed

UUID = validate.Regexp(r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", error="wrong_form")
SHA256 = validate.Regexp(r"\A[0-9a-f]{64}\Z", error="wrong_form")
PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")
KEY = validate.Regexp(r"\A[a-z][a-z0-9_]{0,39}\Z", error="wrong_form")


class Strict(Schema):
    """Unknown fields are refused, numbers are numbers, texts hold no control characters."""

    class Meta:
        unknown = RAISE


class Id(fields.String):
    def __init__(self, **options: Any) -> None:
        super().__init__(validate=UUID, **options)


class Whole(fields.Integer):
    """A JSON whole number; never text, never a boolean."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        limits = validate.Range(least, most, error="out_of_range")
        super().__init__(strict=True, validate=limits, **options)

    def _validated(self, value: Any) -> int:
        if type(value) is not int:
            raise ValidationError("not_a_whole_number")
        return super()._validated(value)


class Flag(fields.Boolean):
    """true or false, nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("not_a_boolean")
        return value


class Words(fields.String):
    """What a person wrote: at most `most` characters, line breaks allowed."""

    def __init__(self, most: int, least: int = 0, **options: Any) -> None:
        limits = validate.Length(least, most, error="too_long" if not least else "wrong_length")
        super().__init__(validate=limits, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if any(ord(c) < 32 and c not in "\n\t\r" for c in text):
            raise ValidationError("control_character")
        return text.strip()


class PhotoIn(Strict):
    sha256 = fields.String(required=True, validate=SHA256)
    bytes = Whole(1, 12 * 1024 * 1024, required=True)
    type = fields.String(required=True, validate=validate.OneOf(PHOTO_TYPES))
    role = fields.String(
        load_default="other", validate=validate.OneOf(("before", "after", "other"))
    )


LEVELS = ("on_the_spot", "community", "joint_consultation")
MAX_PHOTOS = 5


class Photos(fields.List[Any]):
    def __init__(self) -> None:
        super().__init__(
            fields.Nested(PhotoIn),
            load_default=list,
            validate=validate.Length(0, MAX_PHOTOS, error="too_many"),
        )


class Level(fields.String):
    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.OneOf(LEVELS), **options)


class ClockIn(Strict):
    segment = Whole(0, MAX_COUNT, required=True)
    wall = Whole(-MAX_MS, MAX_MS, required=True)


class AnchorIn(ClockIn):
    """A moment at which the phone had nothing left to send, as it remembers it."""

    server = Whole(0, MAX_MS, required=True)


class StorageIn(Strict):
    persisted = Flag(load_default=None, allow_none=True)
    usage = Whole(0, MAX_COUNT, load_default=0)
    quota = Whole(0, MAX_COUNT, load_default=0)


class HelloIn(Strict):
    v = Whole(1, 1, required=True)
    community = Id(required=True)
    device = Id(required=True)
    epoch = Whole(1, 2**31 - 1, required=True)
    app = Words(40, load_default="")
    clock = fields.Nested(ClockIn, required=True)
    unsent = Whole(0, 1_000_000, required=True)
    oldest_wall = Whole(-MAX_MS, MAX_MS, load_default=None, allow_none=True)
    storage = fields.Nested(StorageIn, load_default=dict)
    offline = Flag(load_default=None, allow_none=True)


class ConflictDecidedIn(Strict):
    conflict = Id(required=True)
    choice = fields.String(required=True, validate=validate.OneOf(("keep", "restore", "dismiss")))


class ChangeReleasedIn(Strict):
    n = Whole(1, MAX_COUNT, required=True)


class ChangeDiscardedIn(ChangeReleasedIn):
    reason = Words(500, load_default="")


def load(schema: Schema, body: Any) -> dict[str, Any]:
    """The body as the schema reads it. Raises Malformed naming the first field that is wrong."""
    try:
        loaded: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        raise Malformed(*_first(error.messages)) from None
    return loaded


def shape(schema: type[Schema]) -> Shape:
    """A schema as the reader of a change's body."""
    reader = schema()
    quick = quick_reader(reader)

    def read(body: Mapping[str, Any], /) -> Mapping[str, Any]:
        found = quick(body)
        return load(reader, body) if found is None else found

    return read


def _first(messages: Any) -> tuple[str, str]:
    path: list[str] = []
    while isinstance(messages, dict):
        name, messages = next(iter(messages.items()))
        if name != "_schema":
            path.append(str(name))
    problem = messages[0] if isinstance(messages, list) and messages else messages
    return ".".join(path)[:80] or "b", _PROBLEMS.get(str(problem), str(problem))[:80]


_PROBLEMS = {
    "Missing data for required field.": "missing",
    "Unknown field.": "unknown_field",
    "Field may not be null.": "missing",
    "Not a valid string.": "not_a_text",
    "Not a valid list.": "not_a_list",
    "Not a valid mapping type.": "not_an_object",
    "Invalid input type.": "not_an_object",
    "Invalid value.": "wrong_form",
    "Must be one of: {choices}.": "not_a_choice",
}
