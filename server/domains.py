"""Every domain, listed once: its pages, and the tables of those that have no pages."""

from __future__ import annotations

from types import ModuleType

from server.accounts import views as accounts
from server.asides import views as asides
from server.batches import views as batches
from server.cases import models as cases
from server.casework import views as casework
from server.devices import views as devices
from server.enrolments import views as enrolments
from server.exchange import views as exchange
from server.logbook import views as logbook
from server.media import views as media
from server.phone import views as phone
from server.places import views as places
from server.receipts import views as receipts
from server.reports import views as reports
from server.residents import views as residents
from server.reviews import views as reviews
from server.screening import views as screening
from server.upkeep import views as upkeep

PAGES: tuple[ModuleType, ...] = (
    accounts,
    exchange,
    devices,
    media,
    phone,
    reports,
    batches,
    screening,
    casework,
    reviews,
    asides,
    enrolments,
    logbook,
    places,
    residents,
    receipts,
    upkeep,
)
TABLES: tuple[ModuleType, ...] = (cases,)
