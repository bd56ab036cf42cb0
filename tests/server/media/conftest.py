"""A server with one community, its photos in a folder or on an S3 that really listens."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from server import create_app
from server.database import db, writing
from server.places.models import Community, Subdistrict
from server.settings import Settings
from tests.server.media.corpus import COMMUNITY

SUBDISTRICT = "0c5bd7a1-6b0a-4a3e-8f0e-000000000001"


@pytest.fixture(params=["folder", "s3"])
def anywhere(request, tmp_path, monkeypatch):
    """The app, once for each kind of store."""
    photos = ""
    if request.param == "s3":
        for name, value in request.getfixturevalue("s3").items():
            monkeypatch.setenv(name, value)
        photos = f"s3://photos/{tmp_path.name}"
    yield from serving(Settings(data=tmp_path, photos=photos))


@pytest.fixture
def app(tmp_path):
    yield from serving(Settings(data=tmp_path))


def serving(settings):
    app = create_app(settings)
    with app.app_context():
        db.metadata.create_all(db.engine)
        with writing() as session:
            session.add(
                Subdistrict(id=SUBDISTRICT, name="杏坞街道", latin_name="", city="", phone="")
            )
            session.flush()
            session.add(
                Community(
                    id=COMMUNITY,
                    subdistrict_id=SUBDISTRICT,
                    name="桂井社区",
                    latin_name="Guijing",
                    zone="Asia/Shanghai",
                    plate_prefix="GJ",
                    phone="",
                )
            )
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def s3():
    """A server that speaks S3, for as long as the tests run; the environment that leads to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [Path(sys.executable).with_name("moto_server"), "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        address = f"http://127.0.0.1:{port}"
        request = urllib.request.Request(f"{address}/photos", method="PUT")  # noqa: S310 - ours
        urllib.request.urlopen(request).close()  # noqa: S310
        yield {
            "AWS_ENDPOINT": address,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "steward",
            "AWS_SECRET_ACCESS_KEY": "of no use elsewhere",
        }
    finally:
        server.kill()
        server.wait()


def wait_for(port):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("moto_server did not start")
