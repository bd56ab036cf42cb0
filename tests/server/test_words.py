"""Every sentence has its Chinese, every label both languages; gaps are the same in both."""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path

import pytest
from jinja2 import Environment

from server import words
from server.permissions import ACTIONS, ROLES
from server.refusals import Reason
from server.settings import ROOT
from server.words import FOLDER, _from_trans, entries, files

GAP = re.compile(r"\{(\w+)\}")
JS_TEXT = re.compile(r"""\bt\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`$]*`)""")
LABEL_CALL = re.compile(r"""\blabel\(\s*["'](\w+)["']\s*,\s*["'](\w+)["']""")


def in_templates() -> set[str]:
    env = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    found: set[str] = set()
    for path in (ROOT / "web" / "templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        for _line, _name, message in env.extract_translations(source):
            texts = message if isinstance(message, tuple) else (message,)
            found |= {_from_trans(text) for text in texts if text}
    return found


def in_python() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "server").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "_",
                "gettext",
                "ngettext",
            ):
                args = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                found |= {arg for arg in args if isinstance(arg, str)}
    return found | {reason.value for reason in Reason}


def scripts() -> list[Path]:
    paths = [*(ROOT / "web").rglob("*.js"), *(ROOT / "sync" / "phone").rglob("*.js")]
    return [path for path in paths if "vendor" not in path.parts]


def in_scripts() -> set[str]:
    return {
        ast.literal_eval(text if text[0] != "`" else repr(text[1:-1]))
        for path in scripts()
        for text in JS_TEXT.findall(path.read_text(encoding="utf-8"))
    }


def labels_in_use() -> set[tuple[str, str]]:
    sources = [*(ROOT / "web" / "templates").rglob("*.html"), *(ROOT / "server").rglob("*.py")]
    return {
        pair
        for path in [*sources, *scripts()]
        for pair in LABEL_CALL.findall(path.read_text(encoding="utf-8"))
    } | {("role", role) for role in ROLES}


def labels(language: str) -> set[tuple[str, str]]:
    return {key for key in words.catalogue(language) if key[0]}


def test_every_sentence_of_pages_and_server_has_its_chinese():
    known = words.catalogue("zh-Hans")

    assert sorted(t for t in in_templates() | in_python() if (None, t) not in known) == []


def test_every_sentence_of_scripts_has_its_chinese_in_phone_po():
    known = words.catalogue("zh-Hans", "phone")

    assert sorted(text for text in in_scripts() if (None, text) not in known) == []


def test_every_label_has_both_languages():
    chinese, english = labels("zh-Hans"), labels("en")

    assert sorted(chinese ^ english) == []
    assert sorted(labels_in_use() - chinese) == []


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_no_two_files_say_it_differently(language):
    said: dict[tuple[str | None, str], str] = {}
    for path in files(language):
        for key, text in entries(path).items():
            assert said.setdefault(key, text) == text, f"{path.name}: {key}"


def test_gaps_are_the_same_in_both_languages():
    pairs = words.catalogue("zh-Hans").items()

    assert [
        text
        for (context, text), chinese in pairs
        if not context and set(GAP.findall(text)) != set(GAP.findall(chinese))
    ] == []


def test_no_translation_is_empty_or_doubtful():
    for path in FOLDER.glob("*.po"):
        source = path.read_text(encoding="utf-8")
        assert "fuzzy" not in source, path.name
        assert not re.search(r'^msgstr ""\n(?!")', source, re.M), path.name


def test_what_nobody_says_is_told():
    used = in_templates() | in_python() | in_scripts()
    unused = sorted(
        text for context, text in words.catalogue("zh-Hans") if not context and text not in used
    )
    if unused:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(f"{len(unused)} sentences nobody says: {unused}", stacklevel=1)


def test_every_action_says_what_it_is():
    assert all(action.does for action in ACTIONS.values())


def test_a_person_chooses_the_language(client):
    assert 'lang="zh-Hans"' in client.get("/session").text

    answer = client.post("/language", data={"language": "en", "next": "/session"})
    page = client.get(answer.headers["Location"])

    assert answer.status_code == 303
    assert 'lang="en"' in page.text
    assert "Sign in" in page.text


def test_an_unknown_language_changes_nothing(client):
    client.post("/language", data={"language": "tlh", "next": "//elsewhere.example"})

    assert 'lang="zh-Hans"' in client.get("/session").text


def test_gaps_are_filled_and_things_counted(app):
    with app.test_request_context(headers={"Cookie": "lane_language=en"}):
        assert words.gettext("Wait {n} s", n=3) == "Wait 3 s"
        assert words.ngettext("{n} photo", "{n} photos", 1) == "1 photo"
        assert words.ngettext("{n} photo", "{n} photos", 2) == "2 photos"
        assert words.label("role", "steward") == "Lane steward"
        assert words.day_time(1_780_034_400_000) == "29 May 14:00"
    with app.test_request_context():
        assert words.day_time(1_780_034_400_000) == "5月29日 14:00"


def test_trans_blocks_take_the_same_gaps(app):
    source = "{% trans who=name %}100 % of {{ who }}{% endtrans %}"
    with app.test_request_context():
        made = app.jinja_env.from_string(source).render(name="<b>")

    assert made == "100 % of &lt;b&gt;"
