"""Says whether this server can do its work, for proxies and people who watch."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from sqlalchemy import text

from server.database import db
from server.permissions import permit


@permit("site.read")
def health() -> Response:
    """200 when the database answers; 503 otherwise."""
    db.session.execute(text("SELECT 1"))
    return jsonify({"ok": True})


def install(app: Flask) -> None:
    app.add_url_rule("/health", "health", health)
