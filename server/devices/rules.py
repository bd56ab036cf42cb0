"""Who gets a phone, and what a code opens."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from server.accounts.models import Member
from server.devices.models import STALE_MS, Device, Enrolment
from server.permissions import Actor
from sync.clock import Anchor, remembered
from sync.receipt import Refused

CODE_MS = 15 * 60_000
TRIES_FREE = 5
TRIES_WINDOW_MS = 15 * 60_000


def invite(member: Member, *, by: Actor, now: int) -> tuple[Enrolment, str, str]:
    """A code for one phone of a steward: the row, eight digits to say, a token for the QR."""
    if member.role != "steward":
        raise Refused("not_a_steward")
    digits = f"{secrets.randbelow(10**8):08d}"
    token = secrets.token_urlsafe(16)
    row = Enrolment(
        community_id=member.community_id,
        id=str(uuid.uuid4()),
        member_id=member.id,
        digits_hash=code_hash(digits),
        token_hash=code_hash(token),
        created_by=by.id,
        created_at=now,
        expires_at=now + CODE_MS,
    )
    return row, digits, token


def code_hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def check_code(enrolment: Enrolment | None, *, device: Device | None, key: str, now: int) -> None:
    """A code opens one phone, once; the same phone may ask again while the code would live."""
    if enrolment is None:
        raise Refused("code_unknown")
    if enrolment.used_at is not None and (device is None or device.key != key):
        raise Refused("code_used")
    if now > enrolment.expires_at:
        raise Refused("code_expired")


def claim(
    member: Member,
    *,
    key: str,
    label: str,
    app: str,
    here: Anchor,
    memory: Anchor | None = None,
    old: Device | None = None,
) -> Device:
    """A phone becomes this member's phone; `old` is its name so far, `memory` what it remembers of
    the last moment at which it had nothing left to send."""
    anchor = remembered(memory, here, old.enrolled_at if old else 0)
    return Device(
        community_id=member.community_id,
        id=str(uuid.uuid4()),
        kind="phone",
        member_id=member.id,
        key=key,
        label=label,
        app=app,
        last_n=0,
        chain=bytes(32),
        last_eff=0,
        anchor_segment=anchor.segment,
        anchor_wall=anchor.wall,
        anchor_server=anchor.server,
        enrolled_at=old.enrolled_at if old else here.server,
        seen_at=here.server,
        unsent=0,
        clock_offset=here.wall - here.server,
    )


def revoke(device: Device, *, by: Actor, now: int) -> None:
    """From now on the phone reads nothing; what it still sends is kept apart."""
    if device.revoked_at is not None:
        raise Refused("already_revoked")
    device.revoked_at = now
    device.revoked_by = by.id
    device.unsent_when_revoked = device.unsent


def wait_for_tries(count: int, last_at: int, now: int) -> int:
    """Seconds to wait before the next code from an address that guessed wrong."""
    if count < TRIES_FREE or now - last_at > TRIES_WINDOW_MS:
        return 0
    pause = min(900_000, 2_000 << min(count - TRIES_FREE, 10))
    return max(0, -(-(last_at + pause - now) // 1000))


def state(device: Device, now: int) -> str:
    """active, dormant (long not heard of) or revoked."""
    if device.revoked_at is not None:
        return "revoked"
    return "dormant" if now - device.seen_at > STALE_MS else "active"
