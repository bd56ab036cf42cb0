"""The photos of one form, taken together."""

from __future__ import annotations

from io import BytesIO

from server.media.rules import MOST_BYTES
from server.media.store import take_photos
from tests import make
from tests.server.media import corpus


def test_one_that_is_refused_does_not_stop_the_others(town):
    files = [BytesIO(b"<svg>"), BytesIO(corpus.photo()), BytesIO(bytes(MOST_BYTES + 1))]

    taken, left_out = take_photos(town.community.id, files, make.NOW)

    assert [photo["type"] for photo in taken] == ["image/jpeg"]
    assert [(position, no.reason) for position, no in left_out] == [
        (1, "photo_type"),
        (3, "photo_too_large"),
    ]
    assert left_out[1][1].details["size"] == "12.6 MB"
