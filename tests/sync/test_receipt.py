"""What a phone is told of each change."""

from sync.receipt import Receipt, Refused, SetAside, Verdict


def test_only_what_has_more_to_tell_than_applied_is_told():
    assert Receipt(1, Verdict.APPLIED).is_plain
    assert Receipt(1, Verdict.APPLIED, seq=7).is_plain
    assert not Receipt(1, Verdict.APPLIED, number="1124-01").is_plain
    assert not Receipt(1, Verdict.APPLIED, details={"a": 1}).is_plain
    assert not Receipt(1, Verdict.PARKED, "fault").is_plain


def test_a_receipt_says_no_more_than_it_has():
    assert Receipt(4, Verdict.APPLIED).as_wire() == {"n": 4, "verdict": "applied"}
    assert Receipt(4, Verdict.REJECTED, "too_late", "1124-01", 9, {"by": 3}).as_wire() == {
        "n": 4,
        "verdict": "rejected",
        "reason": "too_late",
        "number": "1124-01",
        "details": {"by": 3},
    }


def test_a_rule_says_why():
    assert Refused("too_late", by=3).details == {"by": 3}
    assert SetAside("roster").reason == "roster"
