"""A server whose photos lie in a folder or on an S3 that really listens."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from server.settings import Settings


@pytest.fixture
def settings(request, tmp_path, monkeypatch):
    """Photos in a folder, or, where a test asks for it with "s3", there."""
    chosen = Settings(data=tmp_path / "data")
    if getattr(request, "param", "folder") == "folder":
        return chosen
    for name, value in request.getfixturevalue("s3").items():
        monkeypatch.setenv(name, value)
    return replace(chosen, photos=f"s3://photos/{tmp_path.name}")


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
