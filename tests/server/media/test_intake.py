"""Photos on their way in: whatever is cut off, lost or sent twice, what is stored is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from server import create_app
from server.database import db, is_busy, writing
from server.media import intake
from server.media.models import Photo
from server.media.store import jpeg, take_photo
from sync.receipt import Refused
from sync.wire import Malformed
from tests import make
from tests.server.media import corpus
from tests.server.media.corpus import OTHER_PHONE, PHONE

pytestmark = pytest.mark.usefixtures("town")
anywhere = pytest.mark.parametrize("settings", ["folder", "s3"], indirect=True)

COMMUNITY = make.id_of("石桥社区")
NOW = make.NOW
RAW = corpus.encoded(corpus.noise(), "JPEG", quality=97)
NAME = sha256(RAW).hexdigest()


def upload(raw=RAW, device=PHONE):
    return intake.Upload(COMMUNITY, device, sha256(raw).hexdigest())


def send(raw=RAW, device=PHONE, step=64 << 10):
    """The whole exchange as a phone would have it."""
    going = upload(raw, device)
    at = intake.promise(going, len(raw), "image/jpeg", NOW)
    while at.state == "awaiting":
        at = intake.append(going, at.offset, raw[at.offset : at.offset + step], NOW)
    return at


def stored(digest=NAME):
    db.session.rollback()
    return db.session.get(Photo, (COMMUNITY, digest))


@anywhere
def test_a_photo_sent_in_parts_is_stored(settings):
    assert send() == intake.Progress("stored", len(RAW), len(RAW))

    photo = stored()
    full, thumb = (Image.open(BytesIO(jpeg(photo, thumb))) for thumb in (False, True))
    assert (photo.width, photo.height) == full.size == (700, 500)
    assert thumb.size == (400, 286)
    assert photo.stored_sha256 == sha256(jpeg(photo)).hexdigest()
    assert (photo.type, photo.stored_at) == ("jpeg", NOW)


@anywhere
def test_a_form_s_photo_is_stored_in_one_piece(settings):
    digest = take_photo(COMMUNITY, RAW, NOW)

    assert digest == NAME
    assert stored().state == "stored"
    assert take_photo(COMMUNITY, RAW, NOW + 1) == NAME
    assert stored().stored_at == NOW


def test_a_form_s_file_that_is_no_photo_is_refused_and_not_kept(app):
    with pytest.raises(Refused, match="photo_type"):
        take_photo(COMMUNITY, b"<html>", NOW)

    assert db.session.query(Photo).count() == 0


def test_a_form_s_photo_needs_no_promise_to_be_asked_about_by_a_phone(app):
    take_photo(COMMUNITY, RAW, NOW)

    assert intake.promise(upload(), len(RAW), "image/jpeg", NOW).state == "stored"


@pytest.mark.parametrize("cut", [0, 1, 4096, 64 << 10, len(RAW) // 2, len(RAW) - 1])
def test_a_photo_cut_off_anywhere_goes_on_from_there(app, cut):
    intake.promise(upload(), len(RAW), "image/jpeg", NOW)
    if cut:
        intake.append(upload(), 0, RAW[:cut], NOW)

    again = intake.promise(upload(), len(RAW), "image/jpeg", NOW)

    assert again == intake.progress(upload()) == intake.Progress("awaiting", cut, len(RAW))
    assert intake.append(upload(), cut, RAW[cut:], NOW).state == "stored"


@pytest.mark.parametrize("offset", [0, 50, 99, 101, 4096, len(RAW), len(RAW) + 1])
def test_a_part_at_the_wrong_place_is_told_the_right_one(app, offset):
    intake.promise(upload(), len(RAW), "image/jpeg", NOW)
    intake.append(upload(), 0, RAW[:100], NOW)

    with pytest.raises(Refused) as refusal:
        intake.append(upload(), offset, RAW[:10], NOW)

    assert refusal.value.reason == "offset"
    assert refusal.value.details == {"offset": 100}
    assert send().state == "stored"


def test_more_than_was_promised_is_malformed(app):
    intake.promise(upload(), len(RAW), "image/jpeg", NOW)

    with pytest.raises(Malformed):
        intake.append(upload(), 0, RAW + b"\0", NOW)

    assert intake.progress(upload()).offset == 0


@pytest.mark.parametrize(
    "finish",
    [
        lambda: intake.append(upload(), len(RAW), b"", NOW),
        lambda: intake.promise(upload(), len(RAW), "image/jpeg", NOW),
    ],
    ids=["an empty part", "the promise again"],
)
def test_a_server_that_died_after_the_last_part_takes_the_photo_in_later(app, finish):
    intake.promise(upload(), len(RAW), "image/jpeg", NOW)
    upload().part().write_bytes(RAW)

    assert intake.progress(upload()) == intake.Progress("awaiting", len(RAW), len(RAW))
    assert finish().state == "stored"


def test_bytes_that_are_not_the_promised_ones_start_anew(app):
    intake.promise(upload(), len(RAW), "image/jpeg", NOW)

    with pytest.raises(Refused, match="photo_hash"):
        intake.append(upload(), 0, RAW[:-1] + b"\0", NOW)

    assert intake.progress(upload()) == intake.Progress("awaiting", 0, len(RAW))
    assert send().state == "stored"


def test_what_is_no_photo_is_refused_for_good(app):
    page = b"<html><script>alert(1)</script>"

    refused = intake.Progress("refused", len(page), len(page), "photo_type")

    assert send(page) == refused
    assert send(page) == refused
    assert intake.progress(upload(page)) == refused
    assert list(upload(page).folder.iterdir()) == []


def test_more_than_the_door_takes_is_refused_before_it_is_sent(app):
    at = intake.promise(upload(), (12 << 20) + 1, "image/jpeg", NOW)

    assert (at.state, at.reason) == ("refused", "photo_too_large")


def test_a_length_told_wrongly_can_be_told_again(app):
    intake.promise(upload(), 100, "image/jpeg", NOW)
    intake.append(upload(), 0, RAW[:50], NOW)

    at = intake.promise(upload(), len(RAW), "image/jpeg", NOW)

    assert (at.offset, at.bytes) == (0, len(RAW))
    assert send().state == "stored"


def test_nothing_can_be_added_that_was_not_promised(app):
    for attempt in (intake.progress, lambda it: intake.append(it, 0, b"x", NOW)):
        with pytest.raises(Refused, match="photo_unknown"):
            attempt(upload())


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", NAME.upper(), NAME + "0", "é" * 64])
def test_a_name_that_is_no_hash_leads_nowhere(app, digest):
    with pytest.raises(Malformed):
        intake.Upload(COMMUNITY, PHONE, digest)


def test_phones_do_not_disturb_each_other_s_parts(app):
    intake.promise(upload(), len(RAW), "image/jpeg", NOW)
    intake.append(upload(), 0, RAW[:1000], NOW)

    assert send(device=OTHER_PHONE).state == "stored"
    assert intake.append(upload(), 1000, RAW[1000:], NOW).state == "stored"


def test_two_phones_send_the_same_photo_at_once(app):
    ends = []

    def run(device):
        with app.app_context():
            ends.append(send(device=device, step=20_000))

    threads = [threading.Thread(target=run, args=[d]) for d in (PHONE, OTHER_PHONE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ends == [intake.Progress("stored", len(RAW), len(RAW))] * 2
    assert stored().state == "stored"


def test_one_phone_sends_the_same_part_twice_at_once(app):
    intake.promise(upload(), len(RAW), "image/jpeg", NOW)
    ends = []

    def run():
        with app.app_context():
            try:
                ends.append(intake.append(upload(), 0, RAW[:5000], NOW).offset)
            except Refused as refusal:
                ends.append(refusal.details["offset"])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ends == [5000] * 4
    assert upload().part().read_bytes() == RAW[:5000]


def test_a_phone_sends_three_hundred_photos_a_day_and_no_more(app):
    with writing() as session:
        for n in range(intake.DAILY_PHOTOS):
            digest = sha256(str(n).encode()).hexdigest()
            session.add(a_row(digest, NOW - n * 1000))

    with pytest.raises(Refused, match="slow_down"):
        intake.promise(upload(), 10, "image/jpeg", NOW)

    assert intake.promise(upload(device=OTHER_PHONE), 10, "image/jpeg", NOW).offset == 0
    tomorrow = NOW + intake.DAY_MS
    assert intake.promise(upload(), 10, "image/jpeg", tomorrow).state == "awaiting"


def test_a_phone_sends_two_hundred_megabytes_a_day_and_no_more(app):
    with writing() as session:
        session.add(a_row("0" * 64, NOW, size=intake.DAILY_BYTES - 5))

    with pytest.raises(Refused, match="slow_down"):
        intake.promise(upload(), 6, "image/jpeg", NOW)

    assert intake.promise(upload(), 5, "image/jpeg", NOW).state == "awaiting"


def a_row(digest, at, size=1):
    return Photo(
        community_id=COMMUNITY,
        sha256=digest,
        state="awaiting",
        bytes=size,
        type="image/jpeg",
        device_id=PHONE,
        created_at=at,
    )


def test_parts_nobody_goes_on_with_are_swept_after_thirty_days(app):
    intake.promise(upload(), len(RAW), "image/jpeg", NOW)
    part = upload().part()
    os.utime(part, (NOW / 1000, NOW / 1000))
    month = intake.PART_DAYS * intake.DAY_MS

    intake.forget_old_parts(NOW + month - 1000)
    assert part.exists()

    intake.forget_old_parts(NOW + month + 1000)
    assert not part.exists()
    assert send().state == "stored"


def test_a_store_that_does_not_answer_costs_only_time(settings, database_url, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "steward")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of no use elsewhere")
    away = replace(settings, photos="s3://photos", database_url=database_url)
    with create_app(away).app_context():
        with pytest.raises(OSError, match="the photo store") as outage:
            send()
        assert is_busy(outage.value)
        assert intake.progress(upload()) == intake.Progress("awaiting", len(RAW), len(RAW))
        db.engine.dispose()

    assert send().state == "stored"


FULL_DISK = """
import resource, sys
sys.path.insert(0, ".")
from hashlib import sha256
from pathlib import Path
from server import create_app
from server.database import db, is_busy
from server.media import intake
from server.settings import Settings
from tests.server.media.test_intake import NOW, RAW, send, upload

with create_app(Settings(data=Path(sys.argv[1]), database_url=sys.argv[2])).app_context():
    intake.promise(upload(), len(RAW), "image/jpeg", NOW)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        intake.append(upload(), 0, RAW[:150_000], NOW)
    except OSError as error:
        assert is_busy(error), error
    else:
        raise SystemExit("150 KB went into 100 KB")
    assert intake.progress(upload()).offset == 0
    intake.append(upload(), 0, RAW[:90_000], NOW)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    print(send().state)
"""


def test_a_full_disk_keeps_what_was_there_and_goes_on_later(settings, database_url):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(settings.data), database_url],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "stored\n", done.stderr
