"""How the tables spread over the machines of a Citus, read from the tables themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from flask import Flask
from sqlalchemy import Table

from server.database import Base

BY = "community_id"
# Read everywhere, seldom written: what tables of communities refer to.
REFERENCE = ("subdistricts", "communities")
# Counts and notes that no table refers to: written often, and each row stands for itself.
LOCAL = {
    "sign_in_tries": "counts wrong passwords before anybody knows whose they are",
    "code_tries": "counts wrong codes before anybody knows whose they are",
    "tasks": "the worker's notes, one row for each of its tasks",
}


def spread() -> list[Table[Any]]:
    """The tables whose rows lie with their community, each after those it refers to."""
    others = {*REFERENCE, *LOCAL}
    return [table for table in Base.metadata.sorted_tables if table.name not in others]


def statements() -> Iterator[str]:
    """To be run once, on the coordinator, after the migrations; rows that are there move along."""
    for name in REFERENCE:
        yield f"SELECT create_reference_table('{name}');"
    first = spread()[0].name
    for table in spread():
        beside = "" if table.name == first else f", colocate_with => '{first}'"
        yield f"SELECT create_distributed_table('{table.name}', '{BY}'{beside});"


@click.command("citus-sql")
def citus_command() -> None:
    """Print what spreads the tables over the machines of a Citus."""
    click.echo("-- ./steward citus-sql | psql ADDRESS, once, after the migrations, nobody writing.")
    click.echo("-- Rows lie with their community; what all communities share, on every machine.")
    for line in statements():
        click.echo(line)
    for name, why in LOCAL.items():
        click.echo(f"-- {name} stays on the coordinator: {why}.")


def install(app: Flask) -> None:
    app.cli.add_command(citus_command)
