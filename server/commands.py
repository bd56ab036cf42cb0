"""What ./steward hands over to: starting the server, and the worker's loop."""

from __future__ import annotations

import io
import os
import socket
import sys
from pathlib import Path

import click
import segno
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import select

from server.accounts.models import Member
from server.database import db
from server.places.models import Subdistrict
from server.settings import Settings, read_or_stop

WORKERS = ("--workers", "2", "--threads", "8", "--worker-class", "gthread")


def step(k: int, of: int, words: str) -> None:
    """One line of progress."""
    click.echo(f"[{k}/{of}] {100 * k // of:3d} %  {words}")


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
        step(2, 3, "Looking at the demo")
        fill_if_empty(app, settings)
        step(3, 3, "Starting the server")
        click.echo(welcome(settings, host, port), nl=False)
    sys.stdout.flush()
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    os.execv(  # noqa: S606 - our own gunicorn takes over this process
        gunicorn,
        [gunicorn, "--bind", bind, *WORKERS, "--log-level", "warning", "server:create_app()"],
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


def fill_if_empty(app: Flask, settings: Settings) -> None:
    """The demo, where it is wanted and nothing else is there."""
    is_empty = db.session.scalars(select(Subdistrict.id).limit(1)).first() is None
    db.session.rollback()
    demo = app.cli.commands.get("demo")
    if settings.demo and is_empty and demo and demo.callback:
        demo.callback()


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
    lines += [f"{who} {url}/session" for who in sign_ins(settings)]
    if not url.startswith("https"):
        lines.append(
            "A real phone needs https to work without signal: "
            "the README shows how (Caddy, two lines)."
        )
    return "\n".join(lines) + "\nCtrl+C stops it.\n"


def sign_ins(settings: Settings) -> list[str]:
    """One demo person for each role."""
    people = db.session.scalars(Member.shown_in_demo()).all() if settings.demo else []
    return [f"{role}: {name}" for role, name in {p.role: p.name for p in people}.items()]


@click.command("work")
@with_appcontext
def work_command() -> None:
    """Look after what falls due, until stopped."""
    from server.work import work

    work(current_app._get_current_object())  # type: ignore[attr-defined]


def install(app: Flask) -> None:
    app.cli.add_command(work_command)


if __name__ == "__main__":
    start(prog_name="./steward run")
