"""Photos over HTTP: in from phones, out to those who may see them."""

from __future__ import annotations

import json
import resource
from hashlib import sha256

import pytest

from server import clock
from server.database import writing
from server.devices.models import Device
from tests.server.media import corpus

RAW = corpus.encoded(corpus.noise(), "JPEG", quality=97)
NAME = sha256(RAW).hexdigest()
PHOTO = {"sha256": NAME, "bytes": len(RAW), "type": "image/jpeg", "role": "before"}
ADDRESS = f"/sync/v1/photos/{NAME}"


def promises(phone, **more):
    said = {"v": 1, "sha256": NAME, "bytes": len(RAW), "type": "image/jpeg", **more}
    return phone.sends("POST", "/sync/v1/photos", json.dumps(said).encode())


def sends_part(phone, offset, part, address=ADDRESS, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return phone.sends("PATCH", address, part, {"Upload-Offset": str(offset), **named})


def files_with_photo(phone, place):
    phone.files_report(place.id, photos=[PHOTO])
    assert phone.pushes().status_code == 200
    promises(phone)
    assert sends_part(phone, 0, RAW).get_json()["state"] == "stored"


def picture(community, size=""):
    return f"/media/{community.id}/{NAME}{size}.jpg"


def test_a_photo_goes_up_as_the_protocol_says(phone):
    assert promises(phone).get_json() == {"state": "awaiting", "offset": 0, "bytes": len(RAW)}

    half = len(RAW) // 2
    checksum = f"sha256 {sha256(RAW[:half]).hexdigest()}"
    answer = sends_part(phone, 0, RAW[:half], Upload_Checksum=checksum)
    assert answer.get_json() == {"state": "awaiting", "offset": half, "bytes": len(RAW)}
    assert phone.sends("GET", ADDRESS).get_json() == answer.get_json()

    done = {"state": "stored", "offset": len(RAW), "bytes": len(RAW)}
    assert sends_part(phone, half, RAW[half:]).get_json() == done
    assert promises(phone).get_json() == done


def test_each_thing_that_goes_wrong_has_its_status(phone):
    assert phone.sends("GET", ADDRESS).status_code == 404
    promises(phone)

    wrong_place = sends_part(phone, 7, RAW[:10])
    assert (wrong_place.status_code, wrong_place.get_json()) == (
        409,
        {"error": "offset", "offset": 0},
    )
    damaged = sends_part(phone, 0, RAW[:10], Upload_Checksum=f"sha256 {'0' * 64}")
    assert (damaged.status_code, damaged.get_json()) == (460, {"error": "checksum"})
    other = sends_part(phone, 0, bytes(len(RAW)))
    assert (other.status_code, other.get_json()["error"]) == (422, "photo_hash")
    assert sends_part(phone, 0, bytes((512 << 10) + 1)).status_code == 413
    assert phone.sends("GET", ADDRESS).get_json()["offset"] == 0


@pytest.mark.parametrize(
    "said",
    [
        {"v": 2},
        {"sha256": "../" * 20},
        {"sha256": NAME.upper()},
        {"bytes": 0},
        {"bytes": -1},
        {"bytes": "12"},
        {"bytes": True},
        {"bytes": 2**64},
        {"type": ""},
        {"type": "x" * 41},
        {"surprise": 1},
    ],
    ids=str,
)
def test_a_promise_of_another_shape_is_malformed(phone, said):
    answer = promises(phone, **said)

    assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")


@pytest.mark.parametrize("offset", ["", "-1", "1.5", "²", "0x1", "9" * 30])
def test_an_offset_that_is_no_number_is_malformed(phone, offset):
    promises(phone)

    assert sends_part(phone, offset, b"x").status_code == 400


def test_a_part_for_no_hash_is_malformed(phone):
    assert sends_part(phone, 0, b"x", "/sync/v1/photos/photo.jpg").status_code == 400


def test_what_is_no_photo_is_refused_and_the_report_stays(phone):
    page = b"<svg onload='alert(1)'/>"
    name = sha256(page).hexdigest()
    promises(phone, sha256=name, bytes=len(page))

    answer = sends_part(phone, 0, page, f"/sync/v1/photos/{name}")

    assert answer.status_code == 200
    assert answer.get_json() == {
        "state": "refused",
        "reason": "photo_type",
        "offset": len(page),
        "bytes": len(page),
    }


def test_nobody_sends_photos_without_a_phone(client):
    assert client.post("/sync/v1/photos", json={}).status_code == 401
    assert client.patch(ADDRESS, data=b"x").status_code == 401


def test_too_many_photos_are_told_when_to_come_again(phone, monkeypatch):
    monkeypatch.setattr("server.media.intake.DAILY_PHOTOS", 0)

    answer = promises(phone)

    assert (answer.status_code, answer.get_json()["retry_after_s"]) == (429, 3600)
    assert answer.headers["Retry-After"] == "3600"


@pytest.fixture
def full_disk():
    """No file grows past 100 KB for a while, as on a disk that is almost full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_asks_for_patience_and_goes_on_later(phone, request):
    promises(phone)
    make_room = request.getfixturevalue("full_disk")

    answer = sends_part(phone, 0, RAW[:150_000])

    assert answer.status_code == 503
    assert answer.get_json() == {"error": "busy", "retry_after_s": 5}
    assert answer.headers["Retry-After"] == "5"
    assert phone.sends("GET", ADDRESS).get_json()["offset"] == 0
    make_room()
    assert sends_part(phone, 0, RAW).get_json()["state"] == "stored"


@pytest.mark.parametrize("size", ["", ".thumb"])
def test_a_photo_is_served_as_a_picture_and_nothing_else(phone, town, signed_in_as, size):
    files_with_photo(phone, town.lane)

    answer = signed_in_as("coordinator").get(picture(town.community, size))

    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.data[:2] + answer.data[-2:] == b"\xff\xd8\xff\xd9"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "private" in answer.headers["Cache-Control"]


def test_a_photo_seen_before_is_asked_for_and_not_sent_again(phone, town, signed_in_as):
    files_with_photo(phone, town.lane)
    desk = signed_in_as("coordinator")
    tag = desk.get(picture(town.community)).headers["ETag"]

    answer = desk.get(picture(town.community), headers={"If-None-Match": tag})

    assert (answer.status_code, answer.data) == (304, b"")


def test_a_photo_is_seen_by_those_who_see_its_report(phone, enrolled, town, signed_in_as):
    files_with_photo(phone, town.lane)
    address = picture(town.community)

    for role in ("coordinator", "committee_member", "officer"):
        assert signed_in_as(role).get(address).status_code == 200
    assert phone.sends("GET", address).status_code == 200
    assert signed_in_as("far_coordinator").get(address).status_code == 404
    assert enrolled(town.other_steward).sends("GET", address).status_code == 404


def test_a_photo_cannot_be_reached_through_another_community(phone, town, signed_in_as):
    files_with_photo(phone, town.lane)

    answer = signed_in_as("coordinator").get(picture(town.other_community))

    assert answer.status_code == 404


def test_a_stranger_sees_no_photo(phone, town, client):
    files_with_photo(phone, town.lane)

    assert client.get(picture(town.community)).status_code == 404


def test_a_photo_of_no_report_is_for_its_sender_and_who_judges(phone, town, signed_in_as):
    promises(phone)
    sends_part(phone, 0, RAW)
    address = picture(town.community)

    assert phone.sends("GET", address).status_code == 200
    assert signed_in_as("coordinator").get(address).status_code == 200
    assert signed_in_as("committee_member").get(address).status_code == 404


def test_a_lost_phone_brings_photos_and_sees_none(phone, town):
    files_with_photo(phone, town.lane)
    with writing() as session:
        session.get(Device, (phone.community, phone.device)).revoked_at = clock.now()

    assert promises(phone).get_json()["state"] == "stored"
    assert phone.sends("GET", picture(town.community)).status_code == 403


def test_a_photo_on_its_way_is_not_there_yet(phone, town, signed_in_as):
    phone.files_report(town.lane.id, photos=[PHOTO])
    phone.pushes()
    promises(phone)

    assert signed_in_as("coordinator").get(picture(town.community)).status_code == 404
