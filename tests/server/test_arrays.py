"""Columns of values reach PostgreSQL as they are."""

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.sql import SQL
from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary, String, Text

from server.arrays import as_array
from tests.postgres import Postgres

LETTERS = st.text(st.sampled_from("井台 aZ9,{}\"'\\\n\t🏮"), max_size=12)
INT4 = st.integers(-(2**31), 2**31 - 1)
INT8 = st.integers(-(2**63), 2**63 - 1)
KINDS = {
    "text": (Text(), LETTERS),
    "varchar": (String(36), LETTERS),
    "int4": (Integer(), INT4),
    "int8": (BigInteger(), INT8),
    "bool": (Boolean(), st.booleans()),
    "bytea": (LargeBinary(), st.binary(max_size=40)),
    "float8": (Float(), st.floats(allow_nan=False)),
}


@pytest.fixture(scope="module")
def connection(postgres: Postgres) -> Iterator[Connection]:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as found:
        yield found


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_value_and_every_gap_arrives(
    name: str, data: st.DataObject, connection: Connection
) -> None:
    kind, values = KINDS[name]
    said = data.draw(st.lists(st.none() | values, max_size=8))
    query = SQL("SELECT array_agg(v ORDER BY i) FROM unnest(%s::{}[]) WITH ORDINALITY AS a(v, i)")
    row = connection.execute(query.format(SQL(name)), (as_array(kind, said),)).fetchone()
    assert row is not None
    assert (row[0] or []) == said
