"""Phones: the code on the desk's screen, the phone that claims it, the list, the loss."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, current_app, g, jsonify, make_response, redirect, request
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from server import clock
from server.accounts.models import Member
from server.database import db, writing
from server.desk import desk, desk_page
from server.devices import bp, rules
from server.devices.models import CodeTries, Device, Enrolment
from server.devices.schemas import EnrolmentIn, PhoneIn
from server.exchange.door import MAX_SMALL_BYTES, body_bytes, phone, refusal
from server.exchange.models import StreamRow
from server.exchange.schemas import load
from server.holding import hold, hold_or_begin
from server.permissions import permit, visible
from server.places.models import Community
from sync.clock import Anchor
from sync.receipt import Refused
from sync.wire import read_json

DAY_MS = 86_400_000


@bp.post("/sync/v1/enrolments")
@permit("enrolment.claim")
def claim_enrolment() -> Response:
    """A phone shows a code and its public key, and becomes somebody's phone."""
    body = load(EnrolmentIn(), read_json(body_bytes(MAX_SMALL_BYTES)))
    now = clock.now()
    with writing() as session:
        tries = hold_or_begin(session, CodeTries, key=_address_key(), count=0, last_at=now)
        wait = rules.wait_for_tries(tries.count, tries.last_at, now)
        if wait:
            return _slow_down(wait)
        enrolment = _enrolment(session, body["code"])
        device = _device_of(session, enrolment)
        try:
            rules.check_code(enrolment, device=device, key=body["key"], now=now)
        except Refused as no:
            _count_try(tries, now)
            return refusal(403, no.reason)
        assert enrolment is not None  # noqa: S101 - refused as "code_unknown" before
        if device is not None:
            return _welcome(session, device, now, 200)
        device = _claim(session, enrolment.community_id, enrolment.member_id, body, now)
        enrolment.used_at, enrolment.device_id = now, device.id
        return _welcome(session, device, now, 201)


@bp.post("/sync/v1/renewals")
@permit("sync.exchange")
def create_renewal() -> Response:
    """The same phone under a new name, because its numbers no longer fit ours."""
    old = phone(reading=True)
    body = load(PhoneIn(), read_json(body_bytes(MAX_SMALL_BYTES)))
    now = clock.now()
    with writing() as session:
        kept = session.get(Device, (old.community_id, old.id))
        if kept is None or kept.member_id is None:
            raise NotFound
        if hold(session, kept).replaced_by:
            return _again(session, kept, body["key"], now)
        device = _claim(session, kept.community_id, kept.member_id, body, now, old=kept)
        kept.replaced_by = device.id
        return _welcome(session, device, now, 201)


def _again(session: Session, kept: Device, key: str, now: int) -> Response:
    """The answer was lost: the same phone asks again. A second phone gets a name of its own."""
    device = session.get(Device, (kept.community_id, kept.replaced_by))
    if device is not None and device.key == key:
        return _welcome(session, device, now, 200)
    return refusal(403, "already_renewed")


def _claim(
    session: Session,
    community_id: str,
    member_id: str,
    body: dict[str, Any],
    now: int,
    old: Device | None = None,
) -> Device:
    member = session.get(Member, (community_id, member_id))
    if member is None:
        raise NotFound
    device = rules.claim(
        member,
        key=body["key"],
        label=body["label"],
        app=body["app"],
        here=Anchor(**body["clock"], server=now),
        memory=Anchor(**body["anchor"]) if body["anchor"] else None,
        old=old,
    )
    session.add(device)
    session.flush()
    return device


def _welcome(session: Session, device: Device, now: int, status: int) -> Response:
    member = session.get(Member, (device.community_id, device.member_id))
    community = session.get(Community, device.community_id)
    stream = session.get(StreamRow, (device.community_id, 0))
    if member is None or community is None or stream is None:
        raise NotFound
    answer = jsonify(
        community=device.community_id,
        device=device.id,
        epoch=stream.epoch,
        now=now,
        member={
            "id": member.id,
            "name": member.name,
            "language": member.language or current_app.config["SETTINGS"].language,
        },
        community_name=community.name,
    )
    return make_response(answer, status)


def _enrolment(session: Session, code: str) -> Enrolment | None:
    hashed = rules.code_hash(code)
    found = session.scalars(
        select(Enrolment)
        .where(or_(Enrolment.digits_hash == hashed, Enrolment.token_hash == hashed))
        .order_by(Enrolment.created_at.desc())
    ).first()
    return hold(session, found) if found else None  # two phones may show it at once


def _device_of(session: Session, enrolment: Enrolment | None) -> Device | None:
    if enrolment is None or enrolment.device_id is None:
        return None
    return session.get(Device, (enrolment.community_id, enrolment.device_id))


def _address_key() -> str:
    return hashlib.sha256(f"code:{request.remote_addr}".encode()).hexdigest()


def _count_try(tries: CodeTries, now: int) -> None:
    fresh = now - tries.last_at > rules.TRIES_WINDOW_MS
    tries.count, tries.last_at = 1 if fresh else tries.count + 1, now


def _slow_down(wait: int) -> Response:
    answer = refusal(429, "slow_down", retry_after_s=wait)
    answer.headers["Retry-After"] = str(wait)
    return answer


@bp.post("/demo/phones")
@permit("demo.enrol")
def create_demo_phone() -> Response:
    """In the demo one tap makes this browser the phone of one of its stewards."""
    member = db.session.get(Member, request.form.get("steward", "").partition("/")[::2])
    if not (current_app.config["SETTINGS"].demo and member and member.demo_sign_in):
        raise NotFound
    with writing() as session:
        enrolment, _, token = rules.invite(member, by=g.actor, now=clock.now())
        session.add(enrolment)
    return redirect(f"/app/start#demo.{token}", 303)  # type: ignore[return-value]


def _phones() -> Select[Any]:
    """The phones of the desk's community with their owners; those replaced are left out."""
    return (
        visible(g.actor, Device)
        .add_columns(Member)
        .join(
            Member,
            and_(Member.community_id == Device.community_id, Member.id == Device.member_id),
        )
        .where(
            Device.community_id == desk().id,
            Device.kind == "phone",
            Device.replaced_by.is_(None),
        )
        .order_by(Device.enrolled_at)
    )


@bp.get("/devices")
@permit("device.read")
def index() -> Response:
    """Who has a phone, when it was last heard of, and what is still only on it."""
    here, now, session = desk(), clock.now(), db.session()
    phones = [(device, member) for device, member in session.execute(_phones())]
    silent = {device.id for device in session.scalars(Device.silent(here.id, now))}
    return desk_page(
        "devices/index.html",
        phones=sorted(phones, key=lambda pair: _order(pair[0], silent, now)),
        silent=silent,
        invited=session.execute(Enrolment.open(here.id, now)).all(),
        stewards=session.scalars(Member.with_role(here.id, "steward")).all(),
        state_of=lambda device: rules.state(device, now),
        today=sum(now - device.seen_at < DAY_MS for device, _member in phones),
    )


def _order(device: Device, silent: set[str], now: int) -> tuple[bool, bool, int, str]:
    """What somebody must look at comes first, lost phones last."""
    return (
        rules.state(device, now) == "revoked",
        device.id not in silent,
        -device.unsent,
        device.id,
    )


def _find(device_id: str) -> tuple[Device, Member]:
    pair = db.session.execute(_phones().where(Device.id == device_id)).first()
    if pair is None:
        raise NotFound
    return pair[0], pair[1]


@bp.get("/devices/<device_id>/revocation")
@permit("device.revoke")
def new_revocation(device_id: str) -> Response:
    """Before a phone is reported lost: what is still only on it, and what will happen."""
    device, member = _find(device_id)
    return desk_page("devices/revocation.html", device=device, member=member)


@bp.post("/devices/<device_id>/revocation")
@permit("device.revoke")
def create_revocation(device_id: str) -> Response:
    """Report a phone lost."""
    found, _member = _find(device_id)
    with writing() as session:
        device = session.get(Device, (found.community_id, found.id))
        if device is None:
            raise NotFound
        rules.revoke(device, by=g.actor, now=clock.now())
    return redirect(f"/devices?lost={device_id}", 303)  # type: ignore[return-value]
