"""The receipt and what its holder does with it, without script."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from server import clock
from server.database import db
from server.exchange.intake import record
from server.receipts.intake import CONTACT_DAYS, forget_contacts, forget_guesses
from server.receipts.models import ReceiptCode
from server.receipts.rules import FREE_GUESSES
from server.reports.models import Addition, Report
from tests import make
from tests.conftest import actor_of
from tests.server.media import corpus

WRONG = "0" * 20
DAY_MS = 86_400_000


def report():
    db.session.rollback()
    return db.session.scalars(select(Report)).one()


def additions():
    db.session.rollback()
    return [a.words for a in db.session.scalars(select(Addition).order_by(Addition.n))]


@pytest.fixture
def desk(town, time):
    """The coordinator makes a change about the one report."""

    def make_change(kind, **body):
        about = body.pop("about", None) or report().id
        receipt = record(by=actor_of(town, "coordinator"), kind=f"{kind}@1", about=about, body=body)
        assert receipt.verdict.value == "applied", receipt
        db.session.rollback()

    return make_change


@pytest.fixture
def code(resident):
    return resident.tells("21号门前的下水又冒了。", photos=[corpus.photo()])


@pytest.fixture
def page(client, code):
    """The progress page as it is now."""

    def look():
        client.post(f"/r/{code}/acknowledgement")
        return client.get(f"/r/{code}")

    return look


def accept(desk, **more):
    body = {"case": make.id_of("case"), "level": "community", "owner": "排水养护中心"}
    desk("report.accepted", **{**body, "due_at": clock.now() + 2 * DAY_MS, "answer": "", **more})


def move(desk, to, **more):
    desk("case.moved", about=make.id_of("case"), to=to, **more)


def test_the_receipt_shows_number_code_link_and_picture(client, code):
    answer = client.get(f"/r/{code}")

    assert "收到了，谢谢您告诉我们" in answer.text
    assert "0529-01" in answer.text
    assert "".join(re.findall(r"<span>([0-9A-Z]{4})</span>", answer.text)) == code
    assert f"http://localhost/r/{code}" in answer.text
    assert 'class="slip__qr"' in answer.text
    assert "style=" not in answer.text
    assert "社区留存" in answer.text


def test_nobody_keeps_or_lists_a_page_with_a_code(client, code):
    for path in ("", "/withdrawal", "/photos/1.jpg"):
        headers = client.get(f"/r/{code}{path}").headers

        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")


def test_until_it_is_kept_the_receipt_is_shown_again(client, code):
    assert "我存好了" in client.get(f"/r/{code}").text
    assert "我存好了" in client.get(f"/r/{code}").text

    answer = client.post(f"/r/{code}/acknowledgement")

    after = client.get(answer.headers["Location"]).text
    assert "我存好了" not in after
    assert code[:4] + "</span>" not in after
    assert "已收到" in after


def test_acknowledging_twice_changes_nothing(client, code, time):
    client.post(f"/r/{code}/acknowledgement")
    first = db.session.scalars(select(ReceiptCode.acknowledged_at)).one()
    time(clock.now() + 1000)
    client.post(f"/r/{code}/acknowledgement")
    db.session.rollback()

    assert db.session.scalars(select(ReceiptCode.acknowledged_at)).one() == first


def test_a_code_is_typed_as_it_stands_on_the_receipt(client, code):
    grouped = " ".join(code[i : i + 4] for i in range(0, 20, 4)).lower()

    assert client.post("/r", data={"code": grouped}).headers["Location"] == f"/r/{code}"
    assert client.get(f"/r/{code.lower()}").headers["Location"] == f"/r/{code}"


def test_a_code_that_cannot_be_one_is_told_at_once(client, town):
    answer = client.post("/r", data={"code": "7K4M"})

    assert answer.status_code == 404
    assert "四个一组" in answer.text
    assert 'value="7K4M"' in answer.text
    assert town.community.phone in answer.text


def test_a_wrong_code_opens_nothing(client, code):
    for method, path in [
        ("GET", ""),
        ("POST", "/acknowledgement"),
        ("POST", "/additions"),
        ("GET", "/withdrawal"),
        ("POST", "/withdrawal"),
        ("GET", "/photos/1.jpg"),
    ]:
        assert client.open(f"/r/{WRONG}{path}", method=method).status_code == 404


def test_guessing_is_slowed_the_same_for_right_and_wrong(client, code, time):
    for n in range(FREE_GUESSES + 4):
        client.get(f"/r/{n:020d}")
    right, wrong = client.get(f"/r/{code}"), client.get(f"/r/{WRONG}")

    assert right.status_code == wrong.status_code == 429
    assert right.text.replace(code, WRONG) == wrong.text
    assert right.headers["Retry-After"] == wrong.headers["Retry-After"]

    time(clock.now() + 16_000)
    assert client.get(f"/r/{code}").status_code == 200


def test_slips_of_the_finger_slow_nobody(client, code):
    for _ in range(40):
        client.get("/r/7K4M")

    assert client.get(f"/r/{code}").status_code == 200


def test_wrong_codes_are_forgotten(client, code, time):
    for n in range(FREE_GUESSES + 20):
        client.get(f"/r/{n:020d}")
    time(clock.now() + 16 * 60_000)
    forget_guesses(clock.now())

    assert client.get(f"/r/{code}").status_code == 200


def test_an_accepted_report_is_being_handled_by_a_day(page, desk):
    accept(desk)

    text = page().text
    assert "处理中" in text
    assert "说好的日子：5月31日 14:00 前" in text
    assert "排水养护中心" not in text


def test_a_late_one_is_said_to_be_late(page, desk, time):
    accept(desk)
    time(clock.now() + 5 * DAY_MS)

    assert "让您久等，对不住" in page().text


def test_what_is_settled_shows_the_answer(page, desk):
    accept(desk)
    move(desk, "solved")
    desk("case.corrected", about=make.id_of("case"), answer="管子里的油块清了。")

    text = page().text
    assert "已办结" in text
    assert "管子里的油块清了。" in text
    assert "withdrawal" not in text


def test_who_was_joined_hears_the_number(page, desk, client, resident):
    accept(desk)
    other = resident.tells("下水也冒到我家了")
    client.post(f"/r/{other}/acknowledgement")
    second = db.session.scalars(select(Report).where(Report.number == "0529-02")).one()
    desk("report.merged", about=second.id, case=make.id_of("case"))

    assert "已并到 0529-01 号" in client.get(f"/r/{other}").text


def test_a_refusal_gives_its_reason(page, desk):
    desk("report.dismissed", to="misdirected", reason="这件归公交公司定，请打 0000 555 0099。")

    text = page().text
    assert "不予受理或转出" in text
    assert "这件归公交公司定" in text


def test_the_coordinator_asks_and_is_answered(page, desk, client, code, time):
    desk("report.asked", question="是哪一栋门口？")
    assert "协调员问您" in page().text

    time(clock.now() + 60_000)
    answer = client.post(f"/r/{code}/additions", data={"words": "21号门口"})

    text = client.get(answer.headers["Location"].partition("#")[0]).text
    assert "协调员问您" not in text
    assert "21号门口" in text
    assert "是哪一栋门口？" in text


def test_what_the_desk_notes_down_is_not_shown(page, desk):
    desk("report.added_to", words="这家去年也报过")

    assert "这家去年也报过" not in page().text


def add(client, code, words="", *photos):
    files = [(io.BytesIO(photo), "p.jpg") for photo in photos] or [(io.BytesIO(b""), "")]
    return client.post(
        f"/r/{code}/additions",
        data={"words": words, "photo": files},
        content_type="multipart/form-data",
    )


def test_words_and_photos_are_added_once(page, client, code):
    for _ in range(2):
        add(client, code, "还有味", corpus.photo("PNG"))

    assert additions() == ["还有味"]
    assert report().words == "21号门前的下水又冒了。"
    assert f"/r/{code}/photos/2.jpg" in page().text


def test_an_addition_with_a_bad_photo_keeps_the_words(client, code):
    answer = add(client, code, "还有味", b"<svg>")

    assert answer.status_code == 303
    client.post(f"/r/{code}/acknowledgement")
    assert (
        "第 1 张照片：这不是照片" in client.get(answer.headers["Location"].partition("#")[0]).text
    )
    assert additions() == ["还有味"]


def test_nothing_to_add_is_said(client, code):
    empty = add(client, code)
    no_photo = add(client, code, "", b"GIF89a")
    long = add(client, code, "字" * 2001)

    assert "写一句，或者拍一张，都行" in empty.text
    assert "这不是照片" in no_photo.text
    assert "现在 2001 字" in long.text
    assert "字" * 2001 in long.text
    assert {a.status_code for a in (empty, no_photo, long)} == {422}
    assert additions() == []


def test_a_seventh_photo_is_too_many(client, code):
    for quality in (50, 55, 60, 65, 70):
        assert add(client, code, "", corpus.photo(quality=quality)).status_code == 303

    assert "最多 6 张" in add(client, code, "", corpus.photo(quality=75)).text


def test_the_holder_sees_the_photos_and_nobody_else(client, code):
    photo = client.get(f"/r/{code}/photos/1.jpg")

    assert photo.mimetype == "image/jpeg"
    assert photo.data.startswith(b"\xff\xd8\xff")
    for position in ("0", "2", "-1", "x", "１"):
        assert client.get(f"/r/{code}/photos/{position}.jpg").status_code == 404


def test_withdrawing_is_asked_and_done_once(page, client, code):
    asked = client.get(f"/r/{code}/withdrawal").text
    client.post(f"/r/{code}/withdrawal", data={"reason": "已经有人通了"})
    again = client.post(f"/r/{code}/withdrawal")

    assert "21号门前的下水又冒了。" in asked
    assert asked.index("不撤") < asked.index('button class="button"')
    assert report().state == "withdrawn"
    assert again.status_code == 422
    assert "已经撤回过" in again.text
    text = page().text
    assert "已撤回" in text
    assert "已经有人通了" in text
    assert "/additions" not in text


def test_what_is_settled_cannot_be_withdrawn(client, code, desk):
    accept(desk)
    move(desk, "solved")

    answer = client.post(f"/r/{code}/withdrawal")

    assert answer.status_code == 422
    assert "已经办结" in answer.text
    assert report().state == "accepted"


def test_numbers_are_erased_thirty_days_after_settling(resident, desk, time):
    resident.tells(phone="0000 555 0911")
    accept(desk)
    move(desk, "solved")

    for days, contact in ((CONTACT_DAYS - 1, "0000 555 0911"), (2, "")):
        time(clock.now() + days * DAY_MS)
        forget_contacts(clock.now())
        assert report().contact == contact


def test_numbers_of_what_was_dismissed_are_erased_too(resident, desk, time):
    resident.tells(phone="0000 555 0911")
    desk("report.dismissed", to="invalid", reason="没有这回事")
    time(clock.now() + (CONTACT_DAYS + 1) * DAY_MS)
    forget_contacts(clock.now())

    assert report().contact == ""


def test_numbers_of_what_is_open_stay(resident, desk, time):
    resident.tells(phone="0000 555 0911")
    accept(desk)
    time(clock.now() + 400 * DAY_MS)
    forget_contacts(clock.now())

    assert report().contact == "0000 555 0911"
