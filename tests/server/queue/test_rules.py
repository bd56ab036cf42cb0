from server.queue.rules import Wanted, wanted
from server.reports.models import Report


def test_a_filter_stands_in_the_address_and_comes_back():
    asked = Wanted(state="dismissed", source="resident", words="井台 桶", page=3)

    said = dict(pair.split("=") for pair in asked.query.split("&"))

    assert set(said) == {"state", "source", "q", "p"}
    assert wanted({"state": "dismissed", "source": "resident", "q": "井台 桶", "p": "3"}) == asked


def test_what_everybody_starts_with_is_not_in_the_address():
    assert Wanted().query == ""


def test_who_looks_for_words_looks_everywhere():
    assert wanted({"q": "井台"}).state == "all"
    assert wanted({"q": "井台", "state": "waiting"}).state == "waiting"


def test_nonsense_is_left_out():
    said = {"state": "gone", "source": "moon", "order": "up", "p": "-3", "q": "  "}

    assert wanted(said) == Wanted()
    assert wanted({"p": "٣"}).page == 1


def test_a_report_fits_its_filter():
    report = Report(state="screening", source="steward", place_id="a")

    assert Wanted().fits(report)
    assert Wanted(state="all", place="a").fits(report)
    assert not Wanted(source="resident").fits(report)
    assert not Wanted(state="accepted").fits(report)
