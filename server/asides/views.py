"""What was set aside, phone by phone: recorded after all, or left out with a reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Response, g, request
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from server.accounts.models import Member
from server.archiving import body_of
from server.asides import bp
from server.asides.models import MOST, SET_ASIDE, looked_at, photo_states, set_aside
from server.database import db
from server.desk import desk, desk_page
from server.devices.models import Device
from server.exchange.intake import discard, release
from server.exchange.models import ChangeRow
from server.pages import go
from server.permissions import permit
from server.refusals import sentence
from server.stories.models import Told, changes_in
from server.words import gettext as _
from sync.receipt import Refused


@bp.get("/parked")
@permit("parked.read")
def parked() -> Response:
    """What was set aside, phone by phone, with what it would have said."""
    return _parked()


def _parked(status: int = 200, **typed: Any) -> Response:
    here, session = desk(), db.session()
    waiting = changes_in(session, set_aside(here.id).limit(200))
    past = changes_in(session, looked_at(here.id).limit(MOST))
    hashes = [photo["sha256"] for told in waiting for photo in photos_in(told)]
    devices = session.scalars(
        select(Device).where(
            Device.community_id == here.id,
            Device.id.in_({told.stamp.device for told in (*waiting, *past)}),
        )
    )
    names = session.scalars(
        select(Member).where(
            Member.community_id == here.id,
            Member.id.in_({told.looked_by for told in past if told.looked_by}),
        )
    )
    return desk_page(
        "asides/index.html",
        status,
        groups=[
            (device, list(found))
            for device, found in groupby(waiting, key=lambda told: told.stamp.device)
        ],
        past=past,
        reasons=_discards(past),
        devices={device.id: device for device in devices},
        people={member.id: member.name for member in names},
        photos=photo_states(session, here.id, hashes),
        photos_in=photos_in,
        **{"notice": _did(), "refused": ("", 0), "error": ""} | typed,
    )


def photos_in(told: Told) -> list[dict[str, Any]]:
    """The photos a change names; whatever else stands there is not looked at."""
    found = told.body.get("photos", [])
    named = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [one for one in named if isinstance(one.get("sha256"), str)]


def _discards(past: Sequence[Told]) -> dict[tuple[str, int], str]:
    """Why changes were left out, by device and number."""
    rows = db.session.scalars(
        select(ChangeRow).where(
            ChangeRow.community_id == desk().id,
            ChangeRow.kind == "change.discarded@1",
            ChangeRow.about.in_({told.stamp.device for told in past}),
        )
    )
    bodies = [(row.about, json.loads(body_of(db.session(), row))["b"]) for row in rows]
    return {(about, body["n"]): body.get("reason", "") for about, body in bodies}


@bp.post("/parked/<device_id>/release")
@permit("parked.decide")
def create_release(device_id: str) -> Response:
    """Record one change of a phone, or all that wait, in the order they were written."""
    only = request.form.get("n", "")
    rows = set_aside(desk().id).where(ChangeRow.device_id == device_id)
    numbers = [_number(only)] if only else [row.n for row in db.session.scalars(rows)]
    if not any(numbers):
        raise NotFound
    try:
        receipts = [release(g.actor, device_id, n) for n in numbers]
    except Refused as no:
        return _parked(422, notice=sentence(no.reason, **no.details))
    still = any(receipt.verdict.value in SET_ASIDE for receipt in receipts)
    return go(f"/parked?did={'still' if still else 'released'}")


@bp.post("/parked/<device_id>/discard")
@permit("parked.decide")
def create_discard(device_id: str) -> Response:
    """Leave a change out, with a reason. It stays in custody."""
    n, reason = _number(request.form.get("n", "")), request.form.get("reason", "").strip()[:500]
    if not reason:
        return _parked(422, refused=(device_id, n), error=sentence("reason_missing"))
    try:
        discard(g.actor, device_id, n, reason)
    except Refused as no:
        return _parked(422, notice=sentence(no.reason, **no.details))
    return go("/parked?did=discarded")


def _did() -> str:
    """The word about what was just done, after the page was sent on."""
    said = {
        "released": _("Recorded, as its author's and at its own time."),
        "still": _("It still cannot be recorded and stays here; the reason is below."),
        "discarded": _("Left out. It is kept, and who left it out is known."),
    }
    return said.get(request.args.get("did", ""), "")


def _number(said: str) -> int:
    """A change's number as a form says it; 0 where it is none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0
