"""Somebody shows a photo at the station: it comes with the report, or is added to it later."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from server.database import db
from server.media.models import Photo
from server.reports.models import Addition, ReportPhoto
from tests import make


@pytest.fixture
def desk(signed_in_as, time):
    return signed_in_as("coordinator")


def photo(colour: str = "grey") -> tuple[BytesIO, str]:
    out = BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    out.seek(0)
    return out, "drain.jpg"


def entry(town, *photos, **more):
    return {
        "id": make.id_of("told at the station"),
        "source": "desk",
        "place": town.lane.id,
        "category": "blocked_drain",
        "words": "门口的下水冒上来了",
        "photo": list(photos),
        **more,
    }


def photos_of(about: str) -> list[str]:
    db.session.rollback()
    rows = select(Photo.state).join(ReportPhoto, ReportPhoto.sha256 == Photo.sha256)
    return list(db.session.scalars(rows.where(ReportPhoto.report_id == about)))


def test_photos_come_with_what_is_written_down(desk, town):
    answer = desk.post("/reports", data=entry(town, photo(), photo("brown")))

    about = make.id_of("told at the station")
    assert answer.status_code == 303, answer.text
    assert photos_of(about) == ["stored", "stored"]
    assert desk.get(f"/reports/{about}").text.count(".thumb.jpg") == 2


def test_a_photo_that_is_none_is_named_and_the_words_stay(desk, town):
    odd = (BytesIO(b"<svg/>"), "x.jpg")

    answer = desk.post("/reports", data=entry(town, photo(), odd))

    assert answer.status_code == 422
    assert "第 2 张照片：" in answer.text
    assert "门口的下水冒上来了" in answer.text
    assert photos_of(make.id_of("told at the station")) == []


def test_the_same_photo_twice_is_one(desk, town):
    desk.post("/reports", data=entry(town, photo(), photo()))

    assert photos_of(make.id_of("told at the station")) == ["stored"]


def test_words_and_a_photo_are_added_later(desk, town, told, phone):
    about = told("桶满了")

    answer = desk.post(
        f"/reports/{about}/addition", data={"words": "本人来驿站补的", "photo": [photo()]}
    )

    assert answer.status_code == 303
    assert photos_of(about) == ["stored"]
    [addition] = db.session.scalars(select(Addition)).all()
    assert (addition.words, addition.by_role) == ("本人来驿站补的", "coordinator")
    page = desk.get(f"/reports/{about}").text
    assert "本人来驿站补的" in page
    phone.pulls()
    assert phone.sees(about)["additions"][0]["words"] == "本人来驿站补的"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"words": " "}, "还没写情况"),
        ({"words": "字" * 2001}, "2001"),
        ({"words": "看", "photo": [(BytesIO(b"x"), "x.jpg")]}, "第 1 张照片："),
        (
            {
                "words": "看",
                "photo": [photo(c) for c in ("red", "blue", "tan", "pink", "navy", "gold")],
            },
            "最多",
        ),
    ],
    ids=["nothing", "too long", "no photo", "six photos"],
)
def test_what_cannot_be_added_is_said_and_kept_on_the_form(desk, told, data, said):
    about = told("桶满了")

    answer = desk.post(f"/reports/{about}/addition", data=data)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'data-act="add" open' in answer.text
    assert photos_of(about) == []


def test_only_the_desk_adds_here(told, signed_in_as):
    about = told("桶满了")

    answer = signed_in_as("committee_member").post(
        f"/reports/{about}/addition", data={"words": "x"}
    )

    assert answer.status_code == 403
