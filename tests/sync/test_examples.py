"""The worked cases of the protocol, as the server works them. Phones read the same files."""

import base64
import json
from pathlib import Path

import pytest

from sync import decide
from sync.change import Change, link
from sync.clock import Anchor, Estimate, Reading, estimate, mint
from sync.kind import Moves, Register, Sets
from sync.record import Held, Record
from sync.signing import is_genuine, read_claim, signed_text
from sync.simulator.patience import Wait, held_until, pause
from sync.stamp import from_wire

FOLDER = Path(__file__).parents[2] / "sync" / "examples"


def read(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text())


def cases(name: str, part: str = "cases"):
    return [pytest.param(case, id=case["name"]) for case in read(name)[part]]


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


@pytest.mark.parametrize("case", cases("chain"))
def test_chains(case):
    chain = bytes.fromhex(case["chain"])

    found = []
    for line in case["lines"]:
        chain = link(chain, line.encode())
        found.append(chain.hex())

    assert found == case["chains"]


@pytest.mark.parametrize("case", cases("signing"))
def test_signatures(case):
    claim = read_claim(case["header"])

    text = signed_text(case["method"], case["path"], claim, unpacked(case["body"]))

    assert (claim.community, claim.device) == (case["community"], case["device"])
    assert (claim.nonce, text.decode()) == (case["nonce"], case["text"])
    assert is_genuine(case["public_key"], claim, text) is case["genuine"]


@pytest.mark.parametrize("header", read("signing")["not_headers"])
def test_headers_that_are_none_of_ours(header):
    assert read_claim(header) is None


def test_stamps():
    told = read("stamps")["ascending"]

    stamps = [from_wire(case["wire"]) for case in told]

    assert stamps == sorted(stamps)
    assert [s.wire() for s in stamps] == [case["wire"] for case in told]
    assert [(s.at, s.eff & 0xFFFF, s.device, s.n) for s in stamps] == [
        (case["at"], case["counter"], case["device"], case["n"]) for case in told
    ]


@pytest.mark.parametrize("text", read("stamps")["not_stamps"])
def test_what_is_no_stamp(text):
    with pytest.raises(ValueError, match="not a stamp"):
        from_wire(text)


@pytest.mark.parametrize("case", cases("clocks"))
def test_clocks(case):
    readings = [Reading(*reading) for reading in case["readings"]]

    found = estimate(readings, Anchor(**case["anchor"]), Anchor(**case["now"]))

    assert found == [Estimate(**wanted) for wanted in case["estimates"]]


@pytest.mark.parametrize("case", cases("clocks", "stamps"))
def test_minting(case):
    stamp = mint(
        Estimate(case["at"], 0, "age"),
        device="11111111-1111-4111-8111-111111111111",
        n=7,
        earliest=case["earliest"],
        latest=case["latest"],
        after=[from_wire(text).eff for text in case["after"]],
    )

    assert stamp.wire() == case["stamp"]


def held(side: dict) -> Held:
    return Held(side["value"], from_wire(side["stamp"]), side["doubt"])


@pytest.mark.parametrize("case", cases("merges", "fields"))
def test_fields_that_meet(case):
    before = {"f": held(case["held"])} if case["held"] else {}
    record = Record("r", "thing", (), "", fields=before)
    mine = held(case["change"])
    seen = {"f": case["change"]["seen"]} if "seen" in case["change"] else {}
    change = Change(mine.stamp.n, b"", seen=seen)
    merge = Sets({"f": Register(lambda value: case["about_people"])})

    found = decide.setting(merge, record, change, {"f": mine.value}, mine.stamp, mine.doubt)

    stands = found.sets.get("f") or before["f"]
    kept = found.conflicts[0] if found.conflicts else None
    assert (found.verdict, found.reason) == (case["verdict"], case["reason"])
    assert {"value": stands.value, "stamp": stands.stamp.wire()} == case["stands"]
    assert (kept and {"value": kept.loser_value, "reason": kept.reason}) == case["kept"]


@pytest.mark.parametrize("case", cases("merges", "steps"))
def test_steps_that_meet(case):
    graph = {state: frozenset(to) for state, to in read("merges")["graph"].items()}
    given = case["record"]
    record = Record("r", "thing", (), "", given["state"], given["generation"], tuple(given["path"]))
    stamp = from_wire(read("stamps")["ascending"][1]["wire"])

    found = decide.moving(Moves(graph), record, case["change"], stamp)

    assert (found.verdict, found.reason) == (case["verdict"], case["reason"])
    assert (found.state or record.state) == case["state"]


@pytest.mark.parametrize("case", cases("waits", "pauses"))
def test_pauses(case):
    assert pause(case["failures"], case["after_s"], case["chance"]) == case["wait"]


@pytest.mark.parametrize("case", cases("waits", "held"))
def test_waits_that_still_hold(case):
    assert held_until(Wait(**case["wait"]), case["now"], case["by"]) == case["until"]
