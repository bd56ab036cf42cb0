"""The door of the protocol: who asks, and how much of what they send is read."""

from __future__ import annotations

import zlib
from typing import Any

from flask import Response, g, jsonify, make_response, request
from werkzeug.exceptions import HTTPException

from server import clock
from server.accounts.models import Member, actor_for
from server.database import db
from server.devices.models import Device
from server.exchange import bp
from server.headers import is_signed
from sync.signing import is_genuine, read_claim, signed_text
from sync.wire import Malformed

SIGNED = "/sync/v1/"
UNSIGNED = "/sync/v1/enrolments"
MAX_SMALL_BYTES = 8 * 1024


def refusal(code: int, error: str, **details: Any) -> Response:
    """An error of the protocol in its documented shape."""
    return make_response(jsonify(error=error, **details), code)


def stopped(code: int, error: str, **details: Any) -> HTTPException:
    stop = HTTPException(response=refusal(code, error, **details))
    stop.code = code
    return stop


@bp.before_app_request
def know_phone() -> None:
    """A signed request is its device's, and acts as the device's owner."""
    g.device = None
    if not is_signed():
        if request.path.startswith(SIGNED) and request.path != UNSIGNED:
            raise stopped(401, "signature")
        return
    claim = read_claim(request.headers["Authorization"])
    if claim is None:
        raise stopped(401, "signature")
    g.nonce = claim.nonce
    device = db.session.get(Device, (claim.community, claim.device))
    if device is None or not device.key:
        raise stopped(404, "unknown_device")
    target = request.full_path if request.query_string else request.path
    text = signed_text(request.method, _as_sent(target), claim, request.get_data())
    if not is_genuine(device.key, claim, text):
        raise stopped(401, "signature")
    member = db.session.get(Member, (device.community_id, device.member_id))
    if member is None:
        raise stopped(404, "unknown_device")
    g.device = device
    g.actor = actor_for(db.session(), member, clock.now(), device.id)
    g.language = member.language or None


def _as_sent(target: str) -> str:
    """Path and query as they stood on the request line."""
    return str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or target)


@bp.after_app_request
def say_nonce(answer: Response) -> Response:
    if "nonce" in g:
        answer.headers["Lane-Nonce"] = g.nonce
    return answer


@bp.app_errorhandler(Malformed)
def on_malformed(flaw: Malformed) -> Response:
    return refusal(400, "malformed", field=flaw.field, problem=flaw.problem)


def body_bytes(most: int) -> bytes:
    """The body, unpacked when it was sent packed. 413 when it is larger than `most`."""
    raw = request.get_data()
    if request.headers.get("Content-Encoding") == "gzip":
        raw = _unpacked(raw, most)
    if len(raw) > most:
        raise stopped(413, "too_large", most=most)
    return raw


def _unpacked(raw: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(raw, most + 1)
    except zlib.error:
        raise Malformed("body", "not_gzip") from None
    if unpacker.unconsumed_tail:
        raise stopped(413, "too_large", most=most)
    if not unpacker.eof or unpacker.unused_data:
        raise Malformed("body", "not_gzip")
    return found


def phone(*, reading: bool = False) -> Device:
    """The phone that asks. A phone reported lost may speak but not read."""
    if g.device is None:
        raise stopped(401, "signature")
    if reading and g.device.revoked_at is not None:
        raise stopped(403, "revoked")
    found: Device = g.device
    return found


def check_own(device: Device, community: str, name: str) -> None:
    if (community, name) != (device.community_id, device.id):
        raise Malformed("device", "not_the_signer")
