"""What is counted, and /metrics for whoever shows the token."""

from __future__ import annotations

import hmac
import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from flask import Flask, Response, abort, current_app, g, request
from sqlalchemy import func, select

from server import clock
from server.database import db
from server.devices.models import Device
from server.exchange.line import line
from server.figures import Figures, Key, Metric, Numbers, text, together
from server.health import look
from server.permissions import permit
from server.settings import Settings

EVERY_S = 2.0
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
SIZES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
BYTES = (512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0, 65536.0, 262144.0)
OFFSETS = (-86400.0, -3600.0, -60.0, -5.0, -1.0, 1.0, 5.0, 60.0, 3600.0, 86400.0)
UNSENT = (0, 1, 10, 100)
METRICS = {
    "lane_requests_total": Metric(
        "Requests answered, by endpoint and status.", ("endpoint", "status")
    ),
    "lane_request_seconds": Metric("How long answers took.", ("endpoint",), SECONDS),
    "lane_push_changes": Metric("Changes in a push.", edges=SIZES),
    "lane_push_bytes": Metric("Bytes of a push, as it was sent.", edges=BYTES),
    "lane_verdicts_total": Metric("Receipts given, by verdict.", ("verdict",)),
    "lane_turned_away_total": Metric("Requests told to come again: too many wait."),
    "lane_clock_offset_seconds": Metric("How far a phone's clock was ahead.", edges=OFFSETS),
    "lane_waiting": Metric("Who is being heard or waits.", ("what",), kind="gauge"),
    "lane_phones": Metric("Phones in use that hold at least so much.", ("unsent",), kind="gauge"),
    "lane_unsent": Metric("Changes that are only on phones, by their last word.", kind="gauge"),
    "lane_part_is_wrong": Metric("1: late or failed.", ("part",), kind="gauge"),
    "lane_part_age_seconds": Metric("Since the last time.", ("part",), kind="gauge"),
    "lane_disk_free_ratio": Metric("What is left of the disk of the data folder.", kind="gauge"),
}
FIGURES = Figures(METRICS)
_first = threading.Lock()  # let go never: one thread a process lays the numbers down


def folder(settings: Settings) -> Path:
    return settings.data / "metrics"


def note_push(size: int, offset_ms: int, verdicts: Iterable[str]) -> None:
    """How large a push was as it was sent, how far its phone's clock was ahead, its verdicts."""
    counts = Counter(verdicts)
    FIGURES.observe("lane_push_changes", counts.total())
    FIGURES.observe("lane_push_bytes", size)
    FIGURES.observe("lane_clock_offset_seconds", offset_ms / 1000)
    for verdict, n in counts.items():
        FIGURES.add("lane_verdicts_total", verdict, n=n)


def end_request(answer: Response) -> Response:
    if _first.acquire(blocking=False):
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        threading.Thread(target=_go_on, args=(app,), daemon=True).start()
    endpoint = request.endpoint or "none"
    FIGURES.add("lane_requests_total", endpoint, str(answer.status_code))
    if "asked_at" in g:
        FIGURES.observe("lane_request_seconds", time.perf_counter() - g.asked_at, endpoint)
    return answer


def _go_on(app: Flask) -> None:
    while True:
        time.sleep(EVERY_S)
        with suppress(OSError), app.app_context():
            _lay_down(app.config["SETTINGS"])


def _lay_down(settings: Settings) -> None:
    here = line()
    FIGURES.gauges["lane_waiting"] = {
        ("push",): here.pushing,
        ("pull",): here.pulling,
        ("cold",): here.cold,
    }
    FIGURES.counts["lane_turned_away_total"] = Counter({(): here.turned_away})
    FIGURES.lay_down(folder(settings))


@permit("site.read")
def metrics() -> Response:
    """Figures for whoever shows the token. Without a token set, this address does not exist."""
    settings: Settings = current_app.config["SETTINGS"]
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    is_known = hmac.compare_digest(shown, settings.metrics_token.encode())
    if not (settings.metrics_token and is_known):
        abort(404)
    with suppress(OSError):
        _lay_down(settings)
    counts, gauges = together(folder(settings))
    numbers = counts | gauges | _as_it_stands(settings)
    return Response("".join(text(METRICS, numbers)), mimetype="text/plain")


def _as_it_stands(settings: Settings) -> Numbers:
    """What stands in the database is asked there."""
    now, session = clock.now(), db.session()
    parts = look(session, settings, now)
    in_use = (Device.kind == "phone", Device.revoked_at.is_(None), Device.replaced_by.is_(None))
    asked = [func.count().filter(Device.unsent >= n) for n in UNSENT]
    *phones, unsent = session.execute(
        select(*asked, func.coalesce(func.sum(Device.unsent), 0)).where(*in_use)
    ).one()
    ages: dict[Key, float] = {
        (name,): (now - part.at) / 1000 for name, part in parts.items() if part.at
    }
    return {
        "lane_phones": {(str(n),): found for n, found in zip(UNSENT, phones, strict=True)},
        "lane_unsent": {(): float(unsent)},
        "lane_part_is_wrong": {(name,): float(part.is_wrong) for name, part in parts.items()},
        "lane_part_age_seconds": ages,
        "lane_disk_free_ratio": {(): parts["disk"].amount},
    }


def install(app: Flask) -> None:
    app.after_request(end_request)
    app.add_url_rule("/metrics", "metrics", metrics)
