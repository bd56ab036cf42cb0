import pytest

from server.accounts.models import actor_for
from server.database import db, writing
from server.places.models import Place
from tests import make


def test_a_plate_leads_to_its_place(town):
    assert db.session.scalars(Place.with_plate("LA-L01")).one().id == town.far_lane.id
    assert db.session.scalars(Place.with_plate("LA-L99")).first() is None
    assert db.session.scalars(Place.with_plate("")).first() is None


@pytest.mark.parametrize(("at", "has"), [(999, False), (1000, True), (1999, True), (2000, False)])
def test_a_place_is_in_somebodys_care_from_and_until(town, at, has):
    with writing() as rows:
        rows.add(make.assignment(town.other_lane, town.steward, from_at=1000, until_at=2000))

    mine = db.session.scalars(Place.looked_after_by(town.community.id, town.steward.id, at)).all()
    actor = actor_for(db.session(), town.steward, at)

    assert (town.other_lane.id in {place.id for place in mine}) is has
    assert actor.place_ids == {place.id for place in mine}


def test_a_line_is_read_as_it_was_stored():
    assert make.place().line == [[0, 0], [60, 8], [120, 0]]
