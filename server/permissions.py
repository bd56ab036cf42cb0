"""Who may do what: reads the matrix, guards views, narrows queries."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flask import Flask, g
from sqlalchemy import Select, false, select
from werkzeug.exceptions import Forbidden, Unauthorized

P = ParamSpec("P")
R = TypeVar("R")


class Scope(StrEnum):
    """How far a permission reaches."""

    NONE = "none"
    OWN = "own"
    LANE = "lane"
    COMMUNITY = "community"
    SUBDISTRICT = "subdistrict"
    CODE = "code"
    PUBLIC = "public"


@dataclass(frozen=True)
class Action:
    """One row of the matrix."""

    name: str
    does: str
    scopes: dict[str, Scope]
    through_changes: bool

    def scope(self, role: str) -> Scope:
        return self.scopes.get(role, Scope.NONE)


@dataclass(frozen=True)
class Actor:
    """Who acts. Nobody signed in is an actor too: role "resident", without an id."""

    id: str = ""
    role: str = "resident"
    community_id: str = ""
    subdistrict_id: str = ""
    name: str = ""
    place_ids: frozenset[str] = frozenset()
    device_id: str = ""

    @property
    def is_known(self) -> bool:
        """True for people with a session or an enrolled phone."""
        return bool(self.id)


ANYBODY = Actor()


def _read() -> tuple[tuple[str, ...], dict[str, Action]]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    roles = tuple(table.pop("roles"))
    return roles, {
        name: Action(
            name,
            row.pop("does"),
            through_changes=row.pop("through", "") == "changes",
            scopes={role: Scope(scope) for role, scope in row.items()},
        )
        for name, row in table.items()
    }


ROLES, ACTIONS = _read()


def scope(actor: Actor, action: str) -> Scope:
    """How far this actor's permission for the action reaches."""
    return ACTIONS[action].scope(actor.role)


def may(actor: Actor, action: str, row: Any = None) -> bool:
    """May the actor do this at all, and, where a row is given, to this row?"""
    reach = scope(actor, action)
    if row is None or reach in (Scope.NONE, Scope.PUBLIC, Scope.CODE):
        return reach is not Scope.NONE
    if reach is Scope.SUBDISTRICT:
        return bool(row.community.subdistrict_id == actor.subdistrict_id)
    if row.community_id != actor.community_id:
        return False
    if reach is Scope.OWN:
        return bool(getattr(row, row.own_column) == actor.id)
    return reach is not Scope.LANE or row.place_id in actor.place_ids


def visible(actor: Actor, model: Any) -> Select[Any]:
    """The rows of a table this actor may see.

    The table says `read_action`, and where the scope asks for it has `place_id` or names the
    member it belongs to in `own_column`.
    """
    reach = scope(actor, model.read_action)
    rows: Select[Any] = select(model)
    if reach is Scope.PUBLIC:
        return rows
    if reach is Scope.SUBDISTRICT:
        return rows.where(model.community_id.in_(communities_of(actor.subdistrict_id)))
    if reach in (Scope.NONE, Scope.CODE):
        return rows.where(false())
    rows = rows.where(model.community_id == actor.community_id)
    if reach is Scope.LANE:
        rows = rows.where(model.place_id.in_(sorted(actor.place_ids)))
    if reach is Scope.OWN:
        rows = rows.where(getattr(model, model.own_column) == actor.id)
    return rows


def communities_of(subdistrict_id: str) -> Select[str]:
    """The ids of a subdistrict's communities."""
    from server.places.models import Community

    return select(Community.id).where(Community.subdistrict_id == subdistrict_id)


def permit(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view run only for roles that have the action; 401 for nobody, 403 for others."""
    if action not in ACTIONS:
        raise LookupError(f"{action} is not in permissions.toml")

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not may(g.actor, action):
                raise Forbidden if g.actor.is_known else Unauthorized
            return view(*args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return guard


def action_of(app: Flask, endpoint: str) -> str:
    """The action that guards a route; empty where none does."""
    return getattr(app.view_functions[endpoint], "action", "")


def check_routes(app: Flask) -> None:
    """Stop a start with an unguarded route."""
    for rule in app.url_map.iter_rules():
        if not action_of(app, rule.endpoint):
            raise LookupError(f"{rule.rule} has no action: write @permit(...) on its view")
