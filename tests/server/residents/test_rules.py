import pytest

from server.reports.models import Category, UrgentWord
from server.residents import rules
from server.residents.schemas import faults, typed
from sync.receipt import Refused
from tests import make

KEY = b"k" * 32
PHOTO = {"sha256": "ab" * 32, "bytes": 1234, "type": "image/jpeg"}


def word(zh, category, call):
    return UrgentWord(community_id="c", zh=zh, category=category, call=call)


def category(key="rubbish", *, emergency=False, position=5):
    return Category(key=key, is_emergency=emergency, position=position)


URGENT = [
    word("冒烟", "smoke_or_fire", "119"),
    word("煤气味", "gas_smell", "119"),
    word("打人", "crime", "110"),
    word("摔倒", "person_down", "120"),
]


def test_a_moment_is_ours_or_none():
    said = rules.sign_moment(KEY, make.NOW)

    assert rules.read_moment(KEY, said) == make.NOW
    for wrong in (said[:-1], "x" + said, "", ".", "1.2", "é." + said[-32:], said.replace(".", "")):
        assert rules.read_moment(KEY, wrong) is None
    assert rules.read_moment(b"another key", said) is None


def test_a_form_is_not_filled_in_at_once_but_may_be_years_old():
    for opened in (None, make.NOW, make.NOW - rules.LEAST_MS + 1):
        with pytest.raises(Refused, match="too_quick"):
            rules.check_pace(opened, make.NOW)
    rules.check_pace(make.NOW - rules.LEAST_MS, make.NOW)
    rules.check_pace(0, make.NOW)


def test_kept_photos_belong_to_one_concern():
    said = rules.sign_photo(KEY, "one", PHOTO)

    assert rules.read_photos(KEY, "one", [said, said]) == [PHOTO]
    assert rules.read_photos(KEY, "other", [said]) == []
    assert rules.read_photos(KEY, "one", ["", "a.b.c.d", said.replace("1234", "1")]) == []


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::", "2001:db8:1::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_neighbours_share_a_block(address, block):
    assert rules.address_block(address) == block


def test_what_is_counted_tells_no_address():
    assert rules.counter_key(KEY, "address", "a") != rules.counter_key(KEY, "plate", "a")
    assert rules.counter_key(KEY, "address", "a") != rules.counter_key(b"", "address", "a")


def test_a_full_hour_says_how_long_and_whom_to_ring():
    rules.check_count("plate", rules.MOST_AN_HOUR["plate"] - 1, 0, "1")
    with pytest.raises(Refused) as no:
        rules.check_count("plate", rules.MOST_AN_HOUR["plate"], 1_800_000, "0000 555 0901")

    assert no.value.details == {"minutes": 30, "phone": "0000 555 0901"}


def test_words_or_a_photo_and_a_category():
    assert rules.check_content("a", 0, category()) == {}
    assert rules.check_content("", 1, category()) == {}
    missing = rules.check_content("", 0, None)
    assert {name: no.reason for name, no in missing.items()} == {
        "category": "category_missing",
        "words": "words_missing",
    }


def test_urgent_words_bring_their_number_first():
    assert rules.calls_for("桶满了", category(), URGENT) == []
    assert rules.calls_for("二楼冒烟", category(), URGENT) == ["119", "120", "110"]
    assert rules.calls_for("有人打人，还摔倒了", category(), URGENT) == ["110", "120", "119"]


def test_an_emergency_brings_its_number_whatever_is_written():
    down = category("person_down", emergency=True)

    assert rules.calls_for("", down, URGENT) == ["120", "119", "110"]
    assert rules.calls_for("冒烟", down, URGENT) == ["120", "119", "110"]
    assert rules.calls_for("", category("flood", emergency=True), URGENT)[0] == "119"


def test_gas_is_known_by_category_or_word():
    assert rules.smells_of_gas("", category("gas_smell"), URGENT)
    assert rules.smells_of_gas("一股煤气味", None, URGENT)
    assert not rules.smells_of_gas("冒烟", category(), URGENT)


def test_the_commonest_come_first_then_dangers():
    many = [category(key, position=n) for n, key in enumerate(["noise", "shop", "rubbish"])]
    gas = category("gas_smell", emergency=True, position=9)

    first, more = rules.shown_first([*many, gas])

    assert [c.key for c in first] == ["rubbish", "noise"]
    assert [c.key for c in more] == ["gas_smell", "shop"]


def form(**more):
    return typed({"id": make.id_of("x"), "token": "t" * 22, "words": "桶满了", **more})


def test_a_plain_form_has_no_fault():
    assert faults(form(category="rubbish", phone="", spot="3栋")) == {}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", "no", "malformed"),
        ("id", make.id_of("x").upper(), "malformed"),
        ("token", "", "malformed"),
        ("token", "é" * 30, "malformed"),
        ("category", "<b>", "malformed"),
        ("words", "字" * 4001, "words_too_long"),
        ("spot", "字" * 201, "words_too_long"),
        ("phone", "123", "phone_number"),
        ("phone", "1" * 16, "phone_number"),
        ("phone", "请打给我", "phone_number"),
        ("homepage", "x", "trap"),
    ],
)
def test_a_fault_is_named_by_its_field(field, value, reason):
    found = faults(form(**{field: value}))

    assert {name: no.reason for name, no in found.items()} == {field: reason}


@pytest.mark.parametrize(
    "phone", ["0000 555 0901", "+86 154-0000-1234", "(0000) 5550901", "１５４００００１２３４"]
)
def test_telephone_numbers_are_written_in_many_ways(phone):
    assert faults(form(phone=phone)) == {}


def test_line_ends_are_alike_and_nothing_is_invisible():
    assert rules.plain(" a\r\nb\rc\0\x07\td ") == "a\nb\nc\td"
