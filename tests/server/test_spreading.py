"""The tables can be spread over machines: the rules for that, enforced on the tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint

from server import citus, domains  # noqa: F401 - with them every table is known
from server.database import Base
from server.settings import ROOT

TYPES = {"String", "Double", "Text", "Integer", "BigInteger", "Boolean", "LargeBinary"}
# What comes in by the thousand refers to others by name only: order of arrival must not matter.
WITHOUT_REFERENCES = {"changes", "records", "feed", "conflicts", "streams", "devices"}
# What one engine alone has, or what may not be spread. (FOR UPDATE may stand where it takes one
# community's row: Citus asks one machine, and on SQLite, where it is left out, writers are alone.)
NOT_OURS = re.compile(
    r"skip_locked|advisory|\bfunc\.(now|random|current)|server_default|\bxmin\b"
    r"|\bctid\b|SERIAL|\bIDENTITY\b|nextval|LISTEN |NOTIFY |CREATE (OR REPLACE )?(TRIGGER|FUNCTION)"
    r"|\bJSONB\b|\bARRAY\b|\bEnum\("
)
tables = pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
spread_tables = pytest.mark.parametrize("table", citus.spread(), ids=lambda table: table.name)


@spread_tables
def test_every_key_begins_with_the_community(table):
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            assert next(iter(constraint.columns)).name == citus.BY, constraint.name
    for index in table.indexes:
        assert not index.unique or next(iter(index.columns)).name == citus.BY, index.name


@spread_tables
def test_a_row_refers_only_to_its_own_community_or_to_what_all_share(table):
    names = {other.name for other in citus.spread()}
    for constraint in table.foreign_key_constraints:
        first = constraint.elements[0]
        target = constraint.referred_table.name
        assert constraint.column_keys[0] == citus.BY, constraint.name
        assert target in citus.REFERENCE or first.column.name == citus.BY, constraint.name
        assert target in names or target in citus.REFERENCE, constraint.name
    assert not (table.name in WITHOUT_REFERENCES and table.foreign_keys)


def test_what_all_share_refers_to_nothing_that_is_spread():
    for name in (*citus.REFERENCE, *citus.LOCAL):
        for constraint in Base.metadata.tables[name].foreign_key_constraints:
            assert constraint.referred_table.name in citus.REFERENCE


@tables
def test_the_engine_makes_no_values_of_its_own(table):
    for column in table.columns:
        assert column.server_default is None, column.name
        assert column.server_onupdate is None, column.name
        assert not column.computed, column.name
        assert not column.identity, column.name
    assert table._autoincrement_column is None, "a number from a sequence"


@tables
def test_only_types_and_constraints_that_every_engine_has(table):
    assert {type(column.type).__name__ for column in table.columns} <= TYPES
    for constraint in table.constraints:
        assert not constraint.deferrable, constraint.name
        assert constraint.__visit_name__ in (
            "primary_key_constraint",
            "foreign_key_constraint",
            "unique_constraint",
        ), constraint.name
    for index in table.indexes:
        options = [index.dialect_options[engine]["where"] for engine in ("sqlite", "postgresql")]
        assert options == [None, None], f"{index.name} is partial"
        assert index.dialect_options["postgresql"]["using"] is False, index.name
        assert all(hasattr(part, "name") for part in index.expressions), index.name


def python_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.py") if "migrations" not in path.parts]


# Has a way for each engine beside the other: whatever is written takes it on both in every run.
FOR_EACH_ENGINE = "prepared.py"


@pytest.mark.parametrize("path", python_of(ROOT / "server"), ids=lambda path: str(path.stem))
def test_no_file_speaks_to_one_engine_alone(path):
    found = [line for line in path.read_text().splitlines() if NOT_OURS.search(line)]

    assert path.name == FOR_EACH_ENGINE or found == []


def test_the_statements_name_every_table_once_and_in_an_order_that_works(app):
    said = app.test_cli_runner().invoke(args=["citus-sql"]).output
    named = re.findall(r"^SELECT create_\w+\('(\w+)'", said, re.MULTILINE)

    assert sorted([*named, *citus.LOCAL]) == sorted(Base.metadata.tables)
    for table in Base.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            assert named.index(constraint.referred_table.name) < named.index(table.name)
    assert "create_distributed_table('changes', 'community_id', colocate_with =>" in said
    assert all(f"-- {name} stays on the coordinator" in said for name in citus.LOCAL)
