"""The door of the protocol: who asks, and how much of what they send is read."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from flask import Response, g, jsonify, make_response, request
from sqlalchemy import and_, bindparam, or_, select
from werkzeug.exceptions import HTTPException

from server import clock
from server.database import asking, db
from server.exchange import bp
from server.exchange.feed import columns_of_heads, heads_of
from server.exchange.keeping import DEVICE, STREAM
from server.exchange.line import PULL, PUSH, Busy, line
from server.exchange.taking import MEMBER
from server.gate import gate
from server.headers import is_signed
from server.memory import memory
from server.pages import error_answer
from server.permissions import Actor
from server.places.models import Community, PlaceAssignment
from server.prepared import Prepared
from sync.signing import Claim, is_genuine, read_claim, signed_text
from sync.wire import Malformed

SIGNED = "/sync/v1/"
UNSIGNED = "/sync/v1/enrolments"
BUSIEST = (PUSH, PULL)
MAX_SMALL_BYTES = 8 * 1024

_AT: Any = bindparam("at")
_PHONE = Prepared(
    select(
        *DEVICE.c,
        *(MEMBER.c.role, MEMBER.c.name, MEMBER.c.language),
        *(Community.subdistrict_id, PlaceAssignment.place_id),
        *columns_of_heads(DEVICE.c.community_id, DEVICE.c.member_id, PlaceAssignment.place_id),
    )
    .join(STREAM, and_(STREAM.c.community_id == DEVICE.c.community_id, STREAM.c.stream == 0))
    .outerjoin(
        MEMBER,
        and_(MEMBER.c.community_id == DEVICE.c.community_id, MEMBER.c.id == DEVICE.c.member_id),
    )
    .outerjoin(Community, Community.id == DEVICE.c.community_id)
    .outerjoin(
        PlaceAssignment,
        and_(
            PlaceAssignment.community_id == DEVICE.c.community_id,
            PlaceAssignment.member_id == DEVICE.c.member_id,
            PlaceAssignment.from_at <= _AT,
            or_(PlaceAssignment.until_at.is_(None), PlaceAssignment.until_at > _AT),
        ),
    )
    .where(DEVICE.c.community_id == bindparam("community"), DEVICE.c.id == bindparam("device"))
)


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
    line().knock(request.path)
    g.nonce = claim.nonce
    body = request.get_data()
    if request.path in BUSIEST:
        gate().enter()
    g.is_fresh = not _may_be_remembered()
    rows = _look_up(claim) if g.is_fresh else _remembered(claim)
    if not rows or not rows[0].key:
        raise stopped(404, "unknown_device")
    known = rows[0]
    target = request.full_path if request.query_string else request.path
    text = signed_text(request.method, _as_sent(target), claim, body)
    if not is_genuine(known.key, claim, text):
        raise stopped(401, "signature")
    if known.role is None:
        raise stopped(404, "unknown_device")
    g.device = known
    g.heads = heads_of(rows)
    g.actor = _actor(rows)
    g.language = known.language or None


def _look_up(claim: Claim) -> Sequence[Any]:
    """The phone with its owner as they are now, a row for each place in the owner's care."""
    with asking() as connection:
        at = clock.now()
        return _PHONE.all(connection, community=claim.community, device=claim.device, at=at)


def _may_be_remembered() -> bool:
    """A push, where asking is a way to another machine: its transaction reads everything but the
    key again, and a key never changes."""
    return request.path == PUSH and db.engine.name != "sqlite"


def _remembered(claim: Claim) -> Sequence[Any]:
    """As `_look_up`, a minute old at most."""
    found: Sequence[Any] = memory("phones").get(
        (claim.community, claim.device), lambda: _look_up(claim)
    )
    return found


def _actor(rows: Sequence[Any]) -> Actor:
    known = rows[0]
    places = (row.place_id for row in rows if row.place_id)
    return Actor(
        id=known.member_id,
        role=known.role,
        community_id=known.community_id,
        subdistrict_id=known.subdistrict_id,
        name=known.name,
        place_ids=frozenset(places if known.role == "steward" else ()),
        device_id=known.id,
    )


def _as_sent(target: str) -> str:
    """Path and query as they stood on the request line."""
    return str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or target)


@bp.teardown_app_request
def leave_gate(error: BaseException | None = None) -> None:
    gate().leave()


@bp.after_app_request
def say_nonce(answer: Response) -> Response:
    if "nonce" in g:
        answer.headers["Lane-Nonce"] = g.nonce
    return answer


@bp.app_errorhandler(Malformed)
def on_malformed(flaw: Malformed) -> Response:
    return refusal(400, "malformed", field=flaw.field, problem=flaw.problem)


@bp.app_errorhandler(Busy)
def on_long_line(no: Busy) -> Response:
    return error_answer(503, "", no.after_s, "busy")


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


def phone(*, reading: bool = False) -> Any:
    """The phone that asks, its row with its owner's. A phone reported lost may speak but not
    read."""
    if g.device is None:
        raise stopped(401, "signature")
    if reading and g.device.revoked_at is not None:
        raise stopped(403, "revoked")
    return g.device


def check_own(device: Any, community: str, name: str) -> None:
    if (community, name) != (device.community_id, device.id):
        raise Malformed("device", "not_the_signer")
