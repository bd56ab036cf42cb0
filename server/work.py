"""What falls due by itself. Obligations stand in tables; a sweep finds them, however late.

Three loops side by side, so that none waits for another: what is due every half minute, the journal
every second, the backups. Each leaves word in the tasks; whoever looks there needs no worker.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import DBAPIError

from server import clock
from server.accounts.intake import forget_old_sign_ins
from server.archiving import archive_bodies
from server.backups.entries import Shelf, installation
from server.backups.journal import EVERY_S as JOURNAL_EVERY_S
from server.backups.journal import Journal
from server.backups.places import Place
from server.backups.watching import Keeper
from server.database import is_busy
from server.exchange.compaction import forget_tombstones
from server.exchange.months import make_months
from server.media.intake import forget_old_parts
from server.receipts.intake import forget_contacts, forget_guesses
from server.residents.intake import forget_counts
from server.settings import Settings
from server.upkeep.models import noting

EVERY_S = 30
BACKUPS_EVERY_S = 5
SWEEPS: tuple[Callable[[int], None], ...] = (
    forget_old_sign_ins,
    forget_old_parts,
    forget_counts,
    forget_guesses,
    forget_contacts,
    make_months,
    forget_tombstones,
    archive_bodies,
)
log = logging.getLogger(__name__)


def sweep(app: Flask) -> None:
    """Do once whatever is due. One sweep that fails does not stop the others."""
    for due in (*SWEEPS, _note_sweep):
        with app.app_context():
            try:
                due(clock.now())
            except DBAPIError as error:
                if not is_busy(error):
                    raise
                log.warning("%s waits: %s", due.__name__, type(error.orig).__name__)


def _note_sweep(now: int) -> None:
    with noting("sweep") as task:
        task.done_at = task.tried_at = now


def work(app: Flask) -> None:
    """Sweep, keep the journal and make backups, until stopped."""
    for step, every_s in second_place(app):
        threading.Thread(target=_again, args=(app, step, every_s), daemon=True).start()
    while True:
        sweep(app)
        time.sleep(EVERY_S)


def second_place(app: Flask) -> list[tuple[Callable[[int], object], float]]:
    """What is to be done again and again where there is a second place: each with its seconds."""
    settings: Settings = app.config["SETTINGS"]
    if not (settings.backups and settings.backup_key):
        log.warning("no backups and no journal: set STEWARD_BACKUPS and STEWARD_BACKUP_KEY")
        return []
    place = Place(settings.backups)
    shelf = Shelf(place, installation(settings.key), settings.backup_key)
    journal, keeper = Journal(settings, shelf), Keeper(settings, shelf)
    return [(journal.follow, JOURNAL_EVERY_S), (keeper.look, BACKUPS_EVERY_S)]


def _again(app: Flask, step: Callable[[int], object], every_s: float) -> None:
    """One loop. What goes wrong is logged and tried again; that it went wrong for too long is seen
    where the tasks are looked at."""
    while True:
        with app.app_context():
            try:
                step(clock.now())
            except Exception as error:
                log.exception("%s failed: %s", step.__qualname__, type(error).__name__)
        time.sleep(every_s)
