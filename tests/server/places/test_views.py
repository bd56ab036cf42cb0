import pytest

from server.database import writing
from server.places.models import Place
from tests import make


def test_first_a_community_is_chosen(client, town):
    page = client.get("/").text

    assert "石桥社区" in page
    assert "/?community=SQ" in page
    assert "2 条巷和楼院" in page
    assert "打铁巷" not in page


def test_then_a_lane(client, town):
    page = client.get("/?community=SQ").text

    assert 'href="/l/SQ-L01"' in page
    assert "渡船巷" not in page


def test_where_there_is_one_community_nobody_chooses(app, client):
    with writing() as session:
        session.add(make.subdistrict())
        session.flush()
        session.add(make.community())
        session.flush()
        session.add(make.grid())
        session.flush()
        session.add(make.place())

    assert 'href="/l/SQ-L01"' in client.get("/").text


@pytest.mark.parametrize("asked", ["打铁", "blacksmiths", "SQ-L01", "sql01", "ｓｑ Ｌ０１"])
def test_a_lane_is_found_by_name_and_plate(client, town, asked):
    page = client.get("/", query_string={"q": asked}).text

    assert 'href="/l/SQ-L01"' in page
    assert "石桥社区" in page


@pytest.mark.parametrize("asked", ["%", "_", "\\", "没有这条巷", "<script>"])
def test_signs_of_a_search_mean_nothing(client, town, asked):
    page = client.get("/", query_string={"q": asked}).text

    assert "没找到" in page
    assert "<script>" not in page.replace('<script type="module"', "")


def test_what_was_asked_is_not_kept_by_phones(client, town):
    assert client.get("/").headers["X-Lane-Cache"] == "public"
    assert "X-Lane-Cache" not in client.get("/?q=打铁").headers


def test_a_plate_of_signs_only_is_no_plate(town):
    from server.database import db

    assert db.session.scalars(Place.with_plate("－ －")).first() is None
