"""Hello, push, pull, pack. `sync/PROTOCOL.md` is their description."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, jsonify, request
from sqlalchemy import update
from sqlalchemy.orm import Session

from server import clock
from server.database import reading, writing
from server.devices.models import Device
from server.exchange import bp
from server.exchange.door import MAX_SMALL_BYTES, body_bytes, check_own, phone, refusal
from server.exchange.feed import SqlFeed, feed_of, scopes_of
from server.exchange.line import line
from server.exchange.pack import pages_of
from server.exchange.packing import compact_json
from server.exchange.schemas import HelloIn, load
from server.exchange.taking import Taking, device_of
from server.gate import gate
from server.metrics import note_push
from server.pages import error_answer
from server.permissions import permit
from sync.clock import Anchor, newer
from sync.pull import Answer, Behind, is_cold
from sync.pull import answer as pull_answer
from sync.reconcile import Fork, Gap, OtherEpoch, Outcome, UnknownDevice, said_before
from sync.wire import (
    MAX_CHANGE_BYTES,
    MAX_CHANGES,
    MAX_PUSH_BYTES,
    Push,
    opened,
    read_envelope,
    read_json,
    read_pull,
)

BEHIND_S = 5
MAX_PHOTO_BYTES = 12 * 1024 * 1024
MAX_PART_BYTES = 512 * 1024
HELLO = HelloIn()


@bp.post("/sync/v1/hello")
@permit("sync.exchange")
def create_hello() -> Response:
    """Is the server there, how late is it, does it still know this phone."""
    device = phone()
    body = load(HELLO, read_json(body_bytes(MAX_SMALL_BYTES)))
    check_own(device, body["community"], body["device"])
    now = clock.now()
    with writing() as session:
        _note_hello(session, device, body, now)
    feed = feed_of(g.actor)
    return jsonify(
        epoch=feed.head().epoch,
        now=now,
        standing="ok" if device.revoked_at is None else "revoked",
        acked=device.last_n,
        durable=device.last_n,
        pack=pages_of(g.actor, feed.newest)[1],
        poll_s=line().poll_s,
        app=current_app.config.get("SHELL_VERSION", ""),
        limits={
            "changes": MAX_CHANGES,
            "bytes": MAX_PUSH_BYTES,
            "change_bytes": MAX_CHANGE_BYTES,
            "photo_bytes": MAX_PHOTO_BYTES,
            "part_bytes": MAX_PART_BYTES,
        },
    )


def _note_hello(session: Session, device: Device, body: dict[str, Any], now: int) -> None:
    wall = body["clock"]["wall"]
    oldest = body["oldest_wall"]
    values: dict[str, Any] = {
        "seen_at": now,
        "app": body["app"],
        "unsent": body["unsent"],
        "oldest_unsent_at": None if oldest is None else min(now, now - (wall - oldest)),
        "clock_offset": wall - now,
        "is_persisted": body["storage"].get("persisted"),
    }
    if body["offline"] is not None:
        values["opens_offline"] = body["offline"]
    if body["unsent"] == 0:
        values |= _anchor(session, device, Anchor(body["clock"]["segment"], wall, now))
    session.execute(
        update(Device)
        .where(Device.community_id == device.community_id, Device.id == device.id)
        .values(**values)
    )


def _anchor(session: Session, device: Device, here: Anchor) -> dict[str, int]:
    """Nothing is left on the phone: both clocks are known now."""
    row = session.get_one(Device, (device.community_id, device.id))
    anchor = newer(Anchor(row.anchor_segment, row.anchor_wall, row.anchor_server), here)
    return {
        "anchor_segment": anchor.segment,
        "anchor_wall": anchor.wall,
        "anchor_server": anchor.server,
    }


@bp.post("/sync/v1/push")
@permit("sync.exchange")
def create_push() -> Response:
    """Custody of what the phone wrote, and a receipt for each."""
    device = phone()
    push = read_envelope(body_bytes(MAX_PUSH_BYTES))
    check_own(device, push.community, push.device)
    received_at = clock.now()
    try:
        outcome = _said_before(push, received_at) or _settle(opened(push), received_at)
    except Gap as gap:
        return refusal(409, "gap", expected=gap.expected)
    except Fork as fork:
        return refusal(409, "fork", agreed=fork.agreed)
    except OtherEpoch as other:
        return refusal(409, "epoch", epoch=other.epoch, acked=other.acked)
    except UnknownDevice:
        return refusal(404, "unknown_device")
    offset = push.clock.wall - received_at
    note_push(request.content_length or 0, offset, (r.verdict for r in outcome.receipts))
    return _push_answer(outcome, received_at)


def _said_before(push: Push, received_at: int) -> Outcome | None:
    """A phone that did not get our answer gets it now, without standing in line."""
    if not g.is_fresh:
        return None

    def settled(*asked: Any) -> Any:  # who only waits in line holds no connection meanwhile
        return Taking(reading(), push.community).settled(*asked)

    return said_before(push, g.heads.stream, device_of(g.device), settled, received_at)


def _settle(push: Push, received_at: int) -> Outcome:
    with line().push(), gate().outside():
        return line().settle(push, received_at)


def _push_answer(outcome: Outcome, received_at: int) -> Response:
    return jsonify(
        epoch=outcome.epoch,
        received_at=received_at,
        sent_at=clock.now(),
        acked=outcome.acked,
        chain=outcome.chain.hex(),
        durable=outcome.acked,
        seq=outcome.seq,
        receipts=[r.as_wire() for r in outcome.receipts if not r.is_plain],
        next={"changes": MAX_CHANGES, "bytes": MAX_PUSH_BYTES, "after_s": line().wait_s},
    )


@bp.post("/sync/v1/pull")
@permit("sync.exchange")
def create_pull() -> Response:
    """News of the scopes this phone may hold."""
    device = phone(reading=True)
    pull = read_pull(body_bytes(MAX_SMALL_BYTES))
    check_own(device, pull.community, pull.device)
    granted = scopes_of(g.actor)
    with line().pull(is_cold=is_cold(pull, granted)):
        feed = feed_of(g.actor)
        try:
            told = pull_answer(pull, feed, granted)
        except Behind:
            return error_answer(503, "", BEHIND_S, "behind")
        return _pull_answer(device, feed, told)


def _pull_answer(device: Any, feed: SqlFeed, told: Answer) -> Response:
    """The rows are in the wire's words already; around them goes the rest."""
    rest = {
        "epoch": feed.head().epoch,
        "now": clock.now(),
        "acked": device.last_n,
        "durable": device.last_n,
        "pack": pages_of(g.actor, feed.newest)[1],
        "poll_s": line().poll_s,
        **told.as_wire(),
        "changes": [],
    }
    head, tail = compact_json(rest).encode().split(b'"changes":[]')
    news = b",".join(_news(change) for change in told.changes)
    said = b"".join((head, b'"changes":[', news, b"]", tail))
    return Response(said, mimetype="application/json")


def _news(change: list[Any]) -> bytes:
    scope, kind, about, seq, row, *what = change
    if row is None:
        return compact_json([scope, kind, about, seq, None, *what]).encode()
    return b'["%s",%s' % (scope.encode(), row.text)


@bp.get("/sync/v1/pack")
@permit("sync.exchange")
def show_pack() -> Response:
    """Which pages belong to this phone's pack, each with its mark."""
    phone(reading=True)
    feed = feed_of(g.actor)
    pages, mark = pages_of(g.actor, feed.newest)
    return jsonify(
        pack=mark,
        seq=feed.head().next_seq - 1,
        as_of=clock.now(),
        pages=[{"url": page.url, "hash": mark} for page, mark in pages],
    )
