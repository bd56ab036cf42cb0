"""The demo's photos are drawn, and always the same."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from server.demo import drawings
from server.demo.drawings import draw
from server.demo.drawings.sheet import Sheet

BEFORE = "e-bike under a staircase, extension lead trailing down the banister"
AFTER = "the same staircase, empty"


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(BytesIO(jpeg)).convert("RGB")


def difference(one: bytes, other: bytes, box: tuple[int, int, int, int]) -> float:
    pictures = (opened(jpeg).crop(box) for jpeg in (one, other))
    return sum(ImageStat.Stat(ImageChops.difference(*pictures)).mean)


def test_the_same_words_give_the_same_bytes():
    assert draw(BEFORE, "r02", "before") == draw(BEFORE, "r02", "before")


def test_a_drawing_looks_like_a_phone_s_photo():
    picture = Image.open(BytesIO(draw(BEFORE, "r02", "before")))

    assert (picture.format, picture.size) == ("JPEG", (1200, 900))


def test_before_and_after_show_the_same_corner():
    before, after = draw(BEFORE, "r02", "before"), draw(AFTER, "r02", "after")

    stairs, bike = (0, 0, 600, 300), (700, 650, 1100, 800)
    assert difference(before, after, stairs) < 30 < difference(before, after, bike)


def test_words_nobody_drew_show_the_lane():
    assert draw("something quite unheard of", "r99", "other") == draw("", "r99", "other")


@pytest.mark.parametrize("number", range(len(drawings.STANDING)))
def test_each_thing_changes_the_picture(number):
    _, thing, _ = drawings.STANDING[number]
    sheet = Sheet("two of them", "seed")
    blank = sheet.image.copy()

    thing(sheet, 600, 700)

    assert ImageChops.difference(sheet.image, blank).getbbox()


@pytest.mark.parametrize(
    "part",
    [part for table in (drawings.PLACES, drawings.FIXED, drawings.OVER) for _, part in table],
)
def test_each_place_and_part_changes_the_picture(part):
    sheet = Sheet("two of them", "seed")
    blank = sheet.image.copy()

    part(sheet)

    assert ImageChops.difference(sheet.image, blank).getbbox()
