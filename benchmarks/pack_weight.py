"""What a steward's pack weighs as it is sent: pages and rows, for every steward of the demo.

.venv/bin/python -m benchmarks.pack_weight
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import brotli
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from server import clock, create_app
from server.accounts.models import Member
from server.database import db, writing
from server.demo.making import make_demo
from server.devices.rules import invite
from server.permissions import Actor
from server.settings import Settings
from tests.conftest import Browser
from tests.phone import FakePhone

MOST = 1024 * 1024
BROTLI = {"Accept-Encoding": "br"}


def enrolled(app: Flask, member: Member) -> FakePhone:
    """A new phone of that steward."""
    by = Actor(member.id, "coordinator", member.community_id)
    with writing() as session:
        enrolment, digits, _token = invite(member, by=by, now=clock.now())
        session.add(enrolment)
    phone = FakePhone(app.test_client(), clock.now())
    answer = phone.enrols(digits)
    if answer.status_code != 201:
        raise RuntimeError(answer.text)
    return phone


def fetched(phone: FakePhone, path: str) -> TestResponse:
    answer = phone.sends("GET", path, headers=BROTLI)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.text}")
    return answer


def weights(phone: FakePhone) -> tuple[int, int, int]:
    """How many pages a new phone fetches, their bytes, and those of the rows of its places."""
    listed = phone.sends("GET", "/sync/v1/pack").get_json()["pages"]
    pages = sum(len(fetched(phone, page["url"]).data) for page in listed)
    rows = 0
    while True:
        answer = phone.pulls()
        rows += len(brotli.compress(answer.data))
        if not any(cold for _cursor, cold in phone.cursors.values()):
            return len(listed), pages, rows


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        app = create_app(Settings(data=Path(data), demo=True))
        app.test_client_class = Browser
        with app.app_context():
            db.create_all()
            make_demo(lambda *_: None)
            stewards = db.session.scalars(select(Member).where(Member.role == "steward")).all()
            db.session.rollback()
            found = [weights(enrolled(app, steward)) for steward in stewards]
    found.sort(key=lambda one: one[1] + one[2])
    for files, pages, rows in found:
        print(f"{files:3} pages {pages:7} bytes, rows {rows:7} bytes, pack {pages + rows:7} bytes")
    heaviest = found[-1][1] + found[-1][2]
    print(f"the heaviest of {len(found)} packs: {heaviest} bytes, at most {MOST}")
    raise SystemExit(heaviest > MOST)


if __name__ == "__main__":
    main()
