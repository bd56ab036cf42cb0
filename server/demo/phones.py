"""Phones that write when there is no signal and send when there is, each by its own clock."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from server.accounts.models import Member
from server.demo.moments import chance, id_of
from server.devices import rules
from server.devices.models import Device
from server.exchange.journal import SqlJournal
from server.exchange.kinds import KINDS
from sync.change import NO_CHAIN, link
from sync.clock import Anchor
from sync.receipt import Receipt
from sync.reconcile import settle
from sync.wire import Clock, Push, read_change

APP = "2026.11.1"


class StoryJournal(SqlJournal):
    """Custody inside the one transaction that makes the whole demo; a new one for each push, for
    desks write in between."""

    def __init__(self, community_id: str, session: Session) -> None:
        super().__init__(community_id)
        self.join(session)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def is_outage(self, fault: Exception) -> bool:
        """A change that breaks a rule breaks the demo: its maker must see it."""
        return True


class Phone:
    """One phone of one steward: what it has written, and how far its clock is off (ms)."""

    def __init__(self, member: Member, label: str, at: int, offset: int | None = None) -> None:
        self.community_id = member.community_id
        self.id = id_of("phone", member.id, str(at))
        usual = chance(self.id).randrange(-40_000, 40_000)
        self.offset = usual if offset is None else offset
        self.lines: list[bytes] = []
        self.sent = 0
        self.chain = NO_CHAIN
        self.row = rules.claim(
            member,
            key=_public_key(self.id),
            label=label,
            app=APP,
            here=Anchor(1, at + self.offset, at),
        )
        self.row.id = self.id
        self.row.is_persisted = self.row.opens_offline = True

    def writes(
        self,
        at: int,
        kind: str,
        about: str,
        body: Mapping[str, Any],
        seen: Mapping[str, str],
    ) -> None:
        """Freeze a change, at `at` in true milliseconds."""
        line: dict[str, Any] = {"k": kind, "o": about, "t": [1, at + self.offset, 480]}
        if seen:
            line["seen"] = dict(seen)
        line["b"] = dict(body)
        self.lines.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode())

    def sends(self, at: int, journal: StoryJournal) -> Sequence[Receipt]:
        """Everything that waits, in one push."""
        waiting = self.lines[self.sent :]
        push = Push(
            community=self.community_id,
            device=self.id,
            epoch=1,
            first=self.sent + 1,
            chain=self.chain,
            clock=Clock(1, at + self.offset),
            more=False,
            app=APP,
            changes=tuple(read_change(raw, self.sent + i) for i, raw in enumerate(waiting, 1)),
        )
        outcome = settle(push, journal, KINDS, at)
        for raw in waiting:
            self.chain = link(self.chain, raw)
        self.sent = len(self.lines)
        return outcome.receipts

    def calls(self, session: Session, at: int) -> None:
        """Say hello in a moment of signal too short to send what waits."""
        row = session.get_one(Device, (self.community_id, self.id), populate_existing=True)
        row.seen_at, row.clock_offset = at, self.offset
        waiting = self.lines[self.sent :]
        row.unsent = len(waiting)
        row.oldest_unsent_at = json.loads(waiting[0])["t"][1] - self.offset if waiting else None
        session.flush()


def _public_key(name: str) -> str:
    """A key whose other half nobody has: the demo's phones are stories, not things."""
    for trial in range(64):
        x = hashlib.sha256(f"{name} {trial}".encode()).digest()
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x02" + x)
        except ValueError:
            continue
        raw = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    raise LookupError(name)
