"""What ./steward hands over to: starting the server, the demo, and the worker's loop."""

from __future__ import annotations

import io
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import click
import segno
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import select

from server import citus, clock
from server.accounts.models import STAFF, Member
from server.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from server.backups import commands as backups
from server.database import db, writing
from server.founding.intake import Names, check_names, found_community, officers_of
from server.founding.schemas import Flaws, PersonRow, read_people, read_places
from server.places.models import Subdistrict
from server.settings import Settings, read_or_stop


def step(k: int, of: int, words: str) -> None:
    """One line of progress."""
    click.echo(f"[{k}/{of}] {100 * k // of:3d} %  {words}")


def meter(k: int, of: int) -> Callable[[int, int, str], None]:
    """Progress within a step: a line that moves on a terminal, else a line for each quarter."""
    is_terminal = sys.stdout.isatty()
    shown = -1

    def tell(done: int, all_of_it: int, words: str) -> None:
        nonlocal shown
        quarter = 4 * done // all_of_it
        line = f"[{k}/{of}] {100 * done // all_of_it:3d} %  {words}"
        if is_terminal:
            click.echo(f"\r\033[K{line}", nl=done >= all_of_it)
        elif quarter > shown:
            click.echo(line)
        shown = max(shown, quarter)

    return tell


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 for all networks")
@click.option("--data", help="folder for database and photos [default: data/ beside the program]")
def start(port: int, host: str, data: str | None) -> None:
    """Prepare the database, fill an empty one with the demo, and serve."""
    from server import create_app

    os.environ.setdefault("STEWARD_DEMO", "on")
    if data:
        os.environ["STEWARD_DATA"] = data
    settings = read_or_stop(os.environ)
    refuse_taken(host, port)
    app = create_app(settings)
    with app.app_context():
        step(1, 3, "Bringing the database up to date")
        upgrade()
        step(2, 3, "Looking for the demo")
        fill_if_empty(settings)
        step(3, 3, "Starting the server")
        click.echo(welcome(settings, host, port), nl=False)
    sys.stdout.flush()
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    os.execv(  # noqa: S606 - our own gunicorn takes over this process
        gunicorn,
        [gunicorn, "-c", "python:server.serving", "--bind", bind, "server:create_app()"],
    )


def refuse_taken(host: str, port: int) -> None:
    """Say so at once when something else listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Nothing can listen on {host}:{port} ({error.strerror}): try --port {port + 1}."
            ) from error


def fill_if_empty(settings: Settings) -> None:
    """The demo, where it is wanted and nothing else is there."""
    from server.demo.making import make_demo

    if settings.demo and is_empty():
        make_demo(meter(2, 3))


def is_empty() -> bool:
    """True while no subdistrict has been founded."""
    found = db.session.scalars(select(Subdistrict.id).limit(1)).first()
    db.session.rollback()
    return found is None


def address(settings: Settings, host: str, port: int) -> str:
    """Where a browser finds us."""
    if settings.public_url:
        return settings.public_url
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = socket.gethostbyname(socket.gethostname())
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def welcome(settings: Settings, host: str, port: int) -> str:
    """What the terminal shows once everything is there."""
    url = address(settings, host, port)
    code = io.StringIO()
    segno.make(url, error="m").terminal(out=code, compact=True)
    lines = [f"小巷管家 · {url}", code.getvalue()]
    lines += sign_ins(settings, url)
    if not url.startswith("https"):
        lines.append(
            "A real phone needs https to work without signal: "
            "the README shows how (Caddy, two lines)."
        )
    return "\n".join(lines) + "\nCtrl+C stops it.\n"


def sign_ins(settings: Settings, url: str = "") -> list[str]:
    """How to come in as somebody of the demo: one for each role."""
    from server.demo.making import sign_ins as staff
    from server.demo.receipts import shown_code

    if not settings.demo or db.session.scalars(Member.shown_in_demo()).first() is None:
        return []
    desks = {row["role"]: f"{row['name']}  {row['password']}" for row in staff()}
    return [
        f"Sign in at {url}/session",
        *(f"  {role}: {name_and_password}" for role, name_and_password in desks.items()),
        "  a steward's phone: open the sign-in page and tap a steward",
        f"  a resident's receipt: {url}/r/{shown_code(db.session())}",
    ]


@click.command("demo")
@with_appcontext
def demo_command() -> None:
    """Fill an empty database with the demo."""
    from server.demo.making import make_demo

    upgrade()
    if not is_empty():
        raise click.ClickException(
            "Something is in this database already: the demo needs an empty one (--data DIR)."
        )
    make_demo(meter(1, 1))


FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command("found")
@click.argument("places", type=FILE)
@click.argument("people", type=FILE)
@click.option("--subdistrict", prompt="Subdistrict (街道)")
@click.option("--city", prompt="City (市、县)")
@click.option("--community", prompt="Community (社区)")
@click.option("--prefix", prompt="Letters all its plates begin with, such as GJ")
@click.option("--phone", prompt="Telephone of the community")
@click.option("--zone", default="Asia/Shanghai", show_default=True)
@with_appcontext
def found_command(places: Path, people: Path, **said: str) -> None:
    """Begin a real community with the PLACES and PEOPLE of two CSV lists: all of it or nothing."""
    upgrade()
    names = Names(**said | {"prefix": said["prefix"].strip().upper()})
    flaws = Flaws()
    check_names(db.session(), names, flaws)
    rows = read_places(places, names.prefix, flaws)
    folk = read_people(people, {row.plate for row in rows}, flaws)
    if flaws.said:
        raise click.ClickException("\n".join(("Nothing was written.", *flaws.said)))
    known = officers_of(db.session(), names)
    fresh = [one for one in folk if one.role != "officer" or one.name not in known]
    passwords = {one: ask_password(one) for one in fresh if one.role in STAFF}
    db.session.rollback()
    with writing() as session:
        found_community(session, names, rows, fresh, passwords, clock.now())
    stewards = sum(one.role == "steward" for one in fresh)
    click.echo(
        f"{names.community}: {len(rows)} places, {stewards} stewards, {len(passwords)} desks."
    )
    click.echo("Next: STEWARD_DEMO=off ./steward run, sign in at /session, enrol phones (手机).")


def ask_password(person: PersonRow) -> str:
    """What this person will sign in with; asked again until it is long enough."""
    while True:
        words = f"Password for {person.name} ({person.role})"
        typed: str = click.prompt(words, hide_input=True, confirmation_prompt=True)
        if SHORTEST_PASSWORD <= len(typed) <= LONGEST_PASSWORD:
            return typed
        click.echo(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")


@click.command("work")
@with_appcontext
def work_command() -> None:
    """Look after what falls due, until stopped."""
    from server.work import work

    work(current_app._get_current_object())  # type: ignore[attr-defined]


def install(app: Flask) -> None:
    backups.install(app)
    citus.install(app)
    app.cli.add_command(work_command)
    app.cli.add_command(demo_command)
    app.cli.add_command(found_command)


if __name__ == "__main__":
    start(prog_name="./steward run")
