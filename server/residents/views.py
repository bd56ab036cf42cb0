"""Telling us what is wrong in a lane. Whole without script."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import Any

from flask import Response, current_app, g, jsonify, make_response, redirect, request
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from server import clock
from server.cases.rules import due_after
from server.database import db, is_busy
from server.pages import BUSY_S, for_everybody, page
from server.permissions import permit
from server.places.models import Community, Place
from server.queue.rules import ACCEPT_AMOUNT, ACCEPT_UNIT
from server.receipts.rules import left_out_said
from server.refusals import sentence
from server.reports.models import Category
from server.residents import bp, rules
from server.residents.intake import Concern, Door, Filed, take, urgent_words
from server.residents.schemas import FIELDS, typed
from sync.receipt import Refused

# Three photos as cameras make them; a browser without script sends them as they are.
MOST_FORM_BYTES = 64 << 20
STATUS = {"too_many_here": 429, "busy": 503}


@bp.get("/l/<plate>")
@permit("concern.create")
def new(plate: str) -> Response:
    """The form of one lane. The address on the plate may be typed as one likes."""
    place = _place(plate)
    if place is None:
        return _unknown(plate)
    if plate != place.plate:
        return redirect(f"/l/{place.plate}")  # type: ignore[return-value]
    concern = Concern(place, dict.fromkeys(FIELDS, ""))
    _name(concern)
    return for_everybody(_page(concern))


@bp.post("/l/<plate>")
@permit("concern.create")
def create(plate: str) -> Response:
    """Take a concern: its receipt, or the form again with everything that was typed."""
    request.max_content_length = MOST_FORM_BYTES
    place = _place(plate)
    if place is None:
        return _unknown(plate)
    concern = Concern(place, typed(request.form))
    files = [file.stream for file in request.files.getlist("photo") if file.filename]
    kept = request.form.getlist("kept")
    try:
        filed = take(concern, files, kept, _door(), asks=not _is_script())
    except Refused as no:
        return _again(concern, no)
    except (DBAPIError, OSError) as error:
        if not is_busy(error):
            raise
        db.session.rollback()
        return _again(concern, Refused("busy", seconds=BUSY_S))
    return _receipt(concern, filed) if filed else _again(concern)


def _place(plate: str) -> Place | None:
    place = db.session.scalars(Place.with_plate(plate)).first()
    if place is not None:
        g.zone = place.community.zone
    return place


def _unknown(plate: str) -> Response:
    if _is_script():
        words = sentence("place_unknown", plate=plate[:20])
        return make_response(jsonify(error="place_unknown", field="", words=words), 404)
    communities = db.session.execute(Community.with_counts()).all()
    return page("places/index.html", 404, communities=communities, unknown=plate[:20])


def _key() -> bytes:
    key: bytes = current_app.config["SETTINGS"].key
    return key


def _door() -> Door:
    return Door(_key(), rules.address_block(request.remote_addr or ""), clock.now())


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _receipt(concern: Concern, filed: Filed) -> Response:
    said = left_out_said(concern.left_out)
    url = f"/r/{filed.code}?left_out={said}" if said else f"/r/{filed.code}"
    if not _is_script():
        return redirect(url, 303)  # type: ignore[return-value]
    left_out = [
        {"photo": n, "words": sentence(no.reason, **no.details)} for n, no in concern.left_out
    ]
    body = {"number": filed.number, "code": filed.code, "url": url, "left_out": left_out}
    return make_response(jsonify(body), 201)


def _again(concern: Concern, no: Refused | None = None) -> Response:
    """Asked again, with everything kept. An emergency is not refused: the numbers come first."""
    _name(concern, anew=no is not None and no.reason == "id_taken")
    status = STATUS.get(no.reason, 422) if no else 422 if concern.faults else 200
    answer = _for_script(concern, no, status) if _is_script() else _page(concern, no, status)
    if no is not None and status in (429, 503):
        wait = int(no.details.get("minutes", 0)) * 60 or int(no.details.get("seconds", 0))
        answer.headers["Retry-After"] = str(wait)
    return answer


def _name(concern: Concern, *, anew: bool = False) -> None:
    """Fresh names and a fresh moment where the form has none that hold."""
    said, now = concern.said, clock.now()
    if anew or not concern.is_named or not said["id"]:
        said |= {"id": new_id(now), "token": secrets.token_urlsafe(18)}
    if rules.read_moment(_key(), said["opened"]) is None:
        said["opened"] = rules.sign_moment(_key(), now)


def new_id(now: int) -> str:
    """A UUIDv7, for the forms of those who have no script to make one."""
    high = now << 16 | 7 << 12 | secrets.randbits(12)
    return str(uuid.UUID(int=high << 64 | 2 << 62 | secrets.randbits(62)))


def _for_script(concern: Concern, no: Refused | None, status: int) -> Response:
    faults = {name: sentence(why.reason, **why.details) for name, why in concern.faults.items()}
    field = next(iter(faults), "")
    error = no.reason if no else concern.faults[field].reason
    words = sentence(no.reason, **no.details) if no else faults[field]
    opened = concern.said["opened"]
    body = {"error": error, "field": field, "words": words, "faults": faults, "opened": opened}
    return make_response(jsonify(body), status)


def _page(concern: Concern, no: Refused | None = None, status: int = 200) -> Response:
    place, said = concern.place, concern.said
    first, more = rules.shown_first(_categories(place))
    urgent = urgent_words(place)
    chosen = next((c for c in (*first, *more) if c.key == said["category"]), None)
    return page(
        "residents/new.html",
        status,
        place=place,
        community_name=place.community.name,
        said=said,
        first=first,
        more=more,
        chosen=chosen,
        kept=[rules.sign_photo(_key(), said["id"], photo) for photo in concern.photos],
        left_out=concern.left_out,
        why={name: sentence(why.reason, **why.details) for name, why in concern.faults.items()},
        refusal=no,
        calls=concern.calls,
        is_gas=rules.smells_of_gas(said["words"], chosen, urgent),
        urgent=json.dumps(_urgent_by_call(urgent), ensure_ascii=False),
        read_by=due_after(clock.now(), ACCEPT_AMOUNT, ACCEPT_UNIT, place.community.zone),
        sentence=sentence,
    )


def _categories(place: Place) -> list[Category]:
    mine = select(Category).where(Category.community_id == place.community_id)
    return list(db.session.scalars(mine))


def _urgent_by_call(urgent: Any) -> dict[str, list[str]]:
    """What a script looks for in the words, by the number to ring; gas apart."""
    found: dict[str, list[str]] = {}
    for word in urgent:
        found.setdefault("gas" if word.category == "gas_smell" else word.call, []).append(word.zh)
    return found
