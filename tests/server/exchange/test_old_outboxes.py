"""What phones of any release still have on them is taken, and comes to what it would have come to.

`tests/sync/outboxes/<release>/` is kept for ever: `lines.json` is what its phones froze,
`verdicts.json` what its own server made of it.
"""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields
from sqlalchemy import func, select

from server.database import db, writing
from server.devices.models import Device
from server.exchange.journal import SqlJournal
from server.exchange.kinds import KINDS
from server.exchange.models import ChangeRow
from sync.change import NO_CHAIN, link
from sync.kind import Kind
from sync.reconcile import settle
from sync.wire import read_push
from tests.phone import FakePhone

ROOT = Path(__file__).parents[3]
OUTBOXES = ROOT / "tests" / "sync" / "outboxes"
RELEASES = sorted(path.name for path in OUTBOXES.iterdir() if path.is_dir())
TAKEN = ("applied", "superseded", "conflict")


def outbox(release: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((OUTBOXES / release / "lines.json").read_text())
    return found


def verdicts(release: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((OUTBOXES / release / "verdicts.json").read_text())
    return found


@pytest.fixture
def old_phones(town, client):
    """The phones of a release, known to the server under the names they had."""

    def made(told: dict[str, Any]) -> dict[str, FakePhone]:
        assert told["community"] == town.community.id
        return {who: _enrolled(town, client, who, told) for who in told["phones"]}

    return made


def _enrolled(town: Any, client: Any, who: str, told: dict[str, Any]) -> FakePhone:
    old = told["phones"][who]
    phone = FakePhone(client, wall=0)
    phone.community, phone.device = town.community.id, old["device"]
    phone.lines = [line.encode() for line in old["lines"]]
    with writing() as session:
        session.add(
            Device(
                community_id=phone.community,
                id=phone.device,
                kind="phone",
                member_id=town.by_role(who).id,
                key=phone.public_key,
                enrolled_at=told["now"],
                anchor_segment=old["start"]["segment"],
                anchor_wall=old["start"]["wall"],
                anchor_server=told["now"],
            )
        )
    return phone


def replayed(told: dict[str, Any], phones: dict[str, FakePhone], time: Any) -> dict[str, list[str]]:
    """Every push of the story, each sent twice; the verdicts of every phone's changes in order."""
    found: dict[str, dict[int, str]] = {who: {} for who in phones}
    for push in told["pushes"]:
        phone = phones[push["phone"]]
        time(push["at"])
        phone.segment, phone.wall = push["clock"]["segment"], push["clock"]["wall"]
        first = phone.acked + 1
        body = phone.push_body(first, push["upto"])
        receipts, again = (judged(phone, body, push) for _ in range(2))
        assert receipts == again
        phone.acked = push["upto"]
        found[push["phone"]] |= dict.fromkeys(range(first, phone.acked + 1), "applied")
        found[push["phone"]] |= {r["n"]: said(r) for r in receipts}
    return {who: [by_n[n] for n in sorted(by_n)] for who, by_n in found.items()}


def judged(phone: FakePhone, body: bytes, push: dict[str, Any]) -> list[dict[str, Any]]:
    """A steward's come through the door; a coordinator has no phone, but kinds of their own."""
    if push["phone"] == "coordinator":
        journal = SqlJournal(phone.community)
        outcome = settle(read_push(body), journal, KINDS, push["at"])
        assert outcome.acked == push["upto"]
        return [r.as_wire() for r in outcome.receipts if not r.is_plain]
    answer = phone.sends("POST", "/sync/v1/push", body)
    told: dict[str, Any] = answer.get_json()
    assert (answer.status_code, told["acked"]) == (200, push["upto"])
    receipts: list[dict[str, Any]] = told["receipts"]
    return receipts


def said(receipt: dict[str, Any]) -> str:
    """A verdict with its reason, as the file has it."""
    return f"{receipt['verdict']} {receipt.get('reason', '')}".strip()


@pytest.mark.parametrize("release", RELEASES)
def test_an_old_outbox_comes_to_what_its_own_release_made_of_it(release, old_phones, time):
    told = outbox(release)

    found = replayed(told, old_phones(told), time)

    assert found == verdicts(release)
    kept = db.session.scalar(select(func.count()).select_from(ChangeRow))
    assert kept == sum(len(old["lines"]) for old in told["phones"].values())


@pytest.mark.parametrize("release", RELEASES)
def test_its_lines_are_chained_and_nothing_in_it_was_refused(release):
    told, made_of_it = outbox(release), verdicts(release)

    for who, old in told["phones"].items():
        chain = NO_CHAIN
        for line in old["lines"]:
            chain = link(chain, line.encode())
        assert chain.hex() == old["chain"]
        assert not [verdict for verdict in made_of_it[who] if verdict.startswith("rejected")]


def lines() -> Iterator[tuple[dict[str, Any], str]]:
    """Every line of every release, with its verdict."""
    for release in RELEASES:
        made_of_it = verdicts(release)
        for who, old in outbox(release)["phones"].items():
            read = (json.loads(line) for line in old["lines"])
            yield from zip(read, made_of_it[who], strict=True)


def field_names(schema: Schema) -> Iterator[str]:
    """What a body may hold; what lies within a field, too."""
    for name, field in schema.load_fields.items():
        yield name
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from (f"{name}.{within}" for within in field_names(inner.schema))


def names_in(body: dict[str, Any]) -> Iterator[str]:
    for name, value in body.items():
        yield name
        for part in value if isinstance(value, list) else ():
            if isinstance(part, dict):
                yield from (f"{name}.{within}" for within in part)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_and_field_has_a_line_that_took_effect(kind: Kind):
    schema = inspect.getclosurevars(kind.shape).nonlocals["reader"]

    taken = [line for line, verdict in lines() if verdict.split()[0] in TAKEN]
    shown = {name for line in taken if line["k"] == kind.name for name in names_in(line["b"])}

    assert any(line["k"] == kind.name for line in taken)
    assert set(field_names(schema)) - shown == set()


def test_the_outbox_of_this_release_is_what_its_phones_write():
    release = re.search(r'APP = "(.*)"', (ROOT / "sync/phone/version.js").read_text())
    assert release

    done = subprocess.run(
        [
            Path(sys.executable).with_name("node"),
            "--no-warnings",
            *("--import", "./tests/web/resolve.mjs", "tests/sync/outboxes/write.mjs"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert json.loads(done.stdout) == outbox(release[1])
