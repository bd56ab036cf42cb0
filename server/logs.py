"""One line of JSON for each request and for each fault, without a word of anybody.

A line says where (the endpoint, the frames of a fault), never what: no address of a page (a
receipt's code stands in it), no message of an exception (a database's has the words of a report in
it), no name, number or header.
"""

from __future__ import annotations

import json
import logging
import math
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request

from server.permissions import ANYBODY
from server.settings import ROOT, Settings

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": _at(record.created),
            "level": record.levelname.lower(),
            "of": record.name,
            **_where_asked(),
        }
        if record.exc_info and record.exc_info[1]:
            said |= _fault(record.exc_info[1])
        else:
            said["words"] = record.getMessage()
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _at(seconds: float) -> str:
    return f"{_second(int(seconds))}.{int(seconds % 1 * 1000):03d}Z"


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


def _where_asked() -> dict[str, Any]:
    if not has_request_context():
        return {}
    return {"request": g.get("request_id", ""), "endpoint": request.endpoint or "none"}


def _fault(fault: BaseException) -> dict[str, Any]:
    """Its kind and where of ours it happened; what it says may be somebody's words."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [_short(frame) for frame in frames if _is_ours(frame.filename)]
    kind = type(getattr(fault, "orig", None) or fault).__name__
    return {"fault": kind, "frames": ours[-6:] or [_short(frame) for frame in frames[-1:]]}


def _is_ours(path: str) -> bool:
    return path.startswith((str(ROOT / "server"), str(ROOT / "sync")))


def _short(frame: traceback.FrameSummary) -> str:
    name = Path(frame.filename)
    place = name.relative_to(ROOT) if _is_ours(frame.filename) else name.name
    return f"{place}:{frame.lineno} {frame.name}"


class Out(logging.StreamHandler[Any]):
    """Standard output as it is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stdout

    @stream.setter
    def stream(self, value: Any) -> None:
        """There is only the one."""


def _begin_request() -> None:
    g.request_id = secrets.token_hex(6)
    g.asked_at = time.perf_counter()


def _end_request(answer: Response) -> Response:
    if answer.status_code >= 500:
        answer.headers["Lane-Request"] = g.get("request_id", "")
    if current_app.extensions["tells_requests"]:
        sys.stdout.write(_line(answer))
        sys.stdout.flush()
    return answer


def _line(answer: Response) -> str:
    """By hand, for it is made for each push; nothing in it can hold a quote."""
    who = g.get("actor", ANYBODY)
    ms = (time.perf_counter() - g.get("asked_at", math.inf)) * 1000
    method = request.method if request.method in METHODS else "other"
    return (
        f'{{"at":"{_at(time.time())}","level":"info","of":"server.requests"'
        f',"request":"{g.get("request_id", "")}","method":"{method}"'
        f',"endpoint":"{request.endpoint or "none"}","status":{answer.status_code}'
        f',"ms":{max(ms, 0):.1f},"community":"{who.community_id[:8]}"'
        f',"device":"{who.device_id[:8]}"}}\n'
    )


def install(app: Flask) -> None:
    """On a terminal people read along: there only what goes wrong is told."""
    settings: Settings = app.config["SETTINGS"]
    ours = logging.getLogger("server")
    if not any(isinstance(handler, Out) for handler in ours.handlers):
        handler = Out()
        handler.setFormatter(Lines())
        ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    is_read_along = sys.stdout is None or sys.stdout.isatty()
    app.extensions["tells_requests"] = settings.log_requests and not is_read_along
    app.before_request(_begin_request)
    app.after_request(_end_request)
