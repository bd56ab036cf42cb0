"""Answers for people: pages, fragments, and errors in words."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request
from sqlalchemy.exc import DBAPIError, TimeoutError
from werkzeug.exceptions import HTTPException, ServiceUnavailable, Unauthorized
from werkzeug.middleware.proxy_fix import ProxyFix

from server.database import db, is_busy
from server.headers import Forged
from server.menu import menu
from server.permissions import ANYBODY, may, permit
from server.refusals import sentence
from server.settings import LANGUAGES
from server.words import COOKIE as LANGUAGE_COOKIE
from server.words import gettext as _
from sync.receipt import Refused

BUSY_S = 5
A_YEAR_S = 365 * 24 * 3600


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A whole page."""
    return make_response(render_template(template, **values), status)


def fragment(template: str, status: int = 200, **values: Any) -> Response:
    """A part of a page, for htmx. Its address begins with /f/; its file with an underscore."""
    answer = page(template, status, **values)
    answer.vary.add("HX-Request")
    return answer


def for_everybody(answer: Response) -> Response:
    """A page without a person in it: a phone may keep it for the time without signal."""
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Lane-Cache"] = "public"
    return answer


def is_fragment() -> bool:
    """True when the answer will be swapped into a page."""
    return request.headers.get("HX-Request") == "true"


def go(address: str) -> Response:
    """On to another page of ours; htmx, which would swap it in here, is told to open it."""
    if not is_fragment():
        return redirect(address, 303)  # type: ignore[return-value]
    answer = make_response("", 204)
    answer.headers["HX-Redirect"] = address
    return answer


def is_machine() -> bool:
    """True for requests that are answered in JSON."""
    return request.path.startswith("/sync/") or request.path in ("/health", "/metrics")


def local_path(address: str, otherwise: str) -> str:
    """The address when it leads to our own pages, so that nobody is sent elsewhere."""
    parts = urlsplit(address)
    is_local = address.startswith("/") and not (parts.scheme or parts.netloc or "\\" in address)
    return address if is_local and not address.startswith("//") else otherwise


def _sentence_for(error: HTTPException) -> str:
    if isinstance(error, Forged):
        return _("This did not come from our own page. Open the page again and repeat the step.")
    sentences = {
        401: _("Your sign-in has run out. Please sign in again; what you typed is still here."),
        403: _("This page is not for you to see. If you need it, ask your coordinator."),
        404: _("There is no such page; the address may be wrong, or it was taken back."),
        405: _("There is no such page; the address may be wrong, or it was taken back."),
        413: _("This is too large. Please send it in smaller parts."),
        429: _("Too many at once. Please wait a moment and try again."),
        503: _("The server is busy or has no room just now. Wait a moment and try again."),
    }
    if error.code in sentences:
        return sentences[error.code]
    if (error.code or 500) < 500:
        return _("This could not be understood. Go back, look at it again and repeat the step.")
    return _(
        "Something broke on our side and has been noted. What you typed is still here; "
        "try again in a while."
    )


def error_answer(code: int, words: str, retry_after_s: int = 0, error: str = "") -> Response:
    """An error in the shape the asker can read: JSON, a fragment, or a page."""
    name = error or HTTPStatus(code).phrase.lower().replace(" ", "_").replace("'", "")
    if is_machine():
        body: dict[str, Any] = {"error": name}
        if retry_after_s:
            body["retry_after_s"] = retry_after_s
        answer = make_response(jsonify(body), code)
    else:
        number = g.get("request_id", "") if code == 500 else ""
        values = {"words": words, "code": code, "number": number}
        answer = (
            fragment("errors/_error.html", code, **values)
            if is_fragment()
            else page("errors/error.html", code, **values)
        )
    if retry_after_s:
        answer.headers["Retry-After"] = str(retry_after_s)
    return answer


def on_http_error(error: HTTPException) -> Response:
    """Any refusal of the framework or of a permission."""
    if error.response is not None:  # a redirect, or an answer somebody made already
        return error.response  # type: ignore[return-value]
    code = error.code or 500
    wait = BUSY_S if isinstance(error, ServiceUnavailable) else 0
    answer = error_answer(code, _sentence_for(error), wait, "busy" if code == 503 else "")
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            answer.headers.setdefault(name, value)
    return answer


def on_unauthorized(error: Unauthorized) -> Response:
    """A page for staff, asked for by nobody: the way to sign in, then back here."""
    if is_machine() or is_fragment() or request.method != "GET":
        return on_http_error(error)
    back = quote(request.full_path.rstrip("?"), safe="/")
    return redirect(f"/session?next={back}")  # type: ignore[return-value]


def on_refused(refusal: Refused) -> Response:
    """A rule said no: its sentence."""
    words = sentence(refusal.reason, **refusal.details)
    return error_answer(422, words, error=refusal.reason)


def on_busy(error: Exception) -> Response:
    """Locked or full: say when to come again. Anything else is a fault of ours."""
    if not is_busy(error):
        raise error
    db.session.rollback()
    return on_http_error(ServiceUnavailable())


@permit("site.read")
def choose_language() -> Response:
    """Keep the language a person chose, for a year."""
    answer = redirect(local_path(request.form.get("next", ""), "/"), 303)
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=A_YEAR_S, samesite="Lax")
    return answer  # type: ignore[return-value]


def install(app: Flask, trusted_proxies: int) -> None:
    """Error pages, what every template may use, and the proxies in front."""
    if trusted_proxies:
        n = trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.add_url_rule("/language", "choose_language", choose_language, methods=["POST"])
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Unauthorized, on_unauthorized)
    app.register_error_handler(Refused, on_refused)
    for kind in (DBAPIError, TimeoutError, OSError):
        app.register_error_handler(kind, on_busy)
    app.context_processor(
        lambda: {
            "actor": g.get("actor", ANYBODY),
            "may": lambda action, row=None: may(g.get("actor", ANYBODY), action, row),
            "menu": menu(),
            "is_demo": app.config["SETTINGS"].demo,
        }
    )
