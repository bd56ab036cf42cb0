"""One door for pictures: what comes in is redrawn, what may not come in is told why."""

from __future__ import annotations

import os
import resource
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from server.media import child, rules
from sync.receipt import Refused
from tests.server.media import corpus

BOMBS = corpus.bombs()
REASONS = {
    "png 50,000 square": {"photo_too_large"},
    "png 65,535 square": {"photo_too_large"},
    "png too long": {"photo_too_large"},
    "png a thread": {"photo_bomb"},
    "jpeg 65,535 square": {"photo_too_large"},
    "jpeg 12,000 square": {"photo_too_large"},
    "jpeg many scans": {"photo_bomb"},
    "webp 16,383 square": {"photo_too_large"},
}


def reopened(jpeg: bytes) -> Image.Image:
    picture = Image.open(BytesIO(jpeg), formats=["JPEG"])
    picture.load()
    return picture


def markers(jpeg: bytes) -> list[int]:
    """The markers up to the pixels of a JPEG."""
    found, at = [], 2
    while jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        found.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return found


def is_bare(jpeg: bytes) -> bool:
    """Nothing but a JFIF head, tables and pixels, and nothing after the end."""
    picture = reopened(jpeg)
    allowed = {0xE0, 0xDB, 0xC0, 0xC4}
    return (
        set(markers(jpeg)) <= allowed
        and jpeg.count(b"\xff\xe0") == 1
        and jpeg.endswith(b"\xff\xd9")
        and not picture.getexif()
        and "icc_profile" not in picture.info
        and "comment" not in picture.info
    )


def colour_at(picture: Image.Image, corner: str) -> str:
    down, right = corner.split()
    x = picture.width // 8 if right == "left" else picture.width * 7 // 8
    y = picture.height // 8 if down == "top" else picture.height * 7 // 8
    red, green, blue = picture.getpixel((x, y))
    return min(
        corpus.QUARTERS,
        key=lambda name: sum(
            abs(a - b) for a, b in zip(corpus.QUARTERS[name], (red, green, blue), strict=True)
        ),
    )


def test_a_photo_is_kept_in_two_sizes():
    raw = corpus.encoded(corpus.quarters(4000, 3000), "JPEG")

    kept = rules.admit(raw)

    assert (kept.width, kept.height, kept.type) == (1600, 1200, "jpeg")
    assert reopened(kept.full).size == (1600, 1200)
    assert reopened(kept.thumb).size == (400, 300)


def test_a_small_photo_is_not_blown_up():
    kept = rules.admit(corpus.encoded(corpus.quarters(90, 60), "PNG"))

    assert reopened(kept.full).size == reopened(kept.thumb).size == (90, 60)


def test_a_photo_of_forty_megapixels_comes_in():
    kept = rules.admit(corpus.encoded(corpus.quarters(8000, 5000), "JPEG"))

    assert (kept.width, kept.height) == (1600, 1000)
    assert colour_at(reopened(kept.full), "bottom left") == "blue"


@pytest.mark.parametrize("found", corpus.wrong_types())
def test_what_is_not_a_photo_is_named_and_refused(found):
    with pytest.raises(Refused) as refusal:
        rules.admit(corpus.wrong_types()[found])

    assert refusal.value.reason == "photo_type"
    assert refusal.value.details == {"found": found}


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_a_moving_picture_is_refused(format):
    with pytest.raises(Refused, match="photo_type"):
        rules.admit(corpus.animated()[format])


def test_more_than_twelve_mebibytes_are_refused_unopened():
    with pytest.raises(Refused) as refusal:
        rules.admit(corpus.photo() + bytes(rules.MOST_BYTES))

    assert refusal.value.reason == "photo_too_large"
    assert refusal.value.details == {"size": "12.6 MB"}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_neither_goes_off_nor_hurts_the_next_photo(name):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    reason = ""

    try:
        assert is_bare(rules.admit(BOMBS[name]).full)
    except Refused as refusal:
        reason = refusal.reason

    assert reason in REASONS.get(name, {"", "photo_broken"})
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < child.SECONDS + 1
    assert is_bare(rules.admit(corpus.photo()).full)


@pytest.mark.parametrize("name", corpus.polyglots())
def test_a_photo_with_something_hidden_in_it_loses_it(name):
    try:
        kept = rules.admit(corpus.polyglots()[name])
    except Refused:
        return

    for jpeg in (kept.full, kept.thumb):
        assert is_bare(jpeg)
        assert not any(payload in jpeg for payload in corpus.PAYLOADS)


@pytest.mark.parametrize("format", corpus.FORMATS)
def test_where_it_was_taken_is_forgotten(format):
    raw = corpus.with_secrets(format)
    assert raw.count(corpus.SECRET) >= 2

    kept = rules.admit(raw)

    for jpeg in (kept.full, kept.thumb):
        assert is_bare(jpeg)
        assert corpus.SECRET not in jpeg


@pytest.mark.parametrize("format", corpus.FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_kept_upright(format, orientation):
    head, body = child.answer(corpus.turned(format, orientation))

    picture = reopened(body[: head["full"]])

    assert picture.size == ((320, 200) if orientation < 5 else (200, 320))
    assert colour_at(picture, corpus.RED_GOES_TO[orientation]) == "red"


@pytest.mark.parametrize("name", corpus.colour_models())
def test_colours_survive(name):
    head, body = child.answer(corpus.colour_models()[name])

    picture = reopened(body[: head["full"]])

    assert picture.mode == "RGB"
    corners = ["top left", "top right", "bottom left", "bottom right"]
    assert [colour_at(picture, corner) for corner in corners] == list(corpus.QUARTERS)


@pytest.mark.parametrize("name", corpus.greys())
def test_greys_survive(name):
    head, body = child.answer(corpus.greys()[name])

    red, green, blue = reopened(body[: head["full"]]).getpixel((5, 5))

    assert red == green == blue
    assert red > 250 if name == "1 bit" else abs(red - 128) < 3


@pytest.mark.parametrize("format", corpus.FORMATS)
def test_a_photo_cut_short_anywhere_is_refused_or_whole(format):
    for raw in corpus.cuts(format):
        head, body = child.answer(raw)
        if "refused" in head:
            assert head["refused"] == "photo_broken"
        else:
            assert is_bare(body[: head["full"]])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=st.sampled_from([corpus.photo(f) for f in corpus.FORMATS]), data=st.data())
def test_damage_never_reaches_the_server(start, data):
    raw = bytearray(start)
    for _ in range(data.draw(st.integers(1, 12))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))

    try:
        assert is_bare(rules.admit(bytes(raw)).full)
    except Refused:
        return


def test_the_picture_process_can_open_nothing(tmp_path):
    """What a taken-over decoder would find: no file, no socket, no process, no environment."""
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import os, socket, sys\n"
        f"sys.path.insert(0, {os.path.dirname(child.__file__)!r})\n"
        "import child\n"
        "child.prepare()\n"
        "child.confine()\n"
        "tries = [lambda: open('/etc/hostname'), socket.socket, os.pipe, lambda: os.dup(0)]\n"
        "for attempt in tries:\n"
        "    try:\n"
        "        attempt()\n"
        "    except OSError:\n"
        "        continue\n"
        "    print('open')\n"
        "print(sorted(set(os.environ) - {'LC_CTYPE'}))\n"
    )

    with open(tmp_path / "out", "w+b") as out:
        assert rules.run_child(b"", out, probe) == 0
        out.seek(0)
        assert out.read() == b"[]\n"


def test_trouble_of_our_own_is_no_verdict(tmp_path):
    broken = tmp_path / "child.py"
    broken.write_text("raise SystemExit(1)")

    with pytest.raises(OSError, match="could not work"):
        rules.admit(corpus.photo(), broken)


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(30)",
        """print('{"width": 1, "height": 1, "full": 5, "thumb": 5}')""",
        """print('{"surprise": 1}')""",
    ],
    ids=["hangs", "stops halfway", "says something else"],
)
def test_a_picture_process_that_behaves_oddly_is_no_verdict(tmp_path, monkeypatch, program):
    monkeypatch.setattr(rules, "PATIENCE", 1)
    odd = tmp_path / "child.py"
    odd.write_text(program)

    with pytest.raises(OSError, match="could not work"):
        rules.admit(corpus.photo(), odd)
