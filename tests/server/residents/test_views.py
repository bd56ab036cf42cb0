"""Telling us, from a browser without script."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from server import clock
from server.database import db, writing
from server.exchange.models import ChangeRow
from server.receipts.models import ReceiptCode
from server.receipts.rules import code_hash
from server.reports.models import Addition, Report, ReportPhoto
from server.residents.models import HOUR_MS, HourCount
from server.residents.rules import LEAST_MS, MOST_AN_HOUR
from tests.resident import hidden, kept
from tests.server.media import corpus

WORDS = "21号门前的下水又冒了，孩子上学要绕着走。"


def reports():
    db.session.rollback()
    return db.session.scalars(select(Report).order_by(Report.received_at)).all()


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("typed", ["sq-l01", "SQL01", "sq l01", "SQ－L01", "ＳＱ-L01", "sq_l01"])
def test_a_plate_may_be_typed_as_one_likes(client, town, typed):
    answer = client.get(f"/l/{typed}")

    assert answer.headers["Location"] == "/l/SQ-L01"


def test_an_unknown_plate_leads_to_the_list(client, town):
    answer = client.get("/l/SQ-L99")

    assert answer.status_code == 404
    assert "没有“SQ-L99”这个牌号" in answer.text
    assert "石桥社区" in answer.text


def test_the_form_may_be_kept_by_a_phone_and_is_nobodys(client, town):
    answer = client.get("/l/SQ-L01")

    assert answer.headers["X-Lane-Cache"] == "public"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in answer.headers
    assert hidden(answer.text)["id"] != hidden(client.get("/l/SQ-L01").text)["id"]


def test_every_field_says_who_sees_it(resident):
    page = resident.opens()

    for line in ("公开前会改写", "公开时只写哪条巷", "照片先不公开", "办结 30 天后抹掉"):
        assert line in page


def test_a_concern_becomes_a_report_with_a_receipt(resident, town):
    code = resident.tells(WORDS, spot="3栋后门", phone="0000 555 0911")

    [report] = reports()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{20}", code)
    assert (report.number, report.words, report.spot) == ("0529-01", WORDS, "3栋后门")
    assert (report.source, report.state, report.level) == ("resident", "screening", "community")
    assert (report.place_id, report.category) == (town.lane.id, "blocked_drain")
    assert report.contact == "0000 555 0911"


def test_neither_the_code_nor_the_number_lie_in_custody(resident):
    code = resident.tells(phone="0000 555 0911")

    kept_codes = db.session.scalars(select(ReceiptCode.code_hash)).all()
    raw = b"".join(db.session.scalars(select(ChangeRow.raw)))
    assert kept_codes == [code_hash(code)]
    assert b"555" not in raw
    assert code.encode() not in raw


def test_pressing_twice_files_once_and_shows_the_same_receipt(resident):
    resident.opens()
    answers = [resident.sends(WORDS).headers["Location"] for _ in range(3)]

    assert len(set(answers)) == 1
    assert len(reports()) == 1
    assert count(Addition) == 0


def test_going_back_and_writing_more_loses_nothing(resident):
    resident.opens()
    first = resident.sends("下水冒了")
    again = resident.sends("下水冒了，还有味", photos=[corpus.photo()])
    resident.sends("下水冒了，还有味", photos=[corpus.photo()])

    [report] = reports()
    assert first.headers["Location"] == again.headers["Location"]
    assert report.words == "下水冒了"
    assert [a.words for a in db.session.scalars(select(Addition))] == ["下水冒了，还有味"]
    assert count(ReportPhoto) == 1


def test_an_id_of_somebody_else_opens_nothing(resident):
    resident.tells("下水冒了")
    [report] = reports()
    resident.opens()
    resident.form["id"] = report.id

    answer = resident.sends("让我看看")

    assert answer.status_code == 422
    assert "让我看看" in answer.text
    assert hidden(answer.text)["id"] != report.id
    assert [r.words for r in reports()] == ["下水冒了"]
    assert count(ReceiptCode) == 1


def test_photos_come_in_through_the_door(resident):
    resident.tells(photos=[corpus.photo(), corpus.photo("PNG")])

    assert count(ReportPhoto) == 2


def test_a_photo_that_is_none_does_not_stop_the_report(resident, client):
    resident.opens()
    answer = resident.sends(photos=[b"<svg onload=alert(1)>", corpus.photo(), b"<html>"])

    page = client.get(answer.headers["Location"]).text
    assert "第 1 张照片：这不是照片" in page
    assert "第 3 张照片：这不是照片" in page
    assert "<svg onload" not in page
    assert len(reports()) == 1
    assert count(ReportPhoto) == 1


def test_a_bomb_is_refused_in_words(resident, client):
    resident.opens()
    answer = resident.sends(photos=[corpus.jpeg_claiming(30_000, 30_000)])

    assert "第 1 张照片：" in client.get(answer.headers["Location"]).text
    assert count(ReportPhoto) == 0


def test_a_fourth_photo_waits_for_later(resident, client):
    resident.opens()
    pictures = [corpus.photo(quality=q) for q in (60, 70, 80, 90)]
    answer = resident.sends(photos=pictures)

    assert "第 4 张照片：一条最多 6 张" in client.get(answer.headers["Location"]).text
    assert count(ReportPhoto) == 3


def test_what_is_missing_is_said_at_its_field_and_everything_kept(resident):
    resident.opens()
    answer = resident.sends("", category="", spot="3栋", phone="12", photos=[corpus.photo()])

    assert answer.status_code == 422
    assert "还没选是哪一类" in answer.text
    assert "多了或少了几位" in answer.text
    assert 'value="3栋"' in answer.text
    assert 'value="12"' in answer.text
    assert len(kept(answer.text)) == 1
    assert reports() == []

    resident.again(answer)
    resident.sends("", category="rubbish")
    [report] = reports()
    assert (report.words, count(ReportPhoto)) == ("", 1)


def test_nothing_at_all_is_asked_for_kindly(resident):
    resident.opens()

    answer = resident.sends(" ", category="rubbish")

    assert "写一句，或者拍一张，都行" in answer.text


def test_too_quick_is_asked_again_with_everything_kept(resident, client, time):
    resident.form = hidden(client.get(resident.address).text)

    answer = resident.sends(WORDS, photos=[corpus.photo()])

    assert answer.status_code == 422
    assert "请再看一眼，再按一次" in answer.text
    assert WORDS in answer.text
    resident.again(answer)
    assert resident.sends(WORDS).status_code == 303
    assert count(ReportPhoto) == 1


def test_a_form_that_lay_for_months_is_taken(resident, time):
    resident.opens()
    time(clock.now() + 300 * 86_400_000)

    assert resident.sends().status_code == 303


def test_a_moment_of_another_key_is_asked_again_once(resident):
    resident.opens()
    resident.form["opened"] = "19" + resident.form["opened"]

    answer = resident.sends()

    assert answer.status_code == 422
    resident.again(answer)
    assert resident.sends().status_code == 303


def test_machines_fill_in_the_trap(resident):
    resident.opens()

    answer = resident.sends(WORDS, homepage="https://buy.example")

    assert answer.status_code == 422
    assert "这一格请空着" in answer.text
    assert WORDS in answer.text
    assert reports() == []


def fill(kind, town, client, value=None):
    """Somebody has used up what may come within the hour."""
    from server.residents.rules import address_block, counter_key

    what = {"plate": town.lane.id, "community": ""}.get(kind, address_block("127.0.0.1"))
    key = counter_key(client.application.config["SETTINGS"].key, kind, what)
    with writing() as session:
        row = HourCount.of_now(session, town.community.id, key, clock.now())
        row.count = MOST_AN_HOUR[kind] if value is None else value


@pytest.mark.parametrize("kind", ["address", "plate", "community"])
def test_too_many_in_an_hour_is_said_with_the_text_still_there(resident, town, client, time, kind):
    resident.opens()
    fill(kind, town, client)

    answer = resident.sends(WORDS)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert WORDS in answer.text
    assert town.community.phone in answer.text
    assert reports() == []

    time(clock.now() + 3_600_000)
    assert resident.sends(WORDS).status_code == 303


def test_each_report_is_counted_and_a_repeat_is_not(resident, town, client):
    resident.opens()
    fill("plate", town, client, MOST_AN_HOUR["plate"] - 1)

    assert resident.sends(WORDS).status_code == 303
    assert resident.sends(WORDS).status_code == 303
    resident.opens()
    assert resident.sends("另一件").status_code == 429


def test_an_emergency_shows_the_numbers_first_and_does_not_block(resident):
    resident.opens()
    answer = resident.sends("二楼冒烟了", category="other", photos=[corpus.photo()])

    assert answer.status_code == 200
    assert "先打电话，再来记" in answer.text
    assert answer.text.index("tel:119") < answer.text.index("tel:120")
    assert "二楼冒烟了" in answer.text
    assert town_name(answer)
    assert reports() == []

    resident.again(answer)
    assert resident.sends("二楼冒烟了", category="other").status_code == 303
    [report] = reports()
    assert (report.emergency, count(ReportPhoto)) == (False, 1)


def town_name(answer):
    return "您在：打铁巷" in answer.text


def test_gas_has_its_own_sentence(resident):
    resident.opens()
    answer = resident.sends("", category="gas_smell", photos=[corpus.photo()])

    assert "不开灯、不打火" in answer.text
    assert 'data-part="gas">' in answer.text
    resident.again(answer)
    resident.sends("", category="gas_smell")
    assert reports()[0].emergency


def test_a_script_gets_json_and_no_page_between(resident):
    resident.opens()
    answer = resident.sends("二楼冒烟了", category="smoke_or_fire", script=True)

    assert answer.status_code == 201
    assert answer.json["number"] == "0529-01"
    assert answer.json["url"] == f"/r/{answer.json['code']}"
    assert answer.json["left_out"] == []


def test_a_script_may_make_the_names_itself(resident):
    resident.opens()
    resident.form |= {"id": "0198f3a0-7000-7abc-8abc-0123456789ab", "token": "x" * 24}

    first = resident.sends(script=True)
    again = resident.sends(script=True)

    assert first.json["code"] == again.json["code"]
    assert reports()[0].id == resident.form["id"]


def test_a_script_is_told_what_is_wrong_and_where(resident, client):
    resident.form = hidden(client.get(resident.address).text)
    quick = resident.sends(script=True)
    resident.wait(LEAST_MS)
    wrong = resident.sends("", phone="1", script=True, photos=[b"GIF89a"])

    assert (quick.status_code, quick.json["error"]) == (422, "too_quick")
    assert quick.json["words"] == "请再看一眼，再按一次。写的、拍的都在。"
    assert wrong.json["error"] == "phone_number"
    assert set(wrong.json["faults"]) == {"phone", "words"}


def test_a_script_is_told_of_photos_left_out(resident):
    resident.opens()

    answer = resident.sends(photos=[b"%PDF-1.7"], script=True)

    assert answer.json["left_out"][0]["photo"] == 1
    assert "这不是照片" in answer.json["left_out"][0]["words"]


def test_a_script_at_an_unknown_plate(client, town):
    answer = client.post("/l/XX-1", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json["error"]) == (404, "place_unknown")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", ""),
        (b"not a form", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b"\xff\xfe=\xff", "application/x-www-form-urlencoded"),
        (b'{"words": 1}', "application/json"),
        (b"id=" + b"9" * 5000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_broken_form_is_answered_in_words_and_changes_nothing(client, town, body, content_type):
    answer = client.post("/l/SQ-L01", data=body, content_type=content_type)

    assert answer.status_code in (400, 413, 422)
    assert "<h1>" in answer.text
    assert (count(Report), count(ReceiptCode)) == (0, 0)


def test_far_too_much_text_is_refused_in_words(resident):
    resident.opens()

    long = resident.sends("字" * 5000)
    huge = resident.sends("字" * 100_000)

    assert long.status_code == 422
    assert "写得太长了：现在 5000 字" in long.text
    assert "字" * 5000 in long.text
    assert huge.status_code == 413
    assert reports() == []


def test_a_busy_server_keeps_the_words_on_the_page(resident, monkeypatch):
    resident.opens()

    def full(*args, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("server.residents.intake.file_concern", full)
    answer = resident.sends(WORDS)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert WORDS in answer.text


def test_english_is_the_same_promise(client, town):
    client.set_cookie("lane_language", "en")
    page = client.get("/l/SQ-L01").text

    assert "Something not right? Tell us" in page
    assert "Rubbish not collected" in page


def test_what_is_typed_is_only_ever_text(resident):
    resident.opens()

    answer = resident.sends('"><script>alert(1)</script>', category="")

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_a_concern_that_waited_in_a_phone_is_as_old_as_it_is(resident, signed_in_as):
    resident.opens()
    resident.sends(script=True, waited=str(5 * HOUR_MS))

    [report] = reports()
    assert report.received_at - report.happened_at == 5 * HOUR_MS
    assert "5 小时" in signed_in_as("coordinator").get(f"/reports/{report.id}").text


@pytest.mark.parametrize("waited", ["", "-60000", "soon", "9" * 40, "٣٦٠٠٠٠٠", "0"])
def test_a_concern_is_never_from_the_future_nor_from_nowhere(resident, waited):
    resident.opens()
    resident.sends(script=True, waited=waited)

    [report] = reports()
    assert report.happened_at == report.received_at
