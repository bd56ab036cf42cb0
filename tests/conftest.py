"""An app on its own database, browsers that behave like browsers, a small town."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from playwright.sync_api import Playwright, sync_playwright

from server import clock, create_app
from server.accounts.models import Member, actor_for
from server.accounts.rules import open_session
from server.accounts.views import COOKIE
from server.database import db, writing
from server.permissions import ANYBODY, Actor
from server.settings import Settings
from tests import make
from tests.postgres import Postgres, running

ENGINES = ("sqlite", "postgresql")
# What depends on how a database locks, sorts and compares is tried on both in every run.
ON_BOTH = (
    "server/exchange",
    "server/test_database.py",
    "server/test_archiving.py",
    "server/test_holding.py",
    "server/test_migrations.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=ENGINES, help="run everything on this one")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" not in metafunc.fixturenames or metafunc.config.getoption("database"):
        return
    named = any(
        "engine" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")
    )
    here = metafunc.definition.path.relative_to(Path(__file__).parent)
    if not named and any(here.is_relative_to(part) for part in ON_BOTH):
        metafunc.parametrize("engine", ENGINES, indirect=True)


class Browser(FlaskClient):
    """Says where a request comes from, as every browser does."""

    def open(self, *args: Any, headers: Any = None, **kwargs: Any) -> Any:
        said = {"Sec-Fetch-Site": "same-origin", **dict(headers or {})}
        # Requests of a test share its app context; a real one never meets another's `g`.
        for name in list(g):
            g.pop(name)
        return super().open(*args, headers=said, **kwargs)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Browsers; one for the whole run, since two cannot live in one process."""
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and no rows, made once and copied."""
    folder = tmp_path_factory.mktemp("empty")
    app = create_app(Settings(data=folder))
    with app.app_context():
        db.create_all()
        with db.engine.connect() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return folder / "steward.db"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Override in a module to start the app otherwise."""
    return Settings(data=tmp_path / "data")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for the whole run, started when the first test asks for it."""
    with running() as server:
        yield server


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """What the app of this test keeps its rows in."""
    return getattr(request, "param", request.config.getoption("database")) or ENGINES[0]


@pytest.fixture
def database_url(engine: str, settings: Settings, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with all tables and no rows; empty: the file in the data folder."""
    settings.data.mkdir(exist_ok=True)
    if engine == "postgresql":
        with request.getfixturevalue("postgres").fresh() as url:
            yield url
    else:
        shutil.copy(request.getfixturevalue("empty_database"), settings.data / "steward.db")
        yield ""


@pytest.fixture
def bare_url(engine: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without tables; empty: the data folder has no file yet."""
    if engine == "postgresql":
        with request.getfixturevalue("postgres").fresh("template1") as url:
            yield url
    else:
        yield ""


@pytest.fixture
def app(settings: Settings, database_url: str) -> Iterator[Flask]:
    app = create_app(replace(settings, database_url=database_url))
    app.testing = True
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def time(app: Flask) -> Iterator[Callable[[int | None], None]]:
    """The clock, stopped at `make.NOW`; call it to move it."""
    clock.set(make.NOW)
    yield clock.set
    clock.set(None)


@pytest.fixture
def town(app: Flask) -> make.Town:
    with writing() as session:
        return make.town(session)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of nobody in particular."""
    return app.test_client()


@pytest.fixture
def signed_in_as(app: Flask, town: make.Town) -> Callable[[Member | str], FlaskClient]:
    """A browser at the desk of a staff member, named by role or given."""

    def sign_in(who: Member | str) -> FlaskClient:
        member = town.by_role(who) if isinstance(who, str) else who
        session, cookie = open_session(member, clock.now())
        with writing() as rows:
            rows.add(session)
        browser = app.test_client()
        browser.set_cookie(COOKIE, cookie)
        return browser

    return sign_in


@pytest.fixture
def acting_as(app: Flask, town: make.Town) -> Callable[[str], FlaskClient]:
    """A browser whose requests are those of a role, however people of that role sign in."""

    def act(role: str) -> FlaskClient:
        actor = actor_of(town, role)
        app.before_request_funcs.setdefault(None, [])
        app.before_request_funcs[None] = [
            loader for loader in app.before_request_funcs[None] if loader.__name__ != "become"
        ]

        def become() -> None:
            g.actor = actor

        app.before_request_funcs[None].append(become)
        return app.test_client()

    return act


def actor_of(town: make.Town, role: str) -> Actor:
    """Who a role is in the town."""
    if role == "resident":
        return ANYBODY
    return actor_for(db.session(), town.by_role(role), clock.now())
