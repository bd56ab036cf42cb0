import pytest

from server.menu import menu, menu_of
from server.permissions import ANYBODY, ROLES, Actor, may


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_leads_only_where_a_role_may_go(app, role):
    actor = Actor(id="me", role=role)
    with app.test_request_context("/reports"):
        entries = [entry for group in menu_of(actor) for entry in group.entries]

    assert all(may(actor, entry.action) for entry in entries)
    assert len({entry.href for entry in entries}) == len(entries)


def test_a_coordinator_finds_everything(app):
    coordinator = Actor(id="me", role="coordinator")
    with app.test_request_context("/reports/1"):
        entries = [entry for group in menu_of(coordinator) for entry in group.entries]

        assert [entry.href for entry in entries if entry.is_here] == ["/reports"]
    assert {entry.href for entry in entries} == {
        *("/reports", "/cases", "/conflicts", "/parked", "/devices", "/patrols", "/upkeep")
    }


def test_nobody_has_no_menu(app):
    with app.test_request_context("/"):
        assert menu() == []
        assert menu_of(ANYBODY) == []
