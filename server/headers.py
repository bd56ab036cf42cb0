"""What every answer carries, and the one rule against requests forged by other sites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.exceptions import Forbidden, NotFound

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}
PLAIN = (*HEADERS.items(), ("Cache-Control", "no-store"))
SECURE = (*PLAIN, ("Strict-Transport-Security", "max-age=31536000"))
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Forged(Forbidden):
    """An unsafe request that does not come from our own pages."""


def is_signed() -> bool:
    """True for a phone's signed request: no cookie is read for it, so none can be abused."""
    return request.headers.get("Authorization", "").startswith("Lane ")


def refuse_forged() -> None:
    """Unsafe methods are for our own pages, and for phones that sign."""
    if request.method in SAFE_METHODS or is_signed():
        return
    site = request.headers.get("Sec-Fetch-Site")
    is_ours = (
        site in ("same-origin", "none")
        if site is not None
        else request.headers.get("Origin") == request.host_url.rstrip("/")
    )
    if not is_ours:
        raise Forged


def with_headers(wsgi_app: WSGIApplication) -> WSGIApplication:
    """Every answer, errors included; a view may be stricter, never looser by silence."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        always = SECURE if environ.get("wsgi.url_scheme") == "https" else PLAIN

        def start_with(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            said = {name.lower() for name, _value in headers}
            added = [pair for pair in always if pair[0].lower() not in said]
            return start(status, headers + added, *error)

        return wsgi_app(environ, start_with)

    return answer


def refuse_nul() -> None:
    """No address of ours holds the character that PostgreSQL keeps in no text."""
    if "\0" in request.path or "\0" in "".join(request.args.values()):
        raise NotFound


def install(app: Flask) -> None:
    app.before_request(refuse_nul)
    app.before_request(refuse_forged)
    app.wsgi_app = with_headers(app.wsgi_app)  # type: ignore[method-assign, assignment]


def picture(jpeg: bytes) -> Response:
    """A photo for one person: a picture and nothing else, however it is opened."""
    answer = Response(jpeg, mimetype="image/jpeg")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]
