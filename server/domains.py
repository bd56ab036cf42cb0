"""Every domain, listed once: its pages, and the tables of those that have no pages."""

from __future__ import annotations

from types import ModuleType

from server.accounts import views as accounts
from server.batches import views as batches
from server.cases import models as cases
from server.casework import views as casework
from server.devices import views as devices
from server.exchange import views as exchange
from server.media import views as media
from server.patrols import models as patrols
from server.phone import views as phone
from server.places import models as places
from server.reports import views as reports
from server.screening import views as screening

PAGES: tuple[ModuleType, ...] = (
    accounts,
    exchange,
    devices,
    media,
    phone,
    reports,
    batches,
    screening,
)
TABLES: tuple[ModuleType, ...] = (places, cases, patrols)
