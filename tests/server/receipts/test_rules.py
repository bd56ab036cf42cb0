import pytest

from server.cases.models import Case, CaseStep
from server.receipts import rules
from server.receipts.models import Told
from server.reports.models import Addition, Report, Screening
from sync.receipt import Refused
from tests import make

KEY = b"k" * 32
REPORT = make.id_of("r")


def code(token="t" * 22, report_id=REPORT, key=KEY):
    return rules.code_of(key, report_id, token)


def test_a_code_is_the_same_for_the_same_form_and_no_other():
    codes = {code(), code("u" * 22), code(report_id=make.id_of("s")), code(key=b"other")}

    assert code() == code()
    assert len(codes) == 4


def test_a_code_has_a_hundred_bits():
    many = [code(str(n)) for n in range(2000)]
    used = {sign for one in many for sign in one}

    assert len(set(many)) == 2000
    assert used == set(rules.ALPHABET)
    assert {len(one) for one in many} == {20}


@pytest.mark.parametrize("how", [str.lower, " ".join, "-".join, lambda c: f" {c[:4]}－{c[4:]} "])
def test_a_code_may_be_typed_as_one_likes(how):
    assert rules.read_code(how(code())) == code()


def test_letters_that_look_like_digits_are_read_as_digits():
    assert rules.read_code("oOiIlL" + "0" * 14) == "001111" + "0" * 14


@pytest.mark.parametrize("typed", ["", "7K4M", "U" * 20, "0" * 21, "é" * 20, "七" * 20])
def test_what_cannot_be_a_code_is_none(typed):
    assert rules.read_code(typed) == ""


def test_a_code_is_shown_in_five_groups_of_four():
    assert [len(group) for group in rules.groups(code())] == [4] * 5


def test_guessing_is_slowed_and_forgotten():
    free = rules.FREE_GUESSES

    assert rules.wait_ms(free - 1, 0, 0) == 0
    assert rules.wait_ms(free, 0, 0) == 1000
    assert rules.wait_ms(free + 3, 0, 0) == 8000
    assert rules.wait_ms(free + 99, 0, 0) == rules.LONGEST_WAIT_MS
    assert rules.wait_ms(free + 99, 0, rules.FORGET_MS + 1) == 0


def told(*photos, first="下水冒了", added=()):
    return Told(first, tuple(added), photos)


def photo(name):
    return {"sha256": name, "bytes": 1, "type": "image/jpeg"}


def test_only_what_is_new_is_added():
    assert rules.what_is_new("还有味", [photo("b")], told("a")) == {
        "words": "还有味",
        "photos": [photo("b")],
    }
    assert rules.what_is_new("下水冒了", [photo("a")], told("a")) is None
    again = Addition(words="还有味")
    assert rules.what_is_new("还有味", [], told(added=[again])) is None
    assert rules.what_is_new("", [photo("b")], told("a"))["words"] == ""


def test_a_report_shows_a_handful_of_photos():
    with pytest.raises(Refused, match="photo_too_many"):
        rules.what_is_new("", [photo("g")], told(*"abcdef"))


def test_photos_left_out_are_told_through_the_address():
    said = rules.left_out_said(
        [(2, Refused("photo_type", found="svg")), (3, Refused("photo_too_large", size="13.1 MB"))]
    )
    read = rules.left_out_read(said)

    assert said == "2-photo_type,3-photo_too_large-13.1"
    assert [(n, no.reason, no.details["size"]) for n, no in read] == [
        (2, "photo_type", "12 MB"),
        (3, "photo_too_large", "13.1 MB"),
    ]


@pytest.mark.parametrize(
    "said",
    ["", "x", "0-photo_type", "1-sign_in", "1-photo_type-<b>", "1-photo_type;", "é-photo_type"],
)
def test_nothing_else_in_the_address_is_told(said):
    assert rules.left_out_read(said) == []


def report(state="screening"):
    return Report(community_id="c", id="r", state=state, received_at=1, number="0529-01")


def screened(state, at, reason="", case_id=None):
    return Screening(state=state, at=at, reason=reason, case_id=case_id)


def case(state, *, answer="", ending=""):
    return Case(id="k", state=state, answer=answer, ending=ending)


def step(before, after, at, words=""):
    return CaseStep(from_state=before, to_state=after, at=at, words=words)


def told_by(events):
    return [(event.status, event.at, event.words) for event in events]


def test_at_first_it_is_received():
    assert told_by(rules.story(report(), [], None, [])) == [("received", 1, "")]


def test_a_dismissal_gives_its_reason_and_goes_when_taken_back():
    dismissed = screened("invalid", 5, "巷子里没有这口井")

    assert told_by(rules.story(report("invalid"), [dismissed], None, []))[1:] == [
        ("declined_or_transferred", 5, "巷子里没有这口井")
    ]
    back = [dismissed, screened("screening", 6)]
    assert told_by(rules.story(report(), back, None, [])) == [("received", 1, "")]


def test_a_case_is_told_where_its_public_word_changes():
    steps = [
        step("accepted", "assigned", 6, "派给排水"),
        step("assigned", "consultation_called", 7),
        step("consultation_called", "in_progress", 8),
        step("in_progress", "solved", 9, "内部的话"),
        step("solved", "closed", 10),
    ]
    events = rules.story(
        report("accepted"),
        [screened("accepted", 5, case_id="k")],
        case("closed", answer="管子通了。", ending="solved"),
        steps,
    )

    assert told_by(events) == [
        ("received", 1, ""),
        ("in_progress", 5, ""),
        ("in_consultation", 7, ""),
        ("in_progress", 8, ""),
        ("settled", 9, "管子通了。"),
    ]


def test_who_joins_a_case_late_hears_where_it_stands():
    events = rules.story(
        report("merged"),
        [screened("merged", 50, case_id="k")],
        case("consultation_called"),
        [step("accepted", "assigned", 6), step("assigned", "consultation_called", 7)],
    )

    assert told_by(events)[1:] == [("in_consultation", 50, "")]


def test_what_cannot_be_done_says_why():
    events = rules.story(
        report("accepted"),
        [screened("accepted", 5, case_id="k")],
        case("closed", ending="cannot_solve"),
        [step("accepted", "closed", 9, "楼间距不够")],
    )

    assert told_by(events)[-1] == ("declined_or_transferred", 9, "楼间距不够")


def test_what_was_settled_on_the_spot_is_settled():
    events = rules.story(
        report("accepted"),
        [screened("accepted", 5, case_id="k")],
        case("solved", ending="solved"),
        [],
    )

    assert told_by(events)[1:] == [("settled", 5, "")]


def test_a_withdrawal_is_the_holders_own():
    last = rules.story(report("withdrawn"), [screened("withdrawn", 7, "好了")], None, [])[-1]

    assert (last.status, last.words, last.is_own) == ("declined_or_transferred", "好了", True)


def test_a_question_is_open_until_the_holder_writes():
    asked, said = Addition(kind="question"), Addition(kind="addition")

    assert rules.open_question([]) is None
    assert rules.open_question([said, asked]) is asked
    assert rules.open_question([asked, said]) is None


@pytest.mark.parametrize(
    ("state", "case_state", "adds", "withdraws"),
    [
        ("screening", "", True, True),
        ("accepted", "in_progress", True, True),
        ("accepted", "closed", True, False),
        ("spam", "", False, False),
        ("withdrawn", "", False, False),
        ("invalid", "", True, True),
    ],
)
def test_what_the_holder_may_still_do(state, case_state, adds, withdraws):
    found = case(case_state) if case_state else None

    assert rules.may_add(report(state)) is adds
    assert rules.may_withdraw(report(state), found) is withdraws


def test_what_may_not_be_done_is_said():
    with pytest.raises(Refused, match="record_gone"):
        rules.check_addition(report("withdrawn"), "a", 0)
    with pytest.raises(Refused, match="words_missing"):
        rules.check_addition(report(), "", 0)
    with pytest.raises(Refused, match="words_too_long"):
        rules.check_addition(report(), "a" * 2001, 0)
    with pytest.raises(Refused, match="already_withdrawn"):
        rules.check_withdrawal(report("withdrawn"))
    with pytest.raises(Refused, match="already_closed"):
        rules.check_withdrawal(report("spam"))
