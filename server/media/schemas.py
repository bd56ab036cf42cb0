"""What a phone may say about a photo before it sends it."""

from __future__ import annotations

from marshmallow import fields, validate

from server.exchange.schemas import PHOTO_TYPES, SHA256, Strict, Whole
from sync.wire import MAX_COUNT


class PromiseIn(Strict):
    """A photo that is to come. Its type is kept until the photo itself says what it is."""

    v = Whole(1, 1, required=True)
    sha256 = fields.String(required=True, validate=SHA256)
    bytes = Whole(1, MAX_COUNT, required=True)
    type = fields.String(required=True, validate=validate.OneOf(PHOTO_TYPES))
