"""A subdistrict of ten communities: its lanes, its stewards, and the phones they carry."""

from __future__ import annotations

import base64
import json
import random
import secrets
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from benchmarks.load import request
from benchmarks.words import told
from server.accounts.models import Member
from server.devices.models import Device
from server.places.models import PlaceAssignment
from server.starting import found
from sync.change import NO_CHAIN, link
from sync.signing import Claim, signed_text
from tests import make

COMMUNITIES = 10
A_LANE_IS_OF = 10
BATCH = 20
PUSH, PULL = "/sync/v1/push", "/sync/v1/pull"
DAY_MS = 86_400_000


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Phone:
    """A steward's phone with its key; it writes reports and signs what it asks."""

    community: str
    member: str
    lane: str
    device: str = field(default_factory=lambda: str(uuid.uuid4()))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    n: int = 0
    chain: bytes = NO_CHAIN

    @property
    def public_key(self) -> str:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return b64(point)

    def asks(self, path: str, body: bytes, **headers: str) -> bytes:
        """A signed request."""
        nonce = b64(secrets.token_bytes(16))
        claim = Claim(self.community, self.device, nonce, b"")
        der = self.key.sign(signed_text("POST", path, claim, body), ec.ECDSA(SHA256()))
        r, s = decode_dss_signature(der)
        proof = b64(r.to_bytes(32) + s.to_bytes(32))
        who = f"Lane v=1,community={self.community},device={self.device}"
        signed = {"Authorization": f"{who},nonce={nonce},signature={proof}"}
        return request("POST", path, body, signed | headers)

    def _envelope(self, **more: Any) -> dict[str, Any]:
        own = {"v": 1, "app": "2026.11.1", "community": self.community, "device": self.device}
        return {**own, "epoch": 1, **more}

    def push_body(self, lines: Sequence[bytes], *, more: bool = False, **extra: str) -> bytes:
        """Lines that continue what this phone has pushed, as one push."""
        envelope = self._envelope(
            first=self.n + 1,
            count=len(lines),
            chain=self.chain.hex(),
            clock={"segment": 1, "wall": now_ms()},
            more=more,
            **extra,
        )
        for line in lines:
            self.n, self.chain = self.n + 1, link(self.chain, line)
        return b"\n".join([compact(envelope), *lines])

    def pull_body(self, after: int, limit: int = 100) -> bytes:
        cursors = {f"me:{self.member}": [after, 0], f"place:{self.lane}": [after, 0]}
        envelope = self._envelope(cursors=cursors, min_seq=after, limit=limit)
        del envelope["app"]
        return compact(envelope)


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def report_line(phone: Phone, chance: random.Random, wall: int) -> bytes:
    """One report as it is frozen on the phone."""
    body = {
        "place": phone.lane,
        "category": chance.choice(
            ("rubbish", "lamp_out", "broken_ground", "blocked_drain", "parking")
        ),
        "level": "community",
        "words": told(chance, 80),
    }
    line = {"k": "report.filed@1", "o": record_id(wall, chance), "t": [1, wall, 480], "b": body}
    return compact(line)


def record_id(at_ms: int, chance: random.Random) -> str:
    """A UUID of version 7."""
    value = (at_ms << 80) | (7 << 76) | (2 << 62)
    value |= (chance.getrandbits(12) << 64) | chance.getrandbits(62)
    return str(uuid.UUID(int=value))


@dataclass(slots=True)
class Town:
    """Who is there. `seq`: per community, the last number given out before the day began."""

    phones: list[Phone]
    spare: list[Phone]
    coordinators: list[Member]
    lanes: dict[str, list[str]]
    seq: dict[str, int] = field(default_factory=dict)


def build(session: Session, phones: int, spare: int) -> Town:
    """Write the town down; neighbouring phones belong to different communities."""
    street = make.subdistrict()
    session.add(street)
    session.flush()
    town = Town([], [], [], {})
    lanes = max(1, phones // COMMUNITIES // A_LANE_IS_OF)
    for number in range(COMMUNITIES):
        _community(session, town, street.id, number, lanes)
    places = list(town.lanes.items())
    town.phones = [_phone(places, number) for number in range(phones)]
    town.spare = [_phone(places, number) for number in range(spare)]
    _people(session.connection(), town.phones + town.spare)
    return town


def _community(session: Session, town: Town, street: str, number: int, lanes: int) -> None:
    here = make.community(f"第{number}社区", prefix=f"C{number}", subdistrict_id=street)
    session.add(here)
    session.flush()
    session.add(make.grid(here.id))
    session.flush()
    session.add_all(
        make.place(f"{lane}号巷", plate=f"C{number}-L{lane:03d}", community_id=here.id)
        for lane in range(lanes)
    )
    head = make.member("方敏", role="coordinator", community_id=here.id)
    session.add(head)
    session.flush()
    session.add(make.credential(head))
    found(session, here.id)
    session.flush()
    town.coordinators.append(head)
    town.lanes[here.id] = [make.id_of(f"C{number}-L{lane:03d}") for lane in range(lanes)]


def _phone(places: Sequence[tuple[str, list[str]]], number: int) -> Phone:
    community, lanes = places[number % len(places)]
    return Phone(community, str(uuid.uuid4()), lanes[number // len(places) % len(lanes)])


def _people(connection: Connection, phones: Sequence[Phone]) -> None:
    """The stewards, their lanes and their phones, each table at once."""
    now = now_ms()
    wide = {"role": "steward", "phone": "", "language": "", "demo_sign_in": False}
    members = [
        {"community_id": p.community, "id": p.member, "name": f"巷管{i}", **wide}
        for i, p in enumerate(phones)
    ]
    duties = [
        {"community_id": p.community, "member_id": p.member, "place_id": p.lane, "from_at": 0}
        for p in phones
    ]
    devices = [
        {
            "community_id": p.community,
            "id": p.device,
            "kind": "phone",
            "member_id": p.member,
            "key": p.public_key,
            "enrolled_at": now - 2 * DAY_MS,
            "seen_at": now - DAY_MS,
            "anchor_segment": 1,
            "anchor_wall": now - DAY_MS,
            "anchor_server": now - DAY_MS,
        }
        for p in phones
    ]
    for model, rows in ((Member, members), (PlaceAssignment, duties), (Device, devices)):
        connection.execute(insert(model), rows)


def day_of(phones: Sequence[Phone], batches: int = 2, seed: int = 1) -> Iterator[list[bytes]]:
    """The lines of each push of these phones, first pushes first; written since this morning."""
    chance = random.Random(seed)
    ticks = count(now_ms() - DAY_MS // 3, DAY_MS // 3 // (batches * BATCH * len(phones)))
    for _ in range(batches):
        for phone in phones:
            yield [report_line(phone, chance, next(ticks)) for _ in range(BATCH)]
