"""The receipt, and what its holder may do: see what became of it, add, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from flask import Response, current_app, g, redirect, request
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from server import clock
from server.cases.models import Case
from server.cases.rules import due_after, public_status
from server.database import db
from server.headers import picture
from server.media.models import Photo
from server.media.store import jpeg, take_photos
from server.pages import page
from server.permissions import permit
from server.places.models import Community, Place
from server.queue.rules import ACCEPT_AMOUNT, ACCEPT_UNIT
from server.receipts import bp, models, rules
from server.receipts.intake import acknowledge, add, count_guess, wait_for, withdraw
from server.receipts.models import ReceiptCode, Told
from server.refusals import sentence
from server.reports.models import Category, Report
from server.residents.rules import address_block, counter_key, plain
from sync.receipt import Refused

MOST_FORM_BYTES = 64 << 20
MOST_REASON = 200


def with_receipt(view: Callable[..., Response]) -> Callable[..., Response]:
    """Open the receipt of the code in the address; who guesses is slowed, right or wrong."""

    @wraps(view)
    def opened(code: str, **rest: str) -> Response:
        if wait := wait_for(_guess_key(), clock.now()):
            answer = _finder(429, refusal=sentence("code_slow", minutes=-(-wait // 60_000)))
            answer.headers["Retry-After"] = str(-(-wait // 1000))
            return answer
        code = rules.read_code(code)
        receipt = db.session.scalars(ReceiptCode.opened_by(rules.code_hash(code))).first()
        if receipt is None:
            if code:  # What cannot be a code is a slip of the finger, not a guess.
                count_guess(_guess_key(), clock.now())
            return _finder(404, typed=code, refusal=sentence("code_wrong"))
        community = db.session.get_one(Community, receipt.community_id)
        g.zone = community.zone
        answer = view(receipt, code, **rest)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    return opened


def _guess_key() -> str:
    block = address_block(request.remote_addr or "")
    return counter_key(current_app.config["SETTINGS"].key, "code", block)


@bp.get("/r")
@permit("concern.read")
def new() -> Response:
    """Where a code is typed."""
    return _finder()


@bp.post("/r")
@permit("concern.read")
def create() -> Response:
    """From a typed code to its page; whether it opens one is said there."""
    typed = request.form.get("code", "")[:80]
    code = rules.read_code(typed)
    if not code:
        return _finder(404, typed=typed, refusal=sentence("code_wrong"))
    return _to(code)


def _finder(status: int = 200, **values: Any) -> Response:
    communities = [community for community, _n in db.session.execute(Community.with_counts())]
    answer = page("receipts/new.html", status, communities=communities, **values)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _to(code: str, left_out: str = "", part: str = "") -> Response:
    said = f"?left_out={left_out}" if left_out else ""
    return redirect(f"/r/{code}{said}{part}", 303)  # type: ignore[return-value]


@bp.get("/r/<code>")
@permit("concern.read")
@with_receipt
def show(receipt: ReceiptCode, code: str) -> Response:
    """The receipt until its holder has kept it, then the progress."""
    if request.path != f"/r/{code}":
        return _to(code)
    return _progress(receipt, code) if receipt.acknowledged_at else _slip(receipt, code)


@bp.post("/r/<code>/acknowledgement")
@permit("concern.change")
@with_receipt
def create_acknowledgement(receipt: ReceiptCode, code: str) -> Response:
    """The code is kept; from now on the same address shows the progress."""
    acknowledge(receipt, clock.now())
    return _to(code)


@bp.post("/r/<code>/additions")
@permit("concern.change")
@with_receipt
def create_addition(receipt: ReceiptCode, code: str) -> Response:
    """More words or photos; the first text stays."""
    request.max_content_length = MOST_FORM_BYTES
    words = plain(request.form.get("words", ""))
    try:
        left_out = _add(receipt.report, words)
    except Refused as no:
        refusal = sentence(no.reason, **no.details)
        return _progress(receipt, code, 422, words=words, refusal=refusal)
    return _to(code, rules.left_out_said(left_out), "#said")


def _add(report: Report, words: str) -> list[tuple[int, Refused]]:
    now = clock.now()
    files = [file.stream for file in request.files.getlist("photo") if file.filename]
    rules.check_addition(report, words, len(files))
    rules.check_photos(len(Told.about(db.session(), report).photos), len(files))
    photos, left_out = take_photos(report.community_id, files, now)
    if not words and not photos:
        raise left_out[0][1]
    add(report, words, photos, now)
    return left_out


@bp.get("/r/<code>/withdrawal")
@permit("concern.change")
@with_receipt
def new_withdrawal(receipt: ReceiptCode, code: str) -> Response:
    """Are you sure: the words once more, the safe way first."""
    return _withdrawal(receipt, code)


@bp.post("/r/<code>/withdrawal")
@permit("concern.change")
@with_receipt
def create_withdrawal(receipt: ReceiptCode, code: str) -> Response:
    """Taken back, with a reason if there is one."""
    reason = plain(request.form.get("reason", ""))[:MOST_REASON]
    try:
        rules.check_withdrawal(receipt.report)
        withdraw(receipt.report, reason, clock.now())
    except Refused as no:
        return _withdrawal(receipt, code, 422, refusal=sentence(no.reason, **no.details))
    return _to(code)


@bp.get("/r/<code>/photos/<position>.jpg")
@permit("concern.read")
@with_receipt
def show_photo(receipt: ReceiptCode, code: str, position: str) -> Response:
    """One of the holder's own photos, counted from one."""
    own = Told.about(db.session(), receipt.report).photos
    if position not in {str(n) for n in range(1, len(own) + 1)}:
        raise NotFound
    photo = db.session.get(Photo, (receipt.community_id, own[int(position) - 1]))
    if photo is None or photo.state != "stored":
        raise NotFound
    answer = picture(jpeg(photo))
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _slip(receipt: ReceiptCode, code: str) -> Response:
    base = current_app.config["SETTINGS"].public_url or request.host_url.rstrip("/")
    address = f"{base}/r/{code}"
    # Error correction M survives a crumpled half sheet; width and height are the style sheet's.
    qr = segno.make(address, error="m").svg_inline(border=0, omitsize=True, svgclass="slip__qr")
    return _page("receipts/show.html", receipt, code, address=address, qr=Markup(qr))  # noqa: S704


def _withdrawal(receipt: ReceiptCode, code: str, status: int = 200, refusal: str = "") -> Response:
    return _page("receipts/withdrawal.html", receipt, code, status, refusal=refusal)


def _progress(
    receipt: ReceiptCode, code: str, status: int = 200, words: str = "", refusal: str = ""
) -> Response:
    report, session = receipt.report, db.session()
    told = Told.about(session, report)
    case = session.get(Case, (report.community_id, report.case_id)) if report.case_id else None
    more = session.scalars(models.for_holder(report)).all()
    return _page(
        "receipts/progress.html",
        receipt,
        code,
        status,
        case=case,
        now=clock.now(),
        status_word=public_status(report.state, case),
        events=rules.story(
            report,
            session.scalars(models.screenings(report)).all(),
            case,
            session.scalars(models.steps(case)).all() if case else (),
        ),
        told=told,
        more=more,
        question=rules.open_question(more),
        words=words,
        refusal=refusal,
        may_add=rules.may_add(report),
        may_withdraw=rules.may_withdraw(report, case),
    )


def _page(
    template: str, receipt: ReceiptCode, code: str, status: int = 200, **values: Any
) -> Response:
    report, session = receipt.report, db.session()
    place = session.get_one(Place, (report.community_id, report.place_id))
    zone = place.community.zone
    return page(
        template,
        status,
        code=code,
        groups=rules.groups(code),
        report=report,
        place=place,
        community_name=place.community.name,
        category=session.get(Category, (report.community_id, report.category)),
        read_by=due_after(report.received_at, ACCEPT_AMOUNT, ACCEPT_UNIT, zone),
        left_out=[
            (position, sentence(no.reason, **no.details))
            for position, no in rules.left_out_read(request.args.get("left_out", ""))
        ],
        **values,
    )
