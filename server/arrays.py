"""A column of values as PostgreSQL takes it: one array in its own binary form.

psycopg writes an array value by value and text by text; for the rows of a push that costs more than
the database's own work.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format
from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary

_HEAD = struct.Struct(">iiIii")  # dimensions, has nulls, type of the elements, how many, from where
_SIZE = struct.Struct(">i")
_NULL = _SIZE.pack(-1)
_OID = psycopg.adapters.types


class Array:
    """Values of one type, or None."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values


class Texts(Array):
    """Of text."""


class Bytes(Array):
    """Of bytea."""


class Whole(Array):
    """Of int4."""


class Large(Array):
    """Of int8."""


class Truths(Array):
    """Of bool."""


class Floats(Array):
    """Of float8."""


_KINDS: dict[type, type[Array]] = {
    Integer: Whole,
    BigInteger: Large,
    Boolean: Truths,
    LargeBinary: Bytes,
    Float: Floats,
}


def as_array(kind: Any, values: Sequence[Any]) -> Array:
    """Values of a column of that SQLAlchemy type, as an argument of a statement."""
    return _KINDS.get(type(kind), Texts)(values)


def _head(values: Sequence[Any], element: int) -> bytes:
    return _HEAD.pack(1, None in values, element, len(values), 1)


def _varying(element: str, encode: Callable[[Any], bytes]) -> Callable[[Sequence[Any]], bytes]:
    """Values each of a length of its own."""
    oid, size = _OID[element].oid, _SIZE.pack

    def written(values: Sequence[Any]) -> bytes:
        parts = [_head(values, oid)]
        for value in values:
            if value is None:
                parts.append(_NULL)
            else:
                raw = encode(value)
                parts += (size(len(raw)), raw)
        return b"".join(parts)

    return written


def _fixed(element: str, letter: str) -> Callable[[Sequence[Any]], bytes]:
    """Values all of one length."""
    oid, form = _OID[element].oid, f"i{letter}"
    length = struct.calcsize(f">{letter}")
    by_one = _varying(element, struct.Struct(f">{letter}").pack)

    def written(values: Sequence[Any]) -> bytes:
        if None in values:
            return by_one(values)
        pairs = [part for value in values for part in (length, value)]
        return _head(values, oid) + struct.pack(f">{form * len(values)}", *pairs)

    return written


def _teach(kind: type[Array], element: str, write: Callable[[Sequence[Any]], bytes]) -> None:
    class Written(Dumper):
        format = Format.BINARY
        oid = _OID[element].array_oid

        def dump(self, obj: Array) -> Buffer:
            return write(obj.values)

    psycopg.adapters.register_dumper(kind, Written)


_teach(Texts, "text", _varying("text", str.encode))
_teach(Bytes, "bytea", _varying("bytea", bytes))
_teach(Whole, "int4", _fixed("int4", "i"))
_teach(Large, "int8", _fixed("int8", "q"))
_teach(Truths, "bool", _fixed("bool", "?"))
_teach(Floats, "float8", _fixed("float8", "d"))
