"""/health says how each part is, in plain words, and names nobody."""

from __future__ import annotations

import shutil

import pytest

from server import clock
from server.database import db
from server.work import sweep

PARTS = {"database", "migrations", "queue", "disk", "sweep", "journal", "backup", "restore"}


def test_every_part_says_how_it_is(app, client, time):
    said = client.get("/health")

    assert said.status_code == 200
    assert set(said.json["parts"]) == PARTS
    assert all(
        part["state"] in ("ok", "late", "failed", "off") for part in said.json["parts"].values()
    )
    assert said.json["parts"]["backup"] == {"state": "off"}
    assert 0 < said.json["parts"]["disk"]["free"] <= 1


def test_the_sweep_leaves_word_and_its_silence_is_seen(app, client, time):
    assert client.get("/health").json["parts"]["sweep"]["state"] == "late"

    sweep(app)
    db.session.rollback()
    assert client.get("/health").json["parts"]["sweep"] == {"state": "ok", "age_s": 0}
    time(clock.now() + 10 * 60_000)

    part = client.get("/health").json["parts"]["sweep"]
    assert (part["state"], part["age_s"]) == ("late", 600)
    assert "worker" in part["words"]


@pytest.mark.parametrize(("free", "status"), [(100 * 2**20, 200), (4096, 503)])
def test_a_full_disk_sends_people_elsewhere(client, monkeypatch, free, status):
    usage = type(shutil.disk_usage("/"))(2**30, 2**30 - free, free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    answer = client.get("/health")

    assert answer.status_code == status
    assert (answer.headers.get("Retry-After") == "5") is (status == 503)
