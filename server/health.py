"""Says whether this server can do its work and whether what was promised is done, for proxies and
for people who watch. Nothing personal is in it."""

from __future__ import annotations

import shutil
from typing import Any

from flask import Flask, Response, current_app, jsonify, make_response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.orm import Session

from server import clock
from server.database import db, is_busy
from server.exchange.line import line
from server.permissions import permit
from server.settings import ROOT, Settings
from server.upkeep import rules
from server.upkeep.models import Task
from server.upkeep.rules import Part

AGAIN_S = 5
HEAD = ROOT / "server" / "migrations" / "head.txt"
WORDS = {
    "never": "has never been done; is the worker running?",
    "silent": "was not done when it was promised; is the worker running?",
    "clock": "was done at a time that has not come: a clock was moved",
    "tried": "was done in time; the last try failed",
    "low": "little room is left",
    "full": "nothing can be written any more",
    "gone": "does not answer",
    "behind": "the tables are of another edition: run the release step",
    "long": "many wait; they are told when to come again",
}


def look(session: Session, settings: Settings, now: int) -> dict[str, Part]:
    """Every part of the installation as it stands, whoever has stopped. Raises what the database
    raises."""
    return {
        part.name: part
        for part in (
            Part("database", "ok"),
            rules.migrations(_edition(session), HEAD.read_text().strip()),
            rules.queue(line().pushing + line().pulling, line().is_long),
            _disk(settings),
            *_tasks(session, settings, now),
        )
    }


def _tasks(session: Session, settings: Settings, now: int) -> list[Part]:
    found = Task.all_by_name(session)
    has_place = bool(settings.backups and settings.backup_key)
    return [
        rules.task(name, found.get(name), now, is_wanted=has_place or name == "sweep")
        for name in rules.PROMISES
    ]


def _disk(settings: Settings) -> Part:
    usage = shutil.disk_usage(settings.data)
    return rules.disk(usage.free, usage.free + usage.used)


def _edition(session: Session) -> str:
    """What the tables say of themselves; a database made without migrations says nothing."""
    try:
        with session.begin_nested():
            return str(session.scalar(text("SELECT version_num FROM alembic_version")))
    except DBAPIError as error:
        if is_busy(error):
            raise
        return ""


@permit("site.read")
def health() -> Response:
    """200 while this server can do its work, 503 otherwise; the body says how each part is."""
    now = clock.now()
    try:
        db.session.execute(text("SELECT 1"))
        parts = look(db.session(), current_app.config["SETTINGS"], now)
    except (DBAPIError, TimeoutError) as error:
        db.session.rollback()
        parts = {"database": Part("database", "failed", "gone" if is_busy(error) else "behind")}
    can_work = parts["database"].state == "ok" and rules.can_work(parts)
    body: dict[str, Any] = {
        "ok": not any(part.is_wrong for part in parts.values()),
        "parts": {name: _said(part, now) for name, part in parts.items()},
    }
    if can_work:
        return jsonify(body)
    answer = make_response(jsonify(error="busy", retry_after_s=AGAIN_S, **body), 503)
    answer.headers["Retry-After"] = str(AGAIN_S)
    return answer


def _said(part: Part, now: int) -> dict[str, Any]:
    said: dict[str, Any] = {"state": part.state}
    if part.reason:
        said["words"] = WORDS[part.reason]
    if part.at:
        said["age_s"] = (now - part.at) // 1000
    if part.name == "disk":
        said["free"] = round(part.amount, 3)
    if part.name == "queue":
        said["waiting"] = int(part.amount)
    return said


def install(app: Flask) -> None:
    app.add_url_rule("/health", "health", health)
