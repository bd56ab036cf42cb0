"""A code for one phone of one steward, and whether the phone has come."""

from __future__ import annotations

import segno
from flask import Response, current_app, g, request
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from server import clock
from server.accounts.models import Member
from server.database import db, writing
from server.desk import desk, desk_fragment, desk_page
from server.devices import rules
from server.devices.models import Device, Enrolment
from server.enrolments import bp
from server.pages import is_fragment
from server.permissions import permit


@bp.post("/enrolments")
@permit("enrolment.create")
def create() -> Response:
    """A code, shown once: only its hash is kept."""
    member = db.session.get(Member, (desk().id, request.form.get("member", "")[:36]))
    if member is None:
        raise NotFound
    with writing() as session:
        enrolment, digits, token = rules.invite(member, by=g.actor, now=clock.now())
        session.add(enrolment)
    base = current_app.config["SETTINGS"].public_url or request.host_url.rstrip("/")
    values = {
        "member": member,
        "digits": digits,
        "link": f"{base}/app/start#{token}",
        "qr": _picture(f"{base}/app/start#{token}"),
        "enrolment": enrolment,
        "device": None,
    }
    if is_fragment():
        return desk_fragment("devices/_code.html", 201, **values)
    return desk_page("devices/enrolment.html", 201, **values)


def _picture(link: str) -> Markup:
    """The link as a QR that stays black on white in the dark."""
    drawn = segno.make(link, error="m").svg_inline(
        scale=6, border=2, omitsize=True, light="#fff", svgclass="slip__qr"
    )
    return Markup(drawn)  # noqa: S704 - drawn by us, from our own address


@bp.get("/f/enrolments/<enrolment_id>")
@permit("enrolment.create")
def show_state(enrolment_id: str) -> Response:
    """Has the phone come? Asked every few seconds while the code is on the screen."""
    enrolment = db.session.get(Enrolment, (desk().id, enrolment_id))
    if enrolment is None:
        raise NotFound
    device = (
        db.session.get(Device, (enrolment.community_id, enrolment.device_id))
        if enrolment.device_id
        else None
    )
    return desk_fragment("devices/_enrolment_state.html", enrolment=enrolment, device=device)
