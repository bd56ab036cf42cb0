"""The quick way of reading gives what the schema gives, or leaves it to the schema."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from server.exchange.reader import quick_reader
from server.reports.schemas import ReportAcceptedIn, ReportDismissedIn, ReportFiledIn
from tests.phone import new_id

PLAIN = {
    "place": new_id(),
    "category": "rubbish",
    "level": "community",
    "words": "  桶满了 \t",
    "emergency": True,
    "photos": [{"sha256": "a" * 64, "bytes": 7, "type": "image/jpeg", "role": "before"}],
    "patrol": None,
    "item": "bins",
}
GONE = object()
LETTERS = "ab_0 长\u3000😀\n\t\r\0\x07\x7f\u2028"
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(LETTERS, max_size=12),
    st.sampled_from(["x" * 4001, "rubbish", "A", new_id(), new_id().upper(), "community\n"]),
    st.lists(st.integers(), max_size=2),
    st.just([PLAIN["photos"][0]] * 6),
    st.dictionaries(st.sampled_from(["a", "长"]), st.integers(), max_size=2),
)


def slow(schema: Any, body: Any) -> Any:
    try:
        return schema.load(body)
    except ValidationError:
        return None


@pytest.mark.parametrize("schema", [ReportFiledIn(), ReportAcceptedIn(), ReportDismissedIn()])
@given(changes=st.data())
def test_a_quick_reader_never_says_anything_else_than_its_schema(schema, changes):
    names = st.sampled_from([*schema.load_fields, "unknown"])
    body = {name: value for name, value in PLAIN.items() if name in schema.load_fields}
    for name, value in changes.draw(
        st.dictionaries(names, st.just(GONE) | ODD, max_size=4)
    ).items():
        body[name] = value
    body = {name: value for name, value in body.items() if value is not GONE}

    found = quick_reader(schema)(body)

    assert found is None or found == slow(schema, body)


def test_a_plain_body_is_read_quickly():
    assert quick_reader(ReportFiledIn())({**PLAIN, "words": "桶满了"}) is not None
