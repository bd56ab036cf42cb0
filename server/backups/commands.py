"""./steward backup, restore and move-to-postgres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from server import clock
from server.backups import copying, restoring, taking
from server.backups.archive import Manifest
from server.backups.entries import Unfit
from server.backups.places import Place
from server.backups.replaying import Replayed
from server.backups.seal import Damaged
from server.database import db
from server.settings import Settings, read_or_stop

FILE = click.Path(path_type=Path, dir_okay=False)


def _settings() -> tuple[Settings, str]:
    found: Settings = current_app.config["SETTINGS"]
    if not found.backup_key:
        raise click.ClickException(
            "Set STEWARD_BACKUP_KEY (32 characters or more) and keep it away from this machine: "
            "without it nobody can open the backup, and with it everybody can."
        )
    return found, found.backup_key


def _meter() -> Callable[[int, int, str], None]:
    from server.commands import meter

    return meter(1, 1)


def install(app: Flask) -> None:
    for command in (backup_command, restore_command, move_command):
        app.cli.add_command(command)


@click.command("backup")
@click.argument("file", type=FILE)
@with_appcontext
def backup_command(file: Path) -> None:
    """Everything, as it stands now, into one sealed file; work goes on meanwhile."""
    settings, key = _settings()
    try:
        found = taking.take(db.engine, settings, file, key, clock.now(), _meter())
    except (taking.Incomplete, Damaged) as wrong:
        raise click.ClickException(f"No backup was made: {wrong}.") from wrong
    except OSError as wrong:
        raise click.ClickException(f"No backup was made: {wrong.strerror or wrong}.") from wrong
    click.echo(
        _said(found, f"{file} ({file.stat().st_size / 1_000_000:.1f} MB), opened and proved")
    )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--journal", metavar="PLACE", help="where the journal lies: a folder or s3://...")
@with_appcontext
def restore_command(file: Path, journal: str | None) -> None:
    """A backup into an empty place, and what the journal has since. Phones send again what neither
    knows."""
    settings, key = _settings()
    try:
        restoring.refuse_occupied(settings, db.engine) if db.engine.name == "sqlite" else upgrade()
        place = Place(journal) if journal else None
        found = restoring.restore(file, settings, db.engine, key, clock.now(), _meter(), place)
    except restoring.Occupied as wrong:
        raise click.ClickException(
            f"Nothing was restored: {wrong}. Move it away, or choose another place (--data DIR)."
        ) from wrong
    except Unfit as wrong:
        raise click.ClickException(f"Nothing was restored: {wrong}.") from wrong
    except Damaged as wrong:
        raise click.ClickException(
            f"Nothing was restored, this backup is not whole: {wrong}. Take another one."
        ) from wrong
    except OSError as wrong:
        raise click.ClickException(f"Nothing was restored: {wrong.strerror or wrong}.") from wrong
    click.echo(_said(found.manifest, "Restored"))
    if journal:
        click.echo(_said_of_journal(found.journal))


def _said_of_journal(found: Replayed) -> str:
    if not found.entries:
        return f"The journal added nothing{f': {found.trouble}' if found.trouble else ''}."
    until = datetime.fromtimestamp(found.until / 1000, UTC)
    said = [f"The journal added {found.rows} rows, up to {until:%Y-%m-%d %H:%M:%S} UTC."]
    if found.trouble:
        said.append(f"It ended there: {found.trouble}. Phones send again what came after.")
    if found.missing:
        said.append(f"{found.missing} pictures of these rows are nowhere.")
    return "\n".join(said)


def _said(found: Manifest, what: str) -> str:
    made = datetime.fromtimestamp(found.made_at / 1000, UTC)
    photos = sum(name.startswith("photos/") for name in found.parts)
    rows = sum(found.rows.values())
    return f"{what}: {rows} rows, {photos} photo files, as of {made:%Y-%m-%d %H:%M} UTC."


@click.command("move-to-postgres")
@click.argument("url")
@with_appcontext
def move_command(url: str) -> None:
    """Copy this SQLite installation to an empty PostgreSQL; stopped half-way, it goes on when it
    is run again."""
    if db.engine.name != "sqlite":
        raise click.ClickException("This installation is on PostgreSQL already.")
    from server import create_app

    target = create_engine(read_or_stop({"DATABASE_URL": url}).database)
    with create_app(replace(current_app.config["SETTINGS"], database_url=url)).app_context():
        upgrade()
        db.engine.dispose()
    with db.engine.connect().execution_options(writing=True) as kept:
        kept.execute(text("SELECT 1"))  # holds the one write lock: nobody writes meanwhile
        try:
            proofs = copying.copy(
                db.engine, target, lambda name, rows: click.echo(f"  {name:24} {rows:8} rows")
            )
        except copying.NotTheSame as wrong:
            raise click.ClickException(
                f"The table {wrong} came out different: nothing is lost here; run it again."
            ) from wrong
        except copying.Anothers as wrong:
            raise click.ClickException(
                "Nothing was copied: people have worked at that address already. Take an empty one."
            ) from wrong
        finally:
            target.dispose()
    rows = sum(one.rows for one in proofs.values())
    click.echo(f"Copied and compared: {rows} rows in {len(proofs)} tables, all the same.")
    click.echo("Now set DATABASE_URL and start again; photos stay where they are.")
