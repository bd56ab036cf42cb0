"""Cases: the list, one case, its next step, its corrections."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from werkzeug.exceptions import NotFound

from server import clock
from server.cases.models import Case, ReplyTemplate
from server.cases.rules import ENDINGS
from server.casework import bp, rules
from server.casework.models import (
    PAGE,
    STATES,
    counted,
    numbers_by_state,
    reports_of,
    wanted_cases,
)
from server.database import db
from server.desk import desk, desk_page
from server.dossier import (
    as_field,
    from_field,
    kept_apart,
    on_the_page,
    owners_known,
    seen,
    story_of_case,
    words_of,
)
from server.exchange.intake import New, record_all
from server.exchange.rows import Reader
from server.exchange.schemas import LEVELS
from server.pages import go
from server.permissions import permit, visible
from server.queue.models import lines
from server.words import day_time, label
from server.words import gettext as _
from sync.receipt import Verdict

FIELDS = ("level", "owner", "due_at", "answer")


@bp.get("/cases")
@permit("case.read")
def index() -> Response:
    """What is in hand, the soonest due first; the filter stands in the address."""
    here, said = desk(), request.args
    state = said.get("state", "in_hand")
    state = state if state in STATES else "in_hand"
    words = " ".join(said.get("q", "")[:80].split())
    level = said.get("level", "") if said.get("level") in LEVELS else ""
    place = said.get("place", "")[:36]
    session = db.session()
    rows = wanted_cases(here.id, state, place, level, words).limit(PAGE)
    numbers = dict(session.execute(numbers_by_state(here.id)).all())
    open_now = sum(n for name, n in numbers.items() if name not in ("solved", "verified", "closed"))
    return desk_page(
        "cases/index.html",
        found=counted(session, here.id, rows),
        state=state,
        level=level,
        place=place,
        words=words,
        numbers={
            "in_hand": open_now,
            "to_verify": numbers.get("solved", 0),
            "done": numbers.get("verified", 0) + numbers.get("closed", 0),
            "all": sum(numbers.values()),
        },
        most=PAGE,
    )


def _find(case_id: str) -> Case:
    case: Case | None = db.session.scalar(visible(g.actor, Case).where(Case.id == case_id))
    if case is None:
        raise NotFound
    desk(case.community_id)
    return case


@bp.get("/cases/<case_id>")
@permit("case.read")
def show(case_id: str) -> Response:
    """One case with everybody who told us and its story."""
    return _page(_find(case_id))


def _page(case: Case, status: int = 200, **typed: Any) -> Response:
    session, here = db.session(), desk()
    told = lines(session, reports_of(case), here.community.zone)
    plain = {
        "case": case,
        "told": told,
        "numbers": {line.report.id: line.report.number for line in told},
        "story": story_of_case(session, case, [line.report.id for line in told]),
        "steps": rules.steps_from(case),
        "needs_words": {step for step in rules.STEPS if rules.needs_words(step, case)},
        "asks": rules.STEPS,
        "endings_said": [(one, label("ending", one)) for one in ENDINGS],
        "due": "" if case.due_at is None else as_field(case.due_at, here.community.zone),
        "owners": owners_known(here.id),
        "templates": [
            one
            for one in session.scalars(ReplyTemplate.of(here.id))
            if one.ending and one.category in ("", case.category)
        ],
        "stamps": Reader(session.connection(), case.community_id).stamps_of(case.id),
        "generation": case.generation,
        "errors": {},
        "typed": {},
        "opened": "",
        "notice": kept_apart() if request.args.get("kept") else "",
    }
    return desk_page("cases/show.html", status, **plain | typed)


@bp.post("/cases/<case_id>/step")
@permit("case.correct")
def create_step(case_id: str) -> Response:
    """The next step, with what it asks for."""
    case, said = _find(case_id), dict(request.form)
    step = said.get("to", "")
    words, errors = _words_of_step(case, step, said)
    if errors:
        return _page(case, 422, opened=step, errors=errors, typed=said)
    body = {
        "to": step,
        "words": words,
        "ending": said.get("ending", "") if step == "closed" else "",
        "from": said.get("from", case.state),
    }
    moved = New("case.moved@1", case.id, body)
    fields = _fields_of_step(case, step, said)
    changes = [*_corrections(case, fields, {}), moved]
    return _record(case, changes, step, said)


def _words_of_step(case: Case, step: str, said: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The step's sentence, and what is missing."""
    words, errors = said.get("words", "").strip(), {}
    if step not in rules.STEPS:
        errors["to"] = _("Choose a step.")
    if rules.needs_words(step, case) and not words:
        errors["words"] = _("Write one sentence; others go by it.")
    if len(words) > 900:
        errors["words"] = _(
            "Too long: {n} characters, at most {most}. Shorten it a little.", n=len(words), most=900
        )
    if step == "waiting":
        review = from_field(said.get("review", ""), desk().community.zone)
        if review is None or review <= clock.now():
            errors["review"] = _("To wait, set a day to look again.")
        else:
            words = _("{words} Look again {time}.", words=words, time=day_time(review))
    if step == "closed" and said.get("ending") not in ENDINGS:
        errors["ending"] = _("Before closing, choose how it ended.")
    if step == "closed" and not said.get("answer", case.answer).strip():
        errors["answer"] = _("Everyone who told us reads this: write one sentence.")
    return words, errors


def _fields_of_step(case: Case, step: str, said: dict[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if step == "assigned":
        fields["owner"] = said.get("owner", case.owner).strip()[:80]
    if step == "closed":
        fields["answer"] = said.get("answer", case.answer).strip()[:1000]
    if step == "waiting":
        fields["due_at"] = from_field(said.get("review", ""), desk().community.zone)
    return fields


def _corrections(case: Case, fields: dict[str, Any], was: dict[str, Any]) -> list[New]:
    """One change for what is really different from what was on the page."""
    body = {
        name: value
        for name, value in fields.items()
        if value is not None and value != was.get(name, getattr(case, name))
    }
    return [New("case.corrected@1", case.id, body, seen(body))] if body else []


def _record(case: Case, changes: list[New], opened: str, said: dict[str, str]) -> Response:
    receipts = record_all(g.actor, changes) if changes else []
    for receipt in receipts:
        if receipt.verdict is Verdict.REJECTED:
            notice = words_of(receipt)
            return _page(_find(case.id), 422, opened=opened, notice=notice, typed=said)
    kept = any(receipt.verdict is not Verdict.APPLIED for receipt in receipts)
    return go(f"/cases/{case.id}{'?kept=1' if kept else ''}")


@bp.post("/cases/<case_id>/correction")
@permit("case.correct")
def create_correction(case_id: str) -> Response:
    """Owner, due date, level or answer as they shall be."""
    case, said = _find(case_id), dict(request.form)
    fields: dict[str, Any] = {
        name: said[name].strip() for name in ("level", "owner", "answer") if name in said
    }
    errors = {}
    if "due" in said and said["due"] != said.get("due_was"):
        fields["due_at"] = from_field(said["due"], desk().community.zone)
        if fields["due_at"] is None:
            errors["due"] = _("Give a day and a time, such as 2026-03-20 18:00.")
    if fields.get("level", "community") not in LEVELS:
        errors["level"] = _("Choose how it will be handled.")
    for name, most in (("owner", 80), ("answer", 1000)):
        if len(fields.get(name, "")) > most:
            errors[name] = _(
                "Too long: {n} characters, at most {most}. Shorten it a little.",
                n=len(fields[name]),
                most=most,
            )
    if errors:
        return _page(case, 422, opened="correct", errors=errors, typed=said)
    return _record(case, _corrections(case, fields, on_the_page("was")), "correct", said)
