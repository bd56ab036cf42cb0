"""Static files: compressed once, with strong tags; one style sheet for each kind of page."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from flask import Flask, Response, request
from rjsmin import jsmin
from werkzeug.exceptions import NotFound

from server import bundle
from server.permissions import permit
from server.settings import LANGUAGES, ROOT
from server.words import in_words, words_module

STATIC = ROOT / "web" / "static"
PHONE_END = ROOT / "sync" / "phone"
LONGEST_NAME = 120
COMMENT = re.compile(rb"\s*/\*.*?\*/", re.DOTALL)
SHEETS = ("phone.css", "desk.css", "public.css")
SYNC_SCRIPT = "sync.js"
SPOKEN_SCRIPTS = {
    f"{kind}.{language}.js": (kind, language)
    for kind in ("phone", "public")
    for language in LANGUAGES
}
TYPES = {
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
A_YEAR_S = 31_536_000


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    mimetype: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:16]


def sheet(name: str) -> bytes:
    """A style sheet: the files that order.txt lists for it, without their comments.

    A line of order.txt is a file and the kinds of page that need it; none means all.
    """
    kind = name.removesuffix(".css")
    lines = (STATIC / "css" / "order.txt").read_text().splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    files = [file for file, *kinds in rows if not kinds or kind in kinds]
    text = b"".join((STATIC / "css" / file).read_bytes().rstrip() + b"\n" for file in files)
    return COMMENT.sub(b"", text)


def _source(name: str) -> Path:
    folder, rest = (PHONE_END, name[5:]) if name.startswith("sync/") else (STATIC, name)
    if "\0" in name or len(name) > LONGEST_NAME:
        raise NotFound
    path = (folder / rest).resolve()
    if not path.is_relative_to(folder) or not path.is_file() or path.suffix == ".txt":
        raise NotFound
    return path


def _stamps(folder: Path) -> tuple[int, ...]:
    return tuple(path.stat().st_mtime_ns for path in sorted(folder.rglob("*")) if path.is_file())


def _stamp(name: str) -> tuple[int, ...]:
    """Changes when the file does, so that a page being worked on is never stale."""
    if name in SHEETS:
        return _stamps(STATIC / "css")
    if name == SYNC_SCRIPT:
        return _stamps(PHONE_END)
    if name in SPOKEN_SCRIPTS:
        return _stamps(STATIC / "js") + _stamps(PHONE_END) + _stamps(ROOT / "web" / "words")
    return (_source(name).stat().st_mtime_ns,)


def asset(name: str) -> Asset:
    """A file of /static/ by the name it has there."""
    return _load(name, _stamp(name))


@cache
def _load(name: str, stamp: tuple[int, ...]) -> Asset:
    if name in SHEETS:
        return Asset(sheet(name), "text/css")
    if name == SYNC_SCRIPT:
        return Asset(sync_script().encode(), "text/javascript")
    if name in SPOKEN_SCRIPTS:
        return Asset(spoken_script(*SPOKEN_SCRIPTS[name]).encode(), "text/javascript")
    path = _source(name)
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    if path.suffix == ".js" and "vendor" not in path.parts:
        return Asset(_minified(path).encode(), "text/javascript")
    return Asset(path.read_bytes(), kind or "application/octet-stream")


def _read(path: str) -> str:
    return _minified(_source(path.removeprefix("/static/")))


def _minified(path: Path) -> str:
    return str(jsmin(path.read_text(encoding="utf-8")))


def _phone_end() -> dict[str, str]:
    """Address → name of every module of the phone's end of the protocol."""
    stems = sorted(path.stem for path in PHONE_END.glob("*.js") if path.stem != "types")
    return {f"/static/sync/{stem}.js": f"lane.{stem}" for stem in stems}


def sync_script() -> str:
    """The phone's end of the protocol, for pages and worker alike: it makes the global `lane`."""
    return bundle.script("lane", _phone_end(), _read)


def spoken_script(kind: str, language: str) -> str:
    """Every behaviour of a kind of page in one module, its sentences in that language already. A
    phone's is to be run after the sync script; a public page's has what it needs of that in it."""

    def read(path: str) -> str:
        return words_module(language) if path == "/words.js" else in_words(_read(path), language)

    elsewhere = _phone_end() if kind == "phone" else {}
    return bundle.module(f"/static/js/{kind}.js", read, elsewhere)


@cache
def _compressed(name: str, digest: str, encoding: str) -> bytes:
    body = asset(name).body
    return brotli.compress(body) if encoding == "br" else gzip.compress(body, mtime=0)


def _encoding(found: Asset) -> str:
    if not (
        found.mimetype.startswith("text/") or "svg" in found.mimetype or "json" in found.mimetype
    ):
        return ""
    return request.accept_encodings.best_match(("br", "gzip")) or ""


@permit("site.read")
def static(name: str) -> Response:
    """A file of /static/."""
    found = asset(name)
    encoding = _encoding(found)
    body = _compressed(name, found.digest, encoding) if encoding else found.body
    answer = Response(body, mimetype=found.mimetype)
    answer.set_etag(f"{found.digest}-{encoding}" if encoding else found.digest)
    answer.vary.add("Accept-Encoding")
    if encoding:
        answer.content_encoding = encoding
    if request.args.get("v") == found.digest:
        answer.cache_control.max_age = A_YEAR_S
        answer.cache_control.immutable = True
    else:
        answer.cache_control.no_cache = True
    return answer.make_conditional(request)  # type: ignore[return-value]


def address(name: str) -> str:
    """The address of a file that may be kept for a year: it changes with the content."""
    return f"/static/{name}?v={asset(name).digest}"


def install(app: Flask) -> None:
    app.add_url_rule("/static/<path:name>", "static", static)
    app.jinja_env.globals["asset"] = address
