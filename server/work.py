"""What falls due by itself. Obligations stand in tables; a sweep finds them, however late."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import DBAPIError

from server import clock
from server.accounts.intake import forget_old_sign_ins
from server.database import is_busy
from server.media.intake import forget_old_parts
from server.receipts.intake import forget_contacts, forget_guesses
from server.residents.intake import forget_counts

EVERY_S = 30
SWEEPS: tuple[Callable[[int], None], ...] = (
    forget_old_sign_ins,
    forget_old_parts,
    forget_counts,
    forget_guesses,
    forget_contacts,
)
log = logging.getLogger(__name__)


def sweep(app: Flask) -> None:
    """Do once whatever is due. One sweep that fails does not stop the others."""
    for due in SWEEPS:
        with app.app_context():
            try:
                due(clock.now())
            except DBAPIError as error:
                if not is_busy(error):
                    raise
                log.warning("%s waits: %s", due.__name__, error)


def work(app: Flask) -> None:
    """Sweep until stopped."""
    while True:
        sweep(app)
        time.sleep(EVERY_S)
