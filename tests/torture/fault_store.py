"""Photos go to a store that fails: a row that says stored always has its two files."""

from __future__ import annotations

import threading
from collections import Counter
from hashlib import sha256

import obstore
import pytest
from obstore.store import S3Store
from sqlalchemy import select

from server import clock
from server.database import db, is_busy
from server.media import intake
from server.media.intake import Upload, append, promise
from server.media.models import Photo
from server.media.rules import Admitted
from server.media.store import object_name
from server.settings import Settings
from tests import make
from tests.server.media.conftest import s3  # noqa: F401 - a fixture
from tests.torture.bad_store import BadStore
from tests.torture.tally import Found

UPLOADS, LINES = 2000, 8
TRIES = 12


@pytest.fixture
def bad_store(request, seed, monkeypatch):
    """Between us and the S3; the environment leads through it."""
    environ = request.getfixturevalue("s3")
    made = BadStore(environ["AWS_ENDPOINT"], seed)
    for name, value in {**environ, "AWS_ENDPOINT": made.address}.items():
        monkeypatch.setenv(name, value)
    yield made
    made.close()


@pytest.fixture
def settings(tmp_path, bad_store):
    return Settings(data=tmp_path / "data", photos=f"s3://photos/{tmp_path.name}")


@pytest.fixture
def unopened(monkeypatch):
    """Redrawing costs a process per photo and is tried elsewhere; here every picture is fit."""
    monkeypatch.setattr(
        intake, "admit", lambda raw: Admitted(b"full " + raw, b"thumb " + raw, 4, 3, "image/jpeg")
    )


def sends(app, community, device, raws, codes):
    """One phone's photos, each until it is stored; whoever is told to come again does."""
    with app.app_context():
        for raw in raws:
            upload = Upload(community, device, sha256(raw).hexdigest())
            for _ in range(TRIES):
                try:
                    if promise(upload, len(raw), "image/jpeg", clock.now()).state == "stored":
                        codes["stored"] += 1
                        break
                    if append(upload, 0, raw, clock.now()).state == "stored":
                        codes["stored"] += 1
                        break
                except OSError as fault:
                    if not is_busy(fault):
                        raise
                    codes["again"] += 1
                finally:
                    db.session.rollback()


def test_a_store_that_fails_leaves_no_row_without_its_file(
    app, town, bad_store, unopened, chance, tell, times
):
    uploads = times(UPLOADS)
    raws = [chance.randbytes(400) for _ in range(uploads)]
    codes: Counter[str] = Counter()
    lines = [
        threading.Thread(
            target=sends,
            args=(app, town.community.id, make.id_of(f"phone {n}"), raws[n::LINES], codes),
        )
        for n in range(LINES)
    ]
    for line in lines:
        line.start()
    for line in lines:
        line.join()

    stored = db.session.scalars(select(Photo).where(Photo.state == "stored")).all()
    there = bucket(app.config["SETTINGS"], bad_store)
    found = Found(
        lost=uploads - codes["stored"],
        doubled=len(stored) - len({photo.sha256 for photo in stored}),
        half=sum(
            object_name(photo.community_id, photo.stored_sha256, thumb) not in there
            for photo in stored
            for thumb in (False, True)
        ),
        torn=sum(
            sha256(raw).hexdigest() not in path
            for path, raw in there.items()
            if not path.endswith(".thumb.jpg")
        ),
    )
    told = bad_store.told
    tell(
        "F15 photos to a failing store",
        uploads,
        found,
        f"{told['fails']} x 500, {told['hangs']} cut off, {told['lies']} done but said failed; "
        f"{codes['again']} times told to come again, no row without its file",
    )


def bucket(settings, bad_store):
    """What really lies there, by its name."""
    behind = S3Store.from_url(
        settings.photos,
        endpoint=f"http://{bad_store.behind}",
        client_options={"allow_http": True},
    )
    return {
        meta["path"]: obstore.get(behind, meta["path"]).bytes().to_bytes()
        for page in obstore.list(behind)
        for meta in page
    }
