"""The list of reports, what is new in it, and writing one down for somebody."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, g, request
from sqlalchemy import select

from server import clock
from server.database import db
from server.desk import book, desk, desk_fragment, desk_page, waiting
from server.dossier import again, find, pane, stay, words_of
from server.exchange.intake import record
from server.exchange.schemas import MAX_PHOTOS
from server.media.store import take_photos
from server.pages import go
from server.permissions import permit
from server.places.models import Place
from server.queue.models import changed_since, filed_since, last_seq, lines, queue
from server.queue.rules import wanted
from server.refusals import sentence
from server.reports import bp
from server.words import gettext as _
from sync.receipt import Receipt, Verdict

MOST_WORDS = 2000
MOST_FORM_BYTES = 64 << 20  # photos as cameras make them, without script
ASKED = ("place", "category", "level", "words", "spot", "done", "source", "contact")


@bp.get("/reports")
@permit("report.read")
def index() -> Response:
    """The list, emergencies first, then what is due first; the filter stands in the address."""
    here, asked = desk(), wanted(request.args)
    listed = queue(db.session(), here.id, asked, here.community.zone)
    first = pane(listed.lines[0]) if listed.lines else {"line": None}
    return desk_page("reports/index.html", queue=listed, **{"wanted": asked} | first)


@bp.get("/f/reports/news")
@permit("report.read")
def news() -> Response:
    """Rows that came or changed after `since`, and the next question."""
    here, asked, since = desk(), wanted(request.args), _whole("since")
    session = db.session()
    seq = last_seq(session, here.id)
    fresh = set(session.scalars(filed_since(here.id, since))) if seq > since else set()
    rows = changed_since(here.id, since)
    changed = lines(session, rows, here.community.zone) if seq > since else []
    fitting = [line for line in changed if asked.fits(line.report)]
    arrived = [line for line in fitting if line.report.id in fresh]
    return desk_fragment(
        "reports/_news.html",
        seq=seq,
        wanted=asked,
        changed=[line for line in changed if line.report.id not in fresh],
        arrived=arrived,
        count=_whole("arrived") + len(arrived),
        waits=waiting(session, here.id, clock.now()),
    )


def _whole(name: str) -> int:
    said = request.args.get(name, "")
    return int(said[:15]) if said.isascii() and said.isdigit() else 0


@bp.get("/reports/new")
@permit("report.screen")
def new() -> Response:
    """Write down what somebody says at the station or on the telephone."""
    return _form({"id": str(uuid.uuid4()), "source": "desk", "level": "community"}, {})


def _form(typed: dict[str, Any], errors: dict[str, str], status: int = 200) -> Response:
    places = db.session.scalars(select(Place).where(Place.community_id == desk().id))
    return desk_page(
        "reports/new.html",
        status,
        typed=typed,
        errors=errors,
        places=sorted(places, key=lambda place: place.plate),
    )


@bp.post("/reports")
@permit("report.screen")
def create() -> Response:
    """The report comes into being the same way as from a phone."""
    request.max_content_length = MOST_FORM_BYTES
    typed = dict(request.form)
    errors = _errors(typed)
    photos, flaw = ([], "") if errors else _photos()
    if errors or flaw:
        return _form(typed, errors | ({"photo": flaw} if flaw else {}), 422)
    body: dict[str, Any] = {name: typed.get(name, "").strip() for name in ASKED}
    body["level"] = body["level"] or "community"
    body |= {"emergency": "emergency" in typed, "photos": photos}
    about = typed.get("id", "")[:36]
    receipt = record(by=g.actor, kind="report.filed@1", about=about, body=body)
    if receipt.verdict is Verdict.APPLIED or receipt.reason == "id_taken":
        return go(f"/reports/{about}")
    return _form(typed, _refused(receipt), 422)


@bp.post("/reports/<report_id>/addition")
@permit("report.screen")
def create_addition(report_id: str) -> Response:
    """More words or photos, from whoever stands at the desk or is on the telephone."""
    request.max_content_length = MOST_FORM_BYTES
    line, words = find(report_id), request.form.get("words", "").strip()
    photos, flaw = _photos()
    if len(words) > MOST_WORDS:
        flaw = sentence("words_too_long", n=len(words), max=MOST_WORDS)
    if not flaw and not words and not photos:
        flaw = sentence("words_missing")
    if flaw:
        errors, typed = {"addition": flaw}, dict(request.form)
        return again(line, opened="add", errors=errors, typed=typed)
    body = {"words": words, "photos": photos}
    receipt = record(by=g.actor, kind="report.added_to@1", about=report_id, body=body)
    if receipt.verdict is not Verdict.APPLIED:
        errors, typed = {"addition": words_of(receipt)}, dict(request.form)
        return again(line, opened="add", errors=errors, typed=typed)
    return stay(find(report_id), did=_("Added."))


def _photos() -> tuple[list[dict[str, Any]], str]:
    """The photos of the form, brought in; or why that cannot be, in words."""
    files = [file.stream for file in request.files.getlist("photo") if file.filename]
    if len(files) > MAX_PHOTOS:
        return [], sentence("photo_too_many", max=MAX_PHOTOS)
    taken, left_out = take_photos(desk().id, files, clock.now())
    for position, no in left_out:
        return [], _("Photo {n}: {words}", n=position, words=sentence(no.reason, **no.details))
    return list({photo["sha256"]: photo for photo in taken}.values()), ""


def _errors(typed: dict[str, str]) -> dict[str, str]:
    """What is missing, each beside its field with what to do."""
    found: dict[str, str] = {}
    if typed.get("place") not in book().places:
        found["place"] = _("Choose a place from the list.")
    if typed.get("category") not in book().categories:
        found["category"] = _("Choose a category.")
    if not typed.get("words", "").strip():
        found["words"] = _("Write what was said, in the person's own words.")
    return found


def _refused(receipt: Receipt) -> dict[str, str]:
    field = {"done_missing": "done", "words_missing": "words"}.get(receipt.reason, "")
    name = field or str(receipt.details.get("field", "words"))
    return {name if name in ASKED else "words": sentence(receipt.reason, **receipt.details)}
