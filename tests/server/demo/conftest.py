"""The demo, made once for all tests that only look at it. Its photos are blank: drawing has
tests of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask

from server import clock, create_app
from server.database import db
from server.demo import making, pictures
from server.media.rules import Admitted
from server.settings import Settings
from tests import make


def blank(report: str, words: str, role: str) -> pictures.Picture:
    raw = f"{report} {words}".encode()
    wire = {"sha256": sha256(raw).hexdigest(), "bytes": len(raw), "type": "image/jpeg"}
    return pictures.Picture(wire | {"role": role}, Admitted(raw, raw, 1200, 900, "jpeg"))


def blanks(progress: object) -> dict[tuple[str, str], pictures.Picture]:
    return {
        (report, words): blank(report, words, role) for report, words, role in pictures.wanted()
    }


def tell_story(app: Flask, at: int) -> Iterator[Flask]:
    """The app, once its empty database tells the story as of `at`."""
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "take_pictures", blanks)
        clock.set(at)
        try:
            making.make_demo(lambda done, of, words: None)
        finally:
            clock.set(None)
        yield app
        db.session.remove()
        db.engine.dispose()


def made_in(folder: Path, empty_database: Path, at: int) -> Iterator[Flask]:
    """An app whose database tells the story as of `at`."""
    folder.mkdir()
    shutil.copy(empty_database, folder / "steward.db")
    yield from tell_story(create_app(Settings(data=folder, demo=True, secret="s" * 32)), at)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("demo") / "data"
    yield from made_in(folder, empty_database, make.NOW)


@pytest.fixture
def another(tmp_path: Path, empty_database: Path) -> Callable[[int], Iterator[Flask]]:
    """The demo once more, at another time of the clock."""
    return lambda at: made_in(tmp_path / "data", empty_database, at)
