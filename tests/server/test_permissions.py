import pytest
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Id
from server.permissions import ANYBODY, Actor, check_routes, may, permit, visible
from tests import make


@pytest.fixture
def model():
    """A table of nobody's that is gone after the test."""

    class Finding(Base):
        __tablename__ = "findings_of_a_test"
        read_action = "report.read"
        own_column = "author_id"

        community_id: Mapped[str] = mapped_column(Id, primary_key=True)
        id: Mapped[str] = mapped_column(Id, primary_key=True)
        place_id: Mapped[str] = mapped_column(Id)
        author_id: Mapped[str] = mapped_column(String(36))

    yield Finding
    Base.metadata.remove(Finding.__table__)
    Base.registry._dispose_cls(Finding)


def condition(rows):
    return str(rows.whereclause.compile(compile_kwargs={"literal_binds": True}))


def actor(role, **more):
    return Actor(id="me", role=role, community_id="c", subdistrict_id="s", **more)


def test_a_scope_narrows_what_is_seen(model):
    lane = condition(visible(actor("steward", place_ids=frozenset({"p"})), model))

    assert "community_id = 'c'" in lane
    assert "place_id IN ('p')" in lane
    assert "place_id" not in condition(visible(actor("coordinator"), model))
    assert "communities.subdistrict_id = 's'" in condition(visible(actor("officer"), model))
    assert condition(visible(ANYBODY, model)) == "false"


def test_own_means_mine(model):
    model.read_action = "patrol.read"

    assert "author_id = 'me'" in condition(visible(actor("steward"), model))


def test_a_row_is_judged_like_a_query(model):
    mine = model(community_id="c", id="1", place_id="p", author_id="me")
    far = model(community_id="d", id="2", place_id="p", author_id="me")
    steward = actor("steward", place_ids=frozenset({"p"}))

    assert may(steward, "report.read", mine)
    assert not may(steward, "report.read", far)
    assert not may(actor("steward"), "report.read", mine)
    assert may(steward, "report.withdraw", mine)
    assert not may(actor("coordinator"), "report.withdraw", mine)
    assert not may(ANYBODY, "report.read", mine)


def test_an_officer_sees_the_subdistrict_only(town):
    here = Actor(id="me", role="officer", subdistrict_id=town.subdistrict.id)
    row = make.place()
    row.community = town.community

    assert may(here, "report.read", row)
    assert not may(Actor(id="me", role="officer", subdistrict_id="other"), "report.read", row)


def test_an_action_that_is_not_in_the_matrix_cannot_guard():
    with pytest.raises(LookupError, match=r"report\.burn"):
        permit("report.burn")


def test_a_route_without_an_action_stops_the_start(app):
    app.view_functions["health"] = lambda: ""

    with pytest.raises(LookupError, match="/health"):
        check_routes(app)
