"""Stamps in one total order."""

import pytest

from sync.stamp import Stamp, effective, from_wire, hlc

DEVICE = "11111111-1111-4111-8111-111111111111"


def test_a_stamp_survives_the_wire():
    stamp = Stamp(hlc(1795500100000) + 7, DEVICE, 12)

    assert from_wire(stamp.wire()) == stamp
    assert stamp.at == 1795500100000


def test_time_comes_before_device_and_device_before_number():
    a, b = DEVICE, DEVICE.replace("1", "2")

    assert Stamp(1, b, 9) < Stamp(2, a, 1)
    assert Stamp(1, a, 9) < Stamp(1, b, 1)
    assert Stamp(1, a, 9) < Stamp(1, a, 10)


@pytest.mark.parametrize("text", ["", "x", f"{1:016x}.{DEVICE}.0", f"{1:016x}.{DEVICE}.1\n"])
def test_what_is_no_stamp_is_refused(text):
    with pytest.raises(ValueError, match="not a stamp"):
        from_wire(text)


def test_of_what_was_seen_only_stamps_count():
    assert effective([Stamp(7, DEVICE, 1).wire(), "yesterday", ""]) == [7]
