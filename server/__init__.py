"""The Flask app of 小巷管家 Lane Steward."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate

from server.settings import ROOT, Settings, read_or_stop


class App(Flask):
    """Flask without views that are awaited."""

    def ensure_sync(self, func: Any) -> Any:
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """The app for these settings, or for those of the environment."""
    from server import (
        assets,
        commands,
        database,
        domains,
        gate,
        headers,
        health,
        logs,
        memory,
        metrics,
        pages,
        permissions,
        pwa,
        words,
    )
    from server.exchange import feed, line

    app = App("server", template_folder=str(ROOT / "web" / "templates"), static_folder=None)
    settings = settings or read_or_stop(os.environ)
    app.config.update(
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=12 * 2**20,
        MAX_FORM_PARTS=60,
        MAX_FORM_MEMORY_SIZE=256 * 2**10,
        COMPRESS_ALGORITHM=["br", "gzip"],
    )
    database.connect(app, settings.database)
    Migrate(app, database.db, directory=str(Path(__file__).parent / "migrations"))
    Compress(app)
    for part in (logs, memory, metrics, headers, words, assets, health, pwa):
        part.install(app)
    gate.install(app, places=1 if settings.database.startswith("sqlite") else 2)
    for part in (line, feed):
        part.install(app)
    for domain in domains.PAGES:
        app.register_blueprint(domain.bp)
    pages.install(app, settings.trusted_proxies)
    commands.install(app)
    permissions.check_routes(app)
    return app
