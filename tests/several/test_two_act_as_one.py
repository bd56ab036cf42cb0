"""Two servers with one database act as one, whichever of them a request comes to."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from server import clock
from server.accounts.models import SignInTries, StaffSession
from server.accounts.rules import SESSION_MS
from server.database import db, writing
from server.media.intake import PART_BYTES
from server.media.models import Photo
from server.reports.models import Report
from server.work import sweep
from tests import make
from tests.server.media import corpus
from tests.torture.wire import Wire

OURS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
WRONG, AT_ONCE = "sparrows in spring", 12


@pytest.fixture
def wires(installation):
    """A way to each server, past nginx."""
    return [Wire(server.port) for server in installation.servers]


@pytest.fixture
def told(installation):
    """What stands in the database, asked from outside."""
    with installation.app.app_context():
        yield lambda statement: db.session.scalar(statement)
        db.session.remove()


def signs_in(wire, name, password=make.PASSWORD):
    form = urlencode({"name": name, "password": password}).encode()
    return wire.open("/session", "POST", form, OURS)


def test_who_signed_in_at_one_goes_on_at_the_other_and_is_out_at_both(installation, wires):
    first, second = wires
    cookie = signs_in(first, installation.town.coordinator.name).headers["Set-Cookie"]
    mine = OURS | {"Cookie": cookie.split(";")[0]}

    assert second.open("/reports", headers=mine).status_code == 200
    assert second.open("/session/end", "POST", b"", mine).status_code == 303
    assert first.open("/reports", headers=mine).status_code != 200


def test_wrong_passwords_are_counted_across_servers_even_at_the_same_moment(installation, wires):
    name = installation.town.committee_member.name

    def guess(k):
        return signs_in(wires[k % 2], name, WRONG).status_code

    with ThreadPoolExecutor(AT_ONCE) as guessers:
        codes = list(guessers.map(guess, range(AT_ONCE)))

    assert set(codes) == {422, 429}
    assert codes.count(422) <= 5, "three are looked at, then one more after a second, and so on"


def test_a_repeat_at_the_other_server_is_a_repeat(installation, wires, told):
    phone = installation.phone(installation.servers[0].port)
    about = phone.files_report(installation.town.lane.id)
    phone.pushes(losing_the_answer=True)

    phone.client = wires[1]
    answer = phone.pushes()

    assert (answer.status_code, answer.json["acked"]) == (200, 1)
    assert told(select(func.count()).select_from(Report).where(Report.id == about)) == 1
    assert phone.pulls().status_code == 200
    assert phone.sees(about)["words"] == "桶满了"


def test_a_photo_in_parts_finds_its_way_through_nginx_and_is_seen_at_both(
    installation, wires, told
):
    raw = corpus.encoded(corpus.noise(1400, 1000), "JPEG", quality=97)
    name = sha256(raw).hexdigest()
    said = {"sha256": name, "bytes": len(raw), "type": "image/jpeg"}
    phone = installation.phone()
    phone.files_report(installation.town.lane.id, photos=[said])
    assert phone.pushes().status_code == 200
    phone.sends("POST", "/sync/v1/photos", json.dumps(said | {"v": 1}).encode())

    for at in range(0, len(raw), PART_BYTES):
        where = {"Upload-Offset": str(at)}
        part = raw[at : at + PART_BYTES]
        answer = phone.sends("PATCH", f"/sync/v1/photos/{name}", part, where)

    assert len(raw) > 2 * PART_BYTES
    assert (answer.status_code, answer.json["state"]) == (200, "stored")
    assert told(select(Photo.state).where(Photo.sha256 == name)) == "stored"
    address = f"/media/{phone.community}/{name}.jpg"
    for wire in wires:
        phone.client = wire
        assert phone.sends("GET", address).data.startswith(b"\xff\xd8")


def test_a_sweep_run_by_several_workers_at_once_does_things_once(installation, told):
    now, town = clock.now(), installation.town
    with writing() as session:
        for k in range(200):
            old = now - SESSION_MS - 1
            session.add(SignInTries(key=f"old{k}", count=1, last_at=old))
            session.add(
                StaffSession(
                    community_id=town.community.id,
                    token_hash=f"old{k}",
                    member_id=town.coordinator.id,
                    created_at=old,
                    last_used_at=old,
                )
            )

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(sweep, [installation.app] * 4))

    assert told(select(func.count()).where(SignInTries.key.like("old%"))) == 0
    assert told(select(func.count()).where(StaffSession.token_hash.like("old%"))) == 0


def test_the_workers_of_both_servers_sweep_side_by_side(installation, told):
    with writing() as session:
        session.add(SignInTries(key="long ago", count=1, last_at=0))
    workers = [server.spawn("worker") for server in installation.servers]

    end = time.monotonic() + 30
    while told(select(func.count()).where(SignInTries.key == "long ago")):
        db.session.rollback()
        assert time.monotonic() < end, "no worker has swept"
        time.sleep(0.1)

    assert [worker.poll() for worker in workers] == [None, None]
    for worker in workers:
        worker.terminate()
        worker.wait(10)
