"""JSON without its traps, and what is said about everything else."""

from __future__ import annotations

import json
import re
from math import isinf
from typing import Any

_LONG_NUMBER = re.compile(rb"[0-9]{19}")


class Malformed(ValueError):
    """The message is not what the protocol says. Names the field and what was wrong with it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


def read_json(raw: bytes) -> Any:
    """JSON without its traps: UTF-8, no duplicate keys, no NaN, no NUL, no lone surrogates, no
    number beyond 64 bit. Raises Malformed("json", …)."""
    try:
        value = _DECODER.decode(raw.decode())
    except Malformed:
        raise
    except RecursionError:
        raise Malformed("json", "too_deep") from None
    except ValueError:
        raise Malformed("json", "not_json") from None
    if b"\\u" in raw or _LONG_NUMBER.search(raw):
        _walk(value)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("json", "duplicate_key")
    return found


def _no_constant(name: str) -> Any:
    raise Malformed("json", "not_a_number")


def _finite(digits: str) -> float:
    value = float(digits)
    if isinf(value):
        raise Malformed("json", "number_too_large")
    return value


# Made once: making a decoder costs as much as reading a change with it.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite
)


def _walk(value: Any) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            _check_text(item)
        elif isinstance(item, int) and not -(2**63) <= item < 2**63:
            raise Malformed("json", "number_too_large")
        elif isinstance(item, dict):
            waiting.extend(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise Malformed("json", "nul_character")
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise Malformed("json", "lone_surrogate")
