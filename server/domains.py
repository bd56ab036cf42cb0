"""Every domain, listed once: its pages, and the tables of those that have no pages."""

from __future__ import annotations

from types import ModuleType

from server.accounts import views as accounts
from server.places import models as places

PAGES: tuple[ModuleType, ...] = (accounts,)
TABLES: tuple[ModuleType, ...] = (places,)
