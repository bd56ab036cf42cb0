"""Photos in, part by part; photos out, to those who may see the report they belong to."""

from __future__ import annotations

import hmac
from dataclasses import asdict
from hashlib import sha256

from flask import Response, g, jsonify, make_response, request
from werkzeug.exceptions import NotFound

from server import clock
from server.database import db
from server.exchange.door import MAX_SMALL_BYTES, body_bytes, phone, refusal
from server.exchange.schemas import load
from server.headers import picture
from server.media import bp
from server.media.intake import PART_BYTES, Progress, Upload, append, progress, promise
from server.media.models import Photo
from server.media.schemas import PromiseIn
from server.media.store import jpeg
from server.permissions import permit
from sync.receipt import Refused
from sync.wire import Malformed, read_json

STATUS = {"photo_unknown": 404, "offset": 409, "photo_hash": 422, "slow_down": 429, "checksum": 460}


@bp.post("/sync/v1/photos")
@permit("photo.send")
def create() -> Response:
    said = load(PromiseIn(), read_json(body_bytes(MAX_SMALL_BYTES)))
    upload = upload_of(said["sha256"])
    return answer(promise(upload, said["bytes"], said["type"], clock.now()))


@bp.get("/sync/v1/photos/<digest>")
@permit("photo.send")
def show_progress(digest: str) -> Response:
    return answer(progress(upload_of(digest)))


@bp.patch("/sync/v1/photos/<digest>")
@permit("photo.send")
def update(digest: str) -> Response:
    part = body_bytes(PART_BYTES)
    check(part, request.headers.get("Upload-Checksum", ""))
    return answer(append(upload_of(digest), offset_said(), part, clock.now()))


@bp.get("/media/<community_id>/<string(length=64):digest>.jpg")
@permit("media.read")
def show(community_id: str, digest: str) -> Response:
    return picture(jpeg(find(community_id, digest)))


@bp.get("/media/<community_id>/<string(length=64):digest>.thumb.jpg")
@permit("media.read")
def show_thumb(community_id: str, digest: str) -> Response:
    return picture(jpeg(find(community_id, digest), thumb=True))


@bp.errorhandler(Refused)
def on_refused(refused: Refused) -> Response:
    """In the shape the protocol has for it."""
    answer = refusal(STATUS[refused.reason], refused.reason, **refused.details)
    if wait := refused.details.get("retry_after_s"):
        answer.headers["Retry-After"] = str(wait)
    return answer


def find(community_id: str, digest: str) -> Photo:
    """A photo the actor may see; a phone reported lost sees none."""
    if g.device is not None:
        phone(reading=True)
    photo = db.session.scalar(Photo.shown_to(g.actor, community_id, digest))
    if photo is None:
        raise NotFound
    return photo


def upload_of(digest: str) -> Upload:
    device = phone()
    return Upload(device.community_id, device.id, digest)


def offset_said() -> int:
    said = request.headers.get("Upload-Offset", "")
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise Malformed("Upload-Offset", "not_a_whole_number")
    return int(said)


def check(part: bytes, said: str) -> None:
    """The part as it was when it left, where the phone says what that was."""
    if said and not hmac.compare_digest(
        said.encode(), b"sha256 " + sha256(part).hexdigest().encode()
    ):
        raise Refused("checksum")


def answer(how_far: Progress) -> Response:
    body = asdict(how_far)
    if not how_far.reason:
        del body["reason"]
    return make_response(jsonify(body))
