"""Every route has an action, every action a route; every role is let in where it may go."""

from __future__ import annotations

import pytest

from server.permissions import ACTIONS, ROLES, Scope, action_of
from tests import make


def routes(app) -> list[tuple[str, str, str]]:
    """Method, address with believable parts, and action of every route."""
    found = []
    for rule in app.url_map.iter_rules():
        values = {name: make.id_of("nothing") for name in rule.arguments}
        with app.test_request_context():
            adapter = app.url_map.bind("localhost")
            path = adapter.build(rule.endpoint, values, force_external=False)
        action = action_of(app, rule.endpoint)
        found += [(m, path, action) for m in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return sorted(found)


def test_every_route_has_an_action(app):
    assert [path for _, path, action in routes(app) if action not in ACTIONS] == []


def test_every_action_has_a_route_or_comes_through_changes(app):
    guarded = {action for _, _, action in routes(app)}

    missing = {name for name, a in ACTIONS.items() if not a.through_changes} - guarded
    assert not missing, sorted(missing)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("fragment", [False, True], ids=["page", "htmx"])
def test_every_route_for_every_role(app, acting_as, role, fragment):
    browser = acting_as(role)
    headers = {"HX-Request": "true"} if fragment else {}
    wrong = []
    for method, path, action in routes(app):
        answer = browser.open(path, method=method, headers=headers)
        is_allowed = ACTIONS[action].scope(role) is not Scope.NONE
        asked_in = "/session?next=" in answer.headers.get("Location", "")
        is_refused = answer.status_code in (401, 403) or asked_in
        if role == "steward" and answer.is_json and answer.json.get("error") == "signature":
            is_refused = False  # the role is let in; what is missing is a phone that signs
        if is_refused is is_allowed or answer.status_code >= 500:
            wrong.append(f"{role} {method} {path} ({action}): {answer.status_code}")

    assert not wrong, "\n".join(wrong)
