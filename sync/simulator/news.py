"""What a phone holds of its scopes: rows, and how far each scope has been told."""

from __future__ import annotations

from typing import Any

State = tuple[int, int]  # cursor, and the number at which a cold start began or 0


class News:
    """`cursors` is replaced, never altered, so that others may see whether it has changed."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, tuple[int, Any]]] = {}
        self.cursors: dict[str, State] = {}
        self.stale: dict[str, set[str]] = {}
        self.departures = 0

    def copy(self) -> News:
        found = News()
        found.rows = {scope: dict(rows) for scope, rows in self.rows.items()}
        found.cursors = dict(self.cursors)
        found.departures = self.departures
        found.stale = {scope: set(ids) for scope, ids in self.stale.items()}
        return found

    def start_over(self) -> None:
        """Every scope cold, and still named, so that one that was left is noticed."""
        self.cursors = dict.fromkeys(self.cursors, (0, 0))

    def fresh(self, asked: dict[str, State], told: dict[str, Any]) -> dict[str, Any]:
        """The scopes for which no newer answer has come since this one was asked for."""
        return {
            scope: state
            for scope, state in told.items()
            if self.cursors.get(scope) == asked.get(scope)
        }

    def begin_cold(self, fresh: dict[str, Any]) -> None:
        for scope, (_, cold, _more) in fresh.items():
            before = self.cursors.get(scope, (0, 0))
            if cold and (before[0] == 0 or cold != before[1]):
                self.stale[scope] = set(self.rows.get(scope, ()))

    def store_rows(self, fresh: dict[str, Any], changes: list[list[Any]]) -> None:
        for scope, _kind, id, seq, body, *_what in changes:
            if scope not in fresh:
                continue
            self.stale.get(scope, set()).discard(id)
            if body is None:
                self.rows.get(scope, {}).pop(id, None)
            else:
                self.rows.setdefault(scope, {})[id] = (seq, body)

    def store_cursors(self, fresh: dict[str, Any]) -> None:
        """With the last page of a cold start goes what was not sent again."""
        for scope, (_, _cold, more) in fresh.items():
            if not more:
                for id in self.stale.pop(scope, ()):
                    self.rows.get(scope, {}).pop(id, None)
        states = {scope: (at, cold if more else 0) for scope, (at, cold, more) in fresh.items()}
        self.cursors = {**self.cursors, **states}

    def leave(self, scopes: list[str]) -> None:
        self.departures += bool(scopes)
        for scope in scopes:
            self.rows.pop(scope, None)
            self.stale.pop(scope, None)
        self.cursors = {s: state for s, state in self.cursors.items() if s not in scopes}
