"""Signing in and out at the desk, and who acts in a request."""

from __future__ import annotations

from flask import Response, current_app, g, redirect, request
from sqlalchemy import delete
from sqlalchemy.orm import Session, joinedload

from server import clock
from server.accounts import bp
from server.accounts.models import (
    STAFF,
    Credential,
    Member,
    SignInTries,
    StaffSession,
    actor_for,
    plain_name,
)
from server.accounts.rules import (
    SESSION_MS,
    count_try,
    is_over,
    is_password,
    open_session,
    token_hash,
    tries_key,
    wants_note,
)
from server.database import db, writing
from server.headers import is_signed
from server.holding import hold_or_begin
from server.pages import local_path, page
from server.permissions import ANYBODY, permit
from server.places.models import Community
from server.refusals import sentence
from sync.receipt import Refused

COOKIE = "lane_session"
FIRST_PAGE = "/reports"
# A page left open asks for news by itself; nobody sits there because of that.
ASKED_BY_ITSELF = ("/f/reports/news", "/f/enrolments/")


@bp.before_app_request
def load_actor() -> None:
    """Nobody, or the staff member whose cookie this is. Signed requests are the exchange's."""
    g.actor = ANYBODY
    if is_signed() or COOKIE not in request.cookies:
        return
    session = _session_of(request.cookies[COOKIE])
    now = clock.now()
    if session is None or is_over(session, now):
        return
    g.actor = actor_for(db.session(), session.member, now)
    g.language = session.member.language or None
    community = db.session.get(Community, session.community_id)
    if community:
        g.zone = community.zone
    if wants_note(session, now) and not request.path.startswith(ASKED_BY_ITSELF):
        _note_use(session, now)


def _key_of(cookie: str) -> tuple[str, str]:
    community_id, _, token = cookie.partition(".")
    return community_id, token_hash(token)


def _session_of(cookie: str) -> StaffSession | None:
    key = _key_of(cookie)
    return db.session.get(StaffSession, key, options=[joinedload(StaffSession.member)])


def _note_use(session: StaffSession, now: int) -> None:
    key = (session.community_id, session.token_hash)
    with writing() as rows:
        if used := rows.get(StaffSession, key):
            used.last_used_at = now


@bp.get("/session")
@permit("session.create")
def new_session() -> Response:
    """The way in; in the demo also one button for each person."""
    if g.actor.is_known:
        return redirect(FIRST_PAGE)  # type: ignore[return-value]
    return _form(after=request.args.get("next", ""))


def _form(status: int = 200, *, after: str = "", name: str = "", refusal: str = "") -> Response:
    is_demo = current_app.config["SETTINGS"].demo
    people = db.session.scalars(Member.shown_in_demo()).all() if is_demo else []
    communities = {community.id: community for community in db.session.query(Community)}
    return page(
        "session/new.html",
        status,
        staff=[person for person in people if person.role in STAFF],
        stewards=[person for person in people if person.role == "steward"],
        communities=communities,
        after=after,
        name=name,
        refusal=refusal,
    )


@bp.post("/session")
@permit("session.create")
def create_session() -> Response:
    """Sign in with name and password, or in the demo as one of its people."""
    after = request.form.get("next", "")
    name = request.form.get("name", "")[:60]
    try:
        member = _demo_member() or _member_by_password(name, request.form.get("password", ""))
    except Refused as refusal:
        words = sentence(refusal.reason, **refusal.details)
        answer = _form(422, after=after, name=name, refusal=words)
        if "seconds" in refusal.details:
            answer.status_code = 429
            answer.headers["Retry-After"] = str(refusal.details["seconds"])
        return answer
    return _signed_in(member, local_path(after, FIRST_PAGE))


def _signed_in(member: Member, to: str) -> Response:
    with writing() as rows:
        session, cookie = open_session(member, clock.now())
        rows.add(session)
    answer: Response = redirect(to, 303)  # type: ignore[assignment]
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=SESSION_MS // 1000,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return answer


def _demo_member() -> Member | None:
    if not current_app.config["SETTINGS"].demo or "demo" not in request.form:
        return None
    community_id, _, member_id = request.form["demo"].partition("/")
    member = db.session.get(Member, (community_id, member_id))
    if member is None or not member.demo_sign_in or member.role not in STAFF:
        raise Refused("sign_in")
    return member


def _member_by_password(name: str, password: str) -> Member:
    keys = {
        "name": tries_key("name", plain_name(name)),
        "address": tries_key("address", _address_block()),
    }
    with writing() as rows:
        for kind, key in keys.items():
            now = clock.now()
            tries = hold_or_begin(rows, SignInTries, key=key, count=0, last_at=now)
            count_try(tries, kind, now)
    credential = db.session.scalars(Credential.named(name)).first()
    fits = is_password(password, credential.password_hash if credential else None)
    if credential is None or not fits:
        raise Refused("sign_in")
    with writing() as rows:
        _forget_tries(rows, keys["name"])
    return credential.member


def _forget_tries(rows: Session, key: str) -> None:
    rows.execute(delete(SignInTries).where(SignInTries.key == key))


def _address_block() -> str:
    """Neighbours behind one line count together: /24, or /48."""
    address = request.remote_addr or ""
    sign, parts = (":", 3) if ":" in address else (".", 3)
    return sign.join(address.split(sign)[:parts])


@bp.post("/session/end")
@permit("session.end")
def end_session() -> Response:
    """Sign out: the cookie is worthless from now on."""
    with writing() as rows:
        if session := rows.get(StaffSession, _key_of(request.cookies.get(COOKIE, ""))):
            rows.delete(session)
    answer: Response = redirect("/session", 303)  # type: ignore[assignment]
    answer.delete_cookie(COOKIE, httponly=True, samesite="Strict")
    return answer
