"""A phone as the protocol describes it, that misbehaves the way phones do."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sync.change import NO_CHAIN, link
from sync.signing import Claim, signed_text


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class FakePhone:
    """Holds its key, its numbered lines and its own idea of the time (milliseconds)."""

    client: FlaskClient
    wall: int
    segment: int = 1
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    community: str = ""
    device: str = ""
    member: str = ""
    epoch: int = 1
    acked: int = 0
    lines: list[bytes] = field(default_factory=list)
    receipts: dict[int, dict[str, Any]] = field(default_factory=dict)
    cursors: dict[str, list[int]] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    seq: int = 0

    @property
    def public_key(self) -> str:
        return b64(
            self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )

    def clock(self) -> dict[str, int]:
        return {"segment": self.segment, "wall": self.wall}

    def enrols(self, code: str) -> TestResponse:
        answer = self.client.post(
            "/sync/v1/enrolments",
            json={"v": 1, "code": code, "key": self.public_key, "clock": self.clock()},
        )
        if answer.status_code in (200, 201):
            said = answer.get_json()
            self.community, self.device = said["community"], said["device"]
            self.member, self.epoch = said["member"]["id"], said["epoch"]
        return answer

    def sends(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> TestResponse:
        """A signed request."""
        signed = self.signed(method, path, body)
        nonce = signed["Authorization"].split("nonce=")[1][:22]
        answer = self.client.open(
            path,
            method=method,
            data=body,
            headers={**signed, **(headers or {})},
        )
        assert answer.status_code >= 400 or answer.headers["Lane-Nonce"] == nonce
        return answer

    def signed(self, method: str, path: str, body: bytes) -> dict[str, str]:
        """The header that says whose request this is."""
        nonce = b64(secrets.token_bytes(16))
        claim = Claim(self.community, self.device, nonce, b"")
        der = self.key.sign(signed_text(method, path, claim, body), ec.ECDSA(SHA256()))
        r, s = decode_dss_signature(der)
        signature = b64(r.to_bytes(32) + s.to_bytes(32))
        return {
            "Authorization": f"Lane v=1,community={self.community},device={self.device},"
            f"nonce={nonce},signature={signature}"
        }

    def writes(
        self,
        kind: str,
        about: str,
        body: dict[str, Any],
        *,
        seen: dict[str, str] | None = None,
        later: int = 1000,
    ) -> int:
        """Freeze a change; returns its number."""
        self.wall += later
        line: dict[str, Any] = {"k": kind, "o": about, "t": [self.segment, self.wall, 480]}
        if seen:
            line["seen"] = seen
        line["b"] = body
        self.lines.append(json.dumps(line, ensure_ascii=False).encode())
        return len(self.lines)

    def files_report(self, place: str, words: str = "桶满了", **more: Any) -> str:
        about = new_id()
        body = {"place": place, "category": "rubbish", "level": "community", "words": words}
        self.writes("report.filed@1", about, {**body, **more})
        return about

    def chain(self, n: int) -> bytes:
        """The value after the first `n` lines."""
        return reduce(link, self.lines[:n], NO_CHAIN)

    def push_body(self, first: int, last: int, *, more: bool = False) -> bytes:
        envelope = {
            "v": 1,
            "app": "test",
            "community": self.community,
            "device": self.device,
            "epoch": self.epoch,
            "first": first,
            "count": last - first + 1,
            "chain": self.chain(first - 1).hex(),
            "clock": self.clock(),
            "more": more,
        }
        return b"\n".join([json.dumps(envelope).encode(), *self.lines[first - 1 : last]])

    def pushes(
        self, *, first: int = 0, losing_the_answer: bool = False, packed: bool = False
    ) -> TestResponse:
        """Everything waiting, in one push."""
        body = self.push_body(first or self.acked + 1, len(self.lines))
        headers = {"Content-Type": "application/x-ndjson"}
        if packed:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        answer = self.sends("POST", "/sync/v1/push", body, headers)
        if answer.status_code == 200 and not losing_the_answer:
            said = answer.get_json()
            self.acked, self.seq = said["acked"], said["seq"]
            self.receipts |= {receipt["n"]: receipt for receipt in said["receipts"]}
        return answer

    def says_hello(self, unsent: int = 0, **more: Any) -> TestResponse:
        body = {
            "v": 1,
            "community": self.community,
            "device": self.device,
            "epoch": self.epoch,
            "app": "test",
            "clock": self.clock(),
            "unsent": unsent,
            **more,
        }
        return self.sends("POST", "/sync/v1/hello", json.dumps(body).encode())

    def pulls(self, limit: int = 500) -> TestResponse:
        """One page of news, taken over rows and cursors together."""
        body = {
            "v": 1,
            "community": self.community,
            "device": self.device,
            "epoch": self.epoch,
            "cursors": self.cursors,
            "min_seq": self.seq,
            "limit": limit,
        }
        answer = self.sends("POST", "/sync/v1/pull", json.dumps(body).encode())
        if answer.status_code == 200:
            self._takes(answer.get_json())
        return answer

    def _takes(self, said: dict[str, Any]) -> None:
        for scope, kind, about, _seq, row, *_what in said["changes"]:
            if row is None:
                self.rows.pop((scope, kind, about), None)
            else:
                self.rows[scope, kind, about] = row
        for scope in said["leave"]:
            self.cursors.pop(scope, None)
            self.rows = {key: row for key, row in self.rows.items() if key[0] != scope}
        for scope, (cursor, cold, more) in said["scopes"].items():
            self.cursors[scope] = [cursor, cold if more else 0]

    def sees(self, about: str) -> dict[str, Any] | None:
        """The row as it stands on the phone, whichever scope it came by."""
        return next((row for (_, _, id), row in self.rows.items() if id == about), None)


def sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
