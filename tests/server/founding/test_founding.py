"""A town that is not the demo: two lists become a community that can work, or nothing does."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from server.accounts.models import Credential, Member
from server.commands import found_command
from server.database import db
from server.places.models import Community, Place, PlaceAssignment, Subdistrict

PLACES = """牌号,地点,类型,英文名,网格,户数,纬度,经度
LQ-L01,柳桥巷,小巷,Willow Bridge Lane,桥头网格,64,26.0001,117.0000
LQ-C01,柳桥巷7号院,楼院,,桥头网格,30,26.0010,117.0010
"""
PEOPLE = """姓名,身份,电话,负责
孟玉兰,管家,0000 555 0801,LQ-L01 LQ-C01
邱国栋,协调员,0000 555 0802,
汪静,街道工作人员,,
"""
PASSWORD = "willows by the bridge"
NAMES = {
    "--subdistrict": "柳桥街道",
    "--city": "北岸市",
    "--community": "柳桥社区",
    "--prefix": "lq",
    "--phone": "0000 555 0800",
}


@pytest.fixture
def founding(app, tmp_path, monkeypatch):
    """Runs the command on two lists; what it said and how it ended."""
    monkeypatch.setattr("server.commands.upgrade", lambda: None)  # these tables are there

    def run(places: str | bytes = PLACES, people: str | bytes = PEOPLE, typed=None, **names):
        paths = []
        for name, text in (("places.csv", places), ("people.csv", people)):
            path = tmp_path / name
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            paths.append(str(path))
        said = [part for pair in (NAMES | names).items() for part in pair]
        lines = typed if typed is not None else [PASSWORD] * 4
        runner = app.test_cli_runner()
        answer = runner.invoke(found_command, [*paths, *said], input="\n".join(lines) + "\n")
        db.session.rollback()
        return answer

    return run


def test_two_lists_make_a_community_that_can_work(founding, client):
    answer = founding()

    assert answer.exit_code == 0, answer.output
    assert "柳桥社区: 2 places, 1 stewards, 2 desks." in answer.output
    assert PASSWORD not in answer.output
    community = db.session.scalars(select(Community)).one()
    assert (community.plate_prefix, community.zone) == ("LQ", "Asia/Shanghai")
    lane, yard = db.session.scalars(select(Place).order_by(Place.plate.desc()))
    assert (lane.name, lane.kind, lane.households, lane.line) == ("柳桥巷", "lane", 64, [[0, 0]])
    assert (yard.latin_name, yard.line) == ("柳桥巷7号院", [[100.1, 100.2]])
    care = db.session.scalars(select(PlaceAssignment.place_id)).all()
    assert set(care) == {lane.id, yard.id}

    signed_in = client.post(
        "/session",
        data={"name": "邱国栋", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert signed_in.headers["Location"] == "/reports"
    assert "新反映" in client.get("/reports").text
    assert "孟玉兰" in client.get("/devices").text
    assert "柳桥巷" in client.get("/l/LQ-L01").text


def test_a_second_community_joins_its_subdistrict_and_its_officer(founding):
    founding()
    second = {"--community": "杨桥社区", "--prefix": "YQ"}
    people = PEOPLE.replace("LQ-", "YQ-").replace("邱国栋", "高秋生")

    answer = founding(PLACES.replace("LQ-", "YQ-"), people, **second)

    assert answer.exit_code == 0, answer.output
    assert len(db.session.scalars(select(Subdistrict)).all()) == 1
    officers = db.session.scalars(select(Member).where(Member.role == "officer")).all()
    assert [officer.name for officer in officers] == ["汪静"]
    assert len(db.session.scalars(select(Credential)).all()) == 3


def test_a_short_password_is_asked_for_again(founding):
    answer = founding(typed=["short", "short", *[PASSWORD] * 4])

    assert answer.exit_code == 0
    assert "A password has 12 to 200 characters." in answer.output


@pytest.mark.parametrize(
    ("places", "people", "said"),
    [
        (PLACES.replace("LQ-C01", "LQ-L01"), PEOPLE, "places.csv line 3: plate LQ-L01 stands here"),
        (PLACES.replace("LQ-C01", "XX-C01"), PEOPLE, "line 3: plate XX-C01 is of elsewhere"),
        (PLACES.replace("楼院", "塔"), PEOPLE, "line 3: kind “塔” is not known. Use one of: lane"),
        (PLACES.replace("30", "many"), PEOPLE, "line 3: households “many” is no such number"),
        (PLACES.replace(",117.0010", ","), PEOPLE, "line 3: only one of latitude and longitude"),
        (PLACES.replace("户数", "人数"), PEOPLE, "places.csv line 1: heading “人数” is not known"),
        (PLACES.replace("牌号", "户数", 1), PEOPLE, "places.csv line 1: no column plate"),
        (PLACES, PEOPLE.replace("LQ-C01", "LQ-C09"), "people.csv line 2: there is no place LQ-C09"),
        (PLACES, PEOPLE.replace("0802,", "0802,LQ-L01"), "line 3: 邱国栋 is no steward"),
        (PLACES, PEOPLE.replace("协调员", "值班"), "line 3: role “值班” is not known"),
        (PLACES, PEOPLE.replace("协调员", "管家"), "people.csv: nobody is coordinator"),
        (PLACES, PEOPLE + "孟玉兰,管家,,\n", "people.csv line 5: 孟玉兰 stands here twice"),
        (PLACES, PEOPLE + ",管家,,\n", "people.csv line 5: name is empty"),
        (PLACES, PEOPLE + "一,管家,,,,\n", "people.csv line 5: more cells than headings"),
        (PLACES, PEOPLE + '"一,管家,,\n', "unexpected end of data"),
        (PLACES.encode("gb18030"), PEOPLE, "In Excel or WPS save it as “CSV UTF-8”"),
        (b"", PEOPLE, "places.csv: empty"),
        ("牌号,地点\n", PEOPLE, "places.csv: nothing below the headings"),
    ],
    ids=lambda said: said if isinstance(said, str) and ": " in said else "",
)
def test_a_flaw_is_named_with_its_line_and_nothing_is_written(founding, places, people, said):
    answer = founding(places, people)

    assert answer.exit_code == 1
    assert "Nothing was written." in answer.output
    assert said in answer.output
    assert db.session.scalars(select(Subdistrict)).all() == []


def test_all_flaws_are_named_at_once(founding):
    answer = founding(PLACES.replace("楼院", "塔"), PEOPLE.replace("协调员", "值班"))

    assert len(re.findall(r" line \d+: ", answer.output)) == 2


def test_a_file_saved_by_a_spreadsheet_with_a_mark_in_front_is_read(founding):
    assert founding(b"\xef\xbb\xbf" + PLACES.replace("\n", "\r\n").encode()).exit_code == 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("--prefix", "柳", "not one to six letters"),
        ("--zone", "Asia/Nowhere", "zone “Asia/Nowhere”"),
        ("--community", " ", "community: empty or too long"),
    ],
)
def test_names_are_looked_at_before_a_password_is_asked(founding, name, value, said):
    answer = founding(typed=[], **{name: value})

    assert answer.exit_code == 1
    assert said in answer.output
    assert "Password" not in answer.output


def test_letters_another_community_has_are_refused(founding):
    founding()

    answer = founding()

    assert answer.exit_code == 1
    assert "another community has it" in answer.output
    assert len(db.session.scalars(select(Community)).all()) == 1
