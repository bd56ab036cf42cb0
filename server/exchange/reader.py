"""Reading the bodies that are plainly right without asking marshmallow field by field.

A quick reader is made from a schema and knows only what that schema accepts beyond doubt. Whatever
it does not know, it leaves to the schema, so that every refusal is still the schema's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, fields, missing, validate

Check = Callable[[Any], Any]
Quick = Callable[[Mapping[str, Any]], dict[str, Any] | None]


class Doubt(Exception):
    """The schema has to look."""


class Unknown(Exception):
    """No quick reader can be made for this field."""


def quick_reader(schema: Schema) -> Quick:
    """What `schema.load` gives for a body that is plainly right; None where the schema has to
    look."""
    try:
        read = _object(schema)
    except Unknown:
        return lambda body: None

    def quick(body: Mapping[str, Any]) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = read(body)
            return found
        except Doubt:
            return None

    return quick


def _object(schema: Schema) -> Check:
    if any(schema._hooks.values()):
        raise Unknown
    rows = [(name, _field(field), field.load_default) for name, field in schema.load_fields.items()]

    def read(body: Any) -> dict[str, Any]:
        if type(body) is not dict:
            raise Doubt
        found, taken = {}, 0
        for name, check, default in rows:
            if name in body:
                found[name] = check(body[name])
                taken += 1
            elif default is missing:
                raise Doubt
            else:
                found[name] = default() if callable(default) else default
        if taken != len(body):
            raise Doubt
        return found

    return read


def _field(field: fields.Field[Any]) -> Check:
    make = _MAKERS.get(type(field).__name__)
    if make is None or (field.load_default is missing and not field.required):
        raise Unknown
    check = make(field)
    if not field.allow_none:
        return check
    return lambda value: None if value is None else check(value)


def _exactly(kind: type) -> Callable[[fields.Field[Any]], Check]:
    """A maker for values of one type that fit the field's limits."""

    def make(field: fields.Field[Any]) -> Check:
        fits = [_fits(one) for one in field.validators]

        def check(value: Any) -> Any:
            if type(value) is not kind or not all(fit(value) for fit in fits):
                raise Doubt
            return value

        return check

    return make


def _words(field: fields.Field[Any]) -> Check:
    fits = [_fits(one) for one in field.validators]

    def check(value: Any) -> str:
        # Line breaks and tabs are the schema's to judge.
        if type(value) is not str or not value.isprintable():
            raise Doubt
        found = value.strip()
        if not all(fit(found) for fit in fits):
            raise Doubt
        return found

    return check


def _list(field: Any) -> Check:
    inner, fits = _object(field.inner.schema), [_fits(one) for one in field.validators]

    def check(value: Any) -> list[Any]:
        if type(value) is not list or not all(fit(value) for fit in fits):
            raise Doubt
        return [inner(one) for one in value]

    return check


def _fits(validator: Any) -> Callable[[Any], bool]:
    if isinstance(validator, validate.Regexp):
        return lambda value: validator.regex.match(value) is not None
    if isinstance(validator, validate.OneOf):
        choices = frozenset(validator.choices)
        return choices.__contains__
    if isinstance(validator, validate.Length):
        low, high = validator.min or 0, validator.max or 0
        if validator.max is None:
            raise Unknown
        return lambda value: low <= len(value) <= high
    if isinstance(validator, validate.Range):
        span: Any = (validator.min, validator.max)
        return lambda value: span[0] <= value <= span[1]
    raise Unknown


_MAKERS: dict[str, Callable[[Any], Check]] = {
    "String": _exactly(str),
    "Id": _exactly(str),
    "Level": _exactly(str),
    "Words": _words,
    "Whole": _exactly(int),
    "Flag": _exactly(bool),
    "Photos": _list,
}
