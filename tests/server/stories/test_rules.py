"""What was there before, and what stands now."""

from server.stories.models import Told
from server.stories.rules import tell
from sync.stamp import Stamp, hlc


def told(kind: str, at: int, verdict: str = "applied", **body) -> Told:
    stamp = Stamp(hlc(at), "11111111-1111-4111-8111-111111111111", at)
    return Told(
        kind=f"{kind}@1",
        about="r",
        body=body,
        seen={},
        who="田秀英",
        role="steward",
        phone="",
        stamp=stamp,
        doubt=0,
        received_at=at + 60_000,
        verdict=verdict,
        reason="",
    )


def test_a_correction_knows_the_value_before_it():
    story = tell(
        [
            told("report.filed", 1, spot="井台边", words="桶满了"),
            told("report.corrected", 2, spot="井台东边"),
            told("report.corrected", 3, "superseded", spot="井台西边"),
        ]
    )

    turns = [turn for line in story for turn in line.turns]
    assert [(turn.old, turn.new, turn.stands) for turn in turns] == [
        ("井台边", "井台东边", False),
        ("井台东边", "井台西边", True),
    ]


def test_what_changed_nothing_and_what_was_refused_is_no_line():
    story = tell(
        [
            told("report.filed", 1, spot="井台边"),
            told("report.corrected", 2, spot="井台边"),
            told("report.corrected", 3, "rejected", spot="别处"),
            told("report.added_to", 4, "parked", words="没到"),
        ]
    )

    assert [line.what for line in story] == ["filed"]


def test_bringing_back_sets_the_kept_value_again():
    story = tell(
        [
            told("report.filed", 1, spot="一"),
            told("report.corrected", 2, spot="二"),
            told("report.corrected", 3, spot="三"),
            told("conflict.decided", 4, conflict="c", choice="restore"),
        ],
        {"c": ("spot", "二")},
    )

    assert story[-1].turns[0].new == "二"
    assert story[-1].turns[0].old == "三"
    assert [line.turns[0].stands for line in story if line.turns] == [True, False, True]


def test_a_story_begins_where_it_was_born():
    story = tell([told("case.corrected", 5, owner="环卫所")], born={"owner": "物业"})

    assert (story[0].turns[0].old, story[0].turns[0].new) == ("物业", "环卫所")


def test_how_long_it_lay_on_the_phone():
    assert tell([told("report.filed", 1)])[0].late == 60_000
