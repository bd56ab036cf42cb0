"""Reading what a phone sends, strictly. Limits in bytes and counts; times in milliseconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.change import Change
from sync.strict import Malformed as Malformed
from sync.strict import read_json as read_json

MAX_CHANGES = 200
MAX_PUSH_BYTES = 2 * 1024 * 1024
MAX_CHANGE_BYTES = 16 * 1024
MAX_CURSORS = 64
MAX_PAGE = 500
MAX_MS = 8_640_000_000_000_000  # the last moment a browser's clock can show
MAX_COUNT = 2**53 - 1

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KIND = re.compile(r"[a-z][a-z_]{0,30}\.[a-z][a-z_]{0,40}@[1-9][0-9]{0,3}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,40}")
_SCOPE = re.compile(r"[a-z]{1,20}(:[0-9a-z-]{1,60}){0,2}")
_CHAIN = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Clock:
    """The phone's clock at the moment of sending."""

    segment: int
    wall: int


@dataclass(frozen=True, slots=True)
class Push:
    """Changes of one device, `changes[i]` has the number first + i."""

    community: str
    device: str
    epoch: int
    first: int
    chain: bytes
    clock: Clock
    more: bool
    app: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Pull:
    """What a phone has of each scope: (cursor, number at which its cold start began or 0)."""

    community: str
    device: str
    epoch: int
    cursors: Mapping[str, tuple[int, int]]
    min_seq: int
    limit: int


def _object(value: Any, field: str, keys: frozenset[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(field, "not_an_object")
    unknown = value.keys() - keys
    if unknown:
        raise Malformed(f"{field}.{sorted(unknown)[0]}"[:80], "unknown_field")
    return value


def _whole(value: Any, field: str, least: int = 0, most: int = MAX_COUNT) -> int:
    if type(value) is not int:
        raise Malformed(field, "not_a_whole_number")
    if not least <= value <= most:
        raise Malformed(field, "out_of_range")
    return value


def _match(value: Any, field: str, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Malformed(field, "wrong_form")
    return value


def _check_version(value: Any) -> None:
    if type(value) is not int or value != 1:
        raise Malformed("v", "unknown_version")


def read_id(value: Any, field: str) -> str:
    return _match(value, field, _ID)


def read_clock(value: Any) -> Clock:
    """The `clock` of any signed request: {"segment": …, "wall": ms}."""
    found = _object(value, "clock", frozenset({"segment", "wall"}))
    return Clock(
        _whole(found.get("segment"), "clock.segment"),
        _whole(found.get("wall"), "clock.wall", -MAX_MS, MAX_MS),
    )


_ENVELOPE = frozenset(
    {"v", "app", "community", "device", "epoch", "first", "count", "chain", "clock", "more"}
)


def read_push(body: bytes) -> Push:
    """An envelope line and `count` change lines. A broken change line spoils only itself."""
    return opened(read_envelope(body))


def opened(push: Push) -> Push:
    """The push with every change read."""
    return replace(push, changes=tuple(read_change(c.raw, c.n) for c in push.changes))


def read_envelope(body: bytes) -> Push:
    """A push of which only the envelope is read: of its changes, the bytes are there."""
    if len(body) > MAX_PUSH_BYTES:
        raise Malformed("body", "too_large")
    head, *lines = body.rstrip(b"\n").split(b"\n")
    found = _object(read_json(head), "envelope", _ENVELOPE)
    _check_version(found.get("v"))
    count = _whole(found.get("count"), "count", 0, MAX_CHANGES)
    if count != len(lines):
        raise Malformed("count", "does_not_match")
    first = _whole(found.get("first"), "first", 1)
    return Push(
        community=read_id(found.get("community"), "community"),
        device=read_id(found.get("device"), "device"),
        epoch=_whole(found.get("epoch"), "epoch", 1),
        first=first,
        chain=bytes.fromhex(_match(found.get("chain"), "chain", _CHAIN)),
        clock=read_clock(found.get("clock")),
        more=_flag(found.get("more", False), "more"),
        app=_short(found.get("app", ""), "app"),
        changes=tuple(Change(first + i, raw) for i, raw in enumerate(lines)),
    )


def _flag(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise Malformed(field, "not_a_boolean")
    return value


def _short(value: Any, field: str) -> str:
    if not isinstance(value, str) or len(value) > 40:
        raise Malformed(field, "wrong_form")
    return value


_CHANGE = frozenset({"k", "o", "t", "seen", "b"})


def read_change(raw: bytes, n: int) -> Change:
    """Read one frozen line. What cannot be read is kept as a change with a flaw."""
    try:
        return _read_change(raw, n)
    except Malformed as flaw:
        return Change(n, raw, flaw=str(flaw))


def _read_change(raw: bytes, n: int) -> Change:
    if len(raw) > MAX_CHANGE_BYTES:
        raise Malformed("change", "too_large")
    found = _object(read_json(raw), "change", _CHANGE)
    times = found.get("t")
    if not isinstance(times, list) or len(times) != 3:
        raise Malformed("t", "wrong_form")
    body = found.get("b")
    if not isinstance(body, dict):
        raise Malformed("b", "not_an_object")
    return Change(
        n,
        raw,
        kind=_match(found.get("k"), "k", _KIND),
        about=read_id(found.get("o"), "o"),
        segment=_whole(times[0], "t.segment"),
        wall=_whole(times[1], "t.wall", -MAX_MS, MAX_MS),
        zone=_whole(times[2], "t.zone", -14 * 60, 14 * 60),
        body=body,
        seen=_read_seen(found.get("seen", {})),
    )


def _read_seen(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > 32:
        raise Malformed("seen", "wrong_form")
    for name, stamp in value.items():
        _match(name, "seen", _FIELD)
        if not isinstance(stamp, str) or len(stamp) > 80:
            raise Malformed(f"seen.{name}", "wrong_form")
    return value


_PULL = frozenset({"v", "community", "device", "epoch", "cursors", "min_seq", "limit"})


def read_pull(body: bytes) -> Pull:
    found = _object(read_json(body), "pull", _PULL)
    _check_version(found.get("v"))
    cursors = found.get("cursors", {})
    if not isinstance(cursors, dict) or len(cursors) > MAX_CURSORS:
        raise Malformed("cursors", "wrong_form")
    return Pull(
        community=read_id(found.get("community"), "community"),
        device=read_id(found.get("device"), "device"),
        epoch=_whole(found.get("epoch"), "epoch", 1),
        cursors={_match(k, "cursors", _SCOPE): _cursor(v) for k, v in cursors.items()},
        min_seq=_whole(found.get("min_seq", 0), "min_seq"),
        limit=_whole(found.get("limit", MAX_PAGE), "limit", 1, MAX_PAGE),
    )


def _cursor(value: Any) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise Malformed("cursors", "wrong_form")
    return _whole(value[0], "cursors"), _whole(value[1], "cursors")
