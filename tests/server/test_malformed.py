"""Ten thousand requests that make no sense: a clear answer each, and nothing changed."""

from __future__ import annotations

import hashlib
import json
import random
import re
import time as stopwatch
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from server.database import Base, db
from tests import make
from tests.phone import FakePhone, new_id

REQUESTS = 2500  # for each of four seeds
SLOW_S = 5
# What an attempt may leave behind: that somebody tried, and when a phone or a desk was heard of.
MAY_CHANGE = {"sign_in_tries", "code_tries", "public_tries"}
MAY_CHANGE_COLUMNS = {"seen_at", "last_used_at"}

TEXTS = [
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "%00",
    "𝔘𝔫𝔦" * 50,
    "长" * 5000,
    "0000-00-00",
    "10000-01-01",
    "NaN",
    "-1",
    "9" * 40,
    "\u202e\u0007",
]
VALUES: list[Any] = [
    *TEXTS,
    None,
    True,
    -1,
    0,
    2**63,
    -(2**70),
    1e400,
    0.1,
    [],
    {},
    [[[[]]]],
    {"a": {"b": 1}},
]
RAW = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe\x00",
    b'{"a":1,"a":2}',
    b'{"v":NaN}',
    b'{"v":"\\ud800"}',
    b'{"v":"\\u0000"}',
    b'{"v":' + b"9" * 400 + b"}",
    b"[" * 10_000 + b"]" * 10_000,
    b"{" * 10_000,
    b"\x1f\x8b\x08\x00broken gzip",
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
    b"a" * 20_000,
]
PARTS = ["x", "", "0" * 64, "-1", "%00", "%ff", "长", "a" * 300]
TYPES = [
    "application/json",
    "application/x-ndjson",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "application/octet-stream",
    "",
]


def state() -> dict[str, str]:
    """A hash for each table over the rows that must not change."""
    db.session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.c if c.name not in MAY_CHANGE_COLUMNS]
        rows = sorted(repr(tuple(row)) for row in db.session.execute(select(*columns)))
        if table.name not in MAY_CHANGE:
            found[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


class Vandal:
    """Makes requests that are wrong in at least one way, the same ones for the same seed."""

    def __init__(self, seed: int, phone: FakePhone, rules: list[tuple[str, str]]) -> None:
        self.chance = random.Random(seed)
        self.phone = phone
        self.rules = rules

    def text(self) -> str:
        return self.chance.choice(TEXTS).encode("utf-8", "replace").decode()

    def path(self, rule: str) -> str:
        """The address with senseless parts, sometimes with a senseless query."""

        def part(_: re.Match[str]) -> str:
            return self.chance.choice(PARTS) or new_id()

        query = self.chance.choice(["", "", f"?since={self.chance.choice(['x', '-1', '9' * 30])}"])
        return re.sub(r"<[^>]+>", part, rule) + query

    def body(self) -> tuple[bytes, str]:
        if self.chance.random() < 0.5:
            return self.chance.choice(RAW), self.chance.choice(TYPES)
        fields = {self.text() or "v": self.chance.choice(VALUES) for _ in range(4)}
        fields["v"] = self.chance.choice([1, 2, "1", None])
        return json.dumps(fields).encode(), self.chance.choice(TYPES)

    def nearly_right(self, path: str) -> tuple[bytes, str]:
        """A message of the protocol with one field turned wrong."""
        clock = self.phone.clock()
        mine = {"community": self.phone.community, "device": self.phone.device, "epoch": 1}
        message: dict[str, Any] = {
            "/sync/v1/hello": {"v": 1, **mine, "clock": clock, "unsent": 1},
            "/sync/v1/pull": {"v": 1, **mine, "cursors": {}, "min_seq": 0, "limit": 5},
            "/sync/v1/enrolments": {
                "v": 1, "code": "12345678", "key": self.phone.public_key, "clock": clock,
            },
            "/sync/v1/renewals": {"v": 1, "key": self.phone.public_key, "clock": clock},
            "/sync/v1/photos": {"v": 1, "sha256": "0" * 64, "bytes": 10, "type": "image/jpeg"},
            "/sync/v1/push": {
                "v": 1, **mine, "first": 1, "count": 0, "chain": "0" * 64, "clock": clock,
            },
        }.get(path, {"v": 1})  # fmt: skip
        name = self.chance.choice([*message, "surprise"])
        wrong = self.chance.choice([v for v in VALUES if v is not message.get(name)])
        if type(message.get(name)) is type(wrong) is int and wrong >= 0:
            wrong = "1"  # another whole number might well be right
        return json.dumps({**message, name: wrong}).encode(), "application/json"

    def requests(self, count: int) -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
        for _ in range(count):
            rule, method = self.chance.choice(self.rules)
            path = self.path(rule)
            is_sync = path.startswith("/sync/")
            body, kind = (
                self.nearly_right(path) if is_sync and self.chance.random() < 0.6 else self.body()
            )
            headers = {"Content-Type": kind} if kind else {}
            if self.chance.random() < 0.1:
                headers["Content-Encoding"] = "gzip"
            if self.chance.random() < 0.1:
                headers["Authorization"] = self.chance.choice(
                    ["Lane v=1", "Lane " + "x" * 300, "Bearer x", "Lane v=1,community=,device="]
                )
            elif is_sync and self.chance.random() < 0.8:
                headers |= self.phone.signed(method, path, body)
            if self.chance.random() < 0.2:
                headers["HX-Request"] = "true"
            yield method, path, body if method not in ("GET", "HEAD") else b"", headers


def unsafe_rules(app: Any) -> list[tuple[str, str]]:
    """Every address with every method it has; signing in and out by themselves are no harm."""
    return [
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
        if method != "OPTIONS" and rule.rule not in ("/session/end", "/language")
    ]


@pytest.fixture
def browsers(app, signed_in_as) -> Callable[[int], Any]:
    desk, nobody = signed_in_as("coordinator"), app.test_client()

    def choose(i: int) -> Any:
        return desk if i % 2 else nobody

    return choose


@pytest.mark.parametrize("seed", range(4))
def test_senseless_requests_change_nothing(seed, app, town, phone, browsers):
    vandal = Vandal(seed, phone, unsafe_rules(app))
    phone.files_report(town.lane.id)
    phone.pushes()
    before, slowest = state(), 0.0

    for i, (method, path, body, headers) in enumerate(vandal.requests(REQUESTS)):
        started = stopwatch.perf_counter()
        answer = browsers(i).open(path, method=method, data=body, headers=headers)
        slowest = max(slowest, stopwatch.perf_counter() - started)
        assert answer.status_code < 500, (method, path, body[:200], headers)
        if answer.status_code >= 400 and path.startswith("/sync/"):
            assert method == "HEAD" or "error" in answer.get_json(), (method, path, body[:200])

    assert state() == before
    assert slowest < SLOW_S


def test_a_broken_change_is_kept_and_changes_nothing_else(app, town, phone):
    phone.files_report(town.lane.id)
    phone.pushes()
    chance = random.Random(7)
    good = json.loads(phone.lines[0])
    before = {make.NOW: len(phone.lines)}
    for _ in range(300):
        line = dict(good, o=new_id())
        place = chance.choice(["line", "body", "raw"])
        if place == "line":
            line[chance.choice(["k", "o", "t", "b", "seen", "z"])] = chance.choice(VALUES)
        elif place == "body":
            line["b"] = {**good["b"], chance.choice(["place", "category", "level"]): None}
        raw = json.dumps(line).encode() if place != "raw" else chance.choice(RAW)
        phone.lines.append(raw.replace(b"\n", b" ") or b" ")

    for first in range(before[make.NOW] + 1, len(phone.lines) + 1, 100):
        last = min(first + 99, len(phone.lines))
        answer = phone.sends("POST", "/sync/v1/push", phone.push_body(first, last))
        assert answer.status_code == 200
        told = {r["n"]: r["verdict"] for r in answer.get_json()["receipts"]}
        assert all(told.get(n) in ("rejected", "parked") for n in range(first, last + 1)), told
