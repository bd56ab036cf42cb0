"""What is measured: how each is served, how it is asked, and how its answers are read."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks import servers
from benchmarks.load import Answer, request, run
from benchmarks.stores import Copy
from benchmarks.towns import BATCH, COMMUNITIES, PULL, PUSH, Phone, Town, compact

GZIP_MARK = b"\x1f\x8b"
GZIP = {"Accept-Encoding": "gzip"}
# The strongest way found to serve the bare handler on each engine.
WORKERS = {
    "sqlite": "--workers 2 --worker-class sync",
    "postgresql": "--workers 2 --threads 16 --worker-class gthread",
}


class Target(Protocol):
    """One server under measurement."""

    name: str
    is_exact: bool  # it stores what it accepts and nothing else

    def command(self, engine: str) -> list[str]: ...

    def environ(self, copy: Copy) -> Mapping[str, str]: ...

    def ready(self, port: int, town: Town) -> None:
        """What has to be asked before the first push."""

    def push(self, phone: Phone, lines: Sequence[bytes], *, more: bool) -> bytes: ...

    def pull(self, phone: Phone, after: int, headers: Mapping[str, str]) -> bytes: ...

    def heads(self, port: int, town: Town) -> Mapping[str, int]:
        """The newest number of each community: what a quiet pull asks with."""

    def accepted(self, answer: Answer) -> int:
        """How many reports an answer to a push says are in custody."""

    def rows(self, answer: Answer) -> int:
        """How many rows an answer to a pull brings."""

    def stored(self, copy: Copy) -> int:
        """How many reports the store itself counts."""


@dataclass(frozen=True)
class Ours:
    name: str = "ours"
    is_exact: bool = True

    def command(self, engine: str) -> list[str]:
        return servers.ours()

    def environ(self, copy: Copy) -> Mapping[str, str]:
        return copy.environ

    def ready(self, port: int, town: Town) -> None:
        return None

    def push(self, phone: Phone, lines: Sequence[bytes], *, more: bool) -> bytes:
        return phone.asks(PUSH, phone.push_body(lines, more=more))

    def pull(self, phone: Phone, after: int, headers: Mapping[str, str]) -> bytes:
        return phone.asks(PULL, phone.pull_body(after), **headers)

    def heads(self, port: int, town: Town) -> Mapping[str, int]:
        phones = town.phones[:COMMUNITIES]
        asked = [self.pull(phone, town.seq[phone.community], {}) for phone in phones]
        told = [json.loads(answer.body)["upto"] for answer in run(port, asked, 1).answers]
        return {phone.community: upto for phone, upto in zip(phones, told, strict=True)}

    def accepted(self, answer: Answer) -> int:
        if answer.status != 200:
            return 0
        said = json.loads(answer.body)
        refused = [r for r in said["receipts"] if r["verdict"] != "applied"]
        return 0 if refused else BATCH

    def rows(self, answer: Answer) -> int:
        return len(self.read(answer)["changes"]) if answer.status == 200 else 0

    def read(self, answer: Answer) -> Any:
        """An answer's body, packed or not."""
        is_packed = answer.body[:2] == GZIP_MARK
        return json.loads(gzip.decompress(answer.body) if is_packed else answer.body)

    def stored(self, copy: Copy) -> int:
        return copy.count("reports")


@dataclass(frozen=True)
class Packed(Ours):
    """As phones send: every push packed."""

    name: str = "packed"

    def push(self, phone: Phone, lines: Sequence[bytes], *, more: bool) -> bytes:
        body = gzip.compress(phone.push_body(lines, more=more), 6, mtime=0)
        return phone.asks(PUSH, body, **{"Content-Encoding": "gzip"})


@dataclass(frozen=True)
class Bare:
    name: str = "bare"
    is_exact: bool = True

    def command(self, engine: str) -> list[str]:
        return servers.gunicorn("benchmarks.bare:app", WORKERS[engine])

    def environ(self, copy: Copy) -> Mapping[str, str]:
        return {"BARE_DATABASE": copy.address}

    def ready(self, port: int, town: Town) -> None:
        return None

    def push(self, phone: Phone, lines: Sequence[bytes], *, more: bool) -> bytes:
        return request("POST", "/push", phone.push_body(lines, more=more, member=phone.member))

    def pull(self, phone: Phone, after: int, headers: Mapping[str, str]) -> bytes:
        asked = {"community": phone.community, "scope": f"place:{phone.lane}", "after": after}
        return request("POST", "/pull", compact({**asked, "limit": 100}), headers)

    def heads(self, port: int, town: Town) -> Mapping[str, int]:
        phones = town.phones[:COMMUNITIES]
        asked = [request("GET", f"/heads/{phone.community}") for phone in phones]
        told = [int(answer.body) for answer in run(port, asked, 1).answers]
        return {phone.community: seq for phone, seq in zip(phones, told, strict=True)}

    def accepted(self, answer: Answer) -> int:
        return BATCH if answer.status == 200 else 0

    def rows(self, answer: Answer) -> int:
        return len(json.loads(answer.body)["changes"]) if answer.status == 200 else 0

    def stored(self, copy: Copy) -> int:
        return copy.count("reports")
