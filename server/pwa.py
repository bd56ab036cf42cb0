"""The installed app: its worker, its manifest, and the shell that opens without a network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

from flask import Flask, Response, current_app, request
from rjsmin import jsmin

from server.assets import PHONE_END, STATIC
from server.pages import page
from server.permissions import permit
from server.settings import ROOT
from server.words import COOKIE, language

WEB = ROOT / "web"
SHELL_PAGES = {
    "/app/start": "app/start.html",
    "/app/outbox": "app/outbox.html",
    "/app/call": "app/call.html",
    "/app/reports/one": "app/report_one.html",
    "/selftest": "app/selftest.html",
}
FILES = (
    "/manifest.webmanifest",
    "/static/phone.css",
    "/static/icons.svg",
    "/static/icons/app.svg",
    "/static/js/look.js",
    "/static/sync.js",
)


def shell_paths(spoken: str) -> list[str]:
    """What a steward's phone needs to open: pages without persons, scripts, looks, pictures."""
    pictures = (STATIC / "pictures" / "category").glob("*.svg")
    return sorted(
        {
            *SHELL_PAGES,
            *FILES,
            f"/static/phone.{spoken}.js",
            *(f"/static/pictures/category/{path.name}" for path in pictures),
        }
    )


def public_paths(spoken: str) -> list[str]:
    """What a resident's phone needs besides, once it has opened a public page."""
    return ["/static/public.css", f"/static/public.{spoken}.js"]


def shell(spoken: str) -> dict[str, dict[str, str]]:
    """Path → promise of each file as a browser of that language gets it, in two sets."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return _shell(app, spoken, version_of_files())


@cache
def _shell(app: Flask, spoken: str, version: str) -> dict[str, dict[str, str]]:
    return {
        name: {path: promise(_body(app, path, spoken)) for path in paths}
        for name, paths in (
            ("files", shell_paths(spoken)),
            ("public", public_paths(spoken)),
        )
    }


def promise(body: bytes) -> str:
    """What the worker checks a file by: the first 64 bits of its SHA-256."""
    return hashlib.sha256(body).hexdigest()[:16]


def _body(app: Flask, path: str, spoken: str) -> bytes:
    with app.test_request_context(path, headers={"Cookie": f"{COOKIE}={spoken}"}):
        return app.full_dispatch_request().get_data()


def version_of_files() -> str:
    """Changes whenever anything a browser gets from us does."""
    return _version(tuple((str(path), path.stat().st_mtime_ns) for path in sorted(_sources())))


def _sources() -> Iterator[Path]:
    for folder in (WEB, PHONE_END):
        yield from (path for path in folder.rglob("*") if path.is_file())


@cache
def _version(stamps: tuple[tuple[str, int], ...]) -> str:
    found = hashlib.sha256()
    for path, _at in stamps:
        found.update(path.removeprefix(str(ROOT)).encode())
        found.update(Path(path).read_bytes())
    return found.hexdigest()[:16]


@permit("site.read")
def service_worker() -> Response:
    """Our worker with the list of its shell; or the one that takes it off phones."""
    if current_app.config["SETTINGS"].kill_worker:
        body = (WEB / "worker-off.js").read_text()
    else:
        listed = shell(language())
        version = promise(json.dumps(listed, sort_keys=True).encode())
        head = f"const shell = {json.dumps({'version': version, **listed})}\n"
        body = head + jsmin((WEB / "service-worker.js").read_text())
    answer = Response(body, mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.cache_control.no_cache = True
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]


@permit("site.read")
def manifest() -> Response:
    """What a phone needs to install the app."""
    body = (WEB / "manifest.webmanifest").read_bytes()
    answer = Response(body, mimetype="application/manifest+json")
    answer.cache_control.no_cache = True
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]


@permit("site.read")
def shell_page(template: str) -> Response:
    """A page that is the same for everybody; its script fills it from the phone."""
    answer = page(template)
    answer.cache_control.no_cache = True
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]


def install(app: Flask) -> None:
    app.config["SHELL_VERSION"] = version_of_files()
    app.add_url_rule("/service-worker.js", "service_worker", service_worker)
    app.add_url_rule("/manifest.webmanifest", "manifest", manifest)
    for path, template in SHELL_PAGES.items():
        view = partial(shell_page, template)
        view.action = shell_page.action  # type: ignore[attr-defined]
        app.add_url_rule(path, f"shell:{path}", view)
