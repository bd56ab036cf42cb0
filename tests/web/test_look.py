"""The look is whole: sheets, tokens, icons and pictures all there, and small."""

from __future__ import annotations

import re

import brotli
import pytest

from server.assets import SHEETS, sheet
from server.settings import ROOT

WEB = ROOT / "web"
CSS = WEB / "static" / "css"
ICON_CALL = re.compile(r"""\bicon\(\s*["']([\w-]+)["']|icons\.svg#i-([\w-]+)""")


def sources(*endings: str) -> str:
    folders = (WEB / "templates", WEB / "static" / "js", ROOT / "server")
    return "\n".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in endings
    )


def test_every_file_of_styles_stands_in_the_order_once():
    lines = (CSS / "order.txt").read_text(encoding="utf-8").splitlines()
    listed = [line.split()[0] for line in lines if line and not line.startswith("#")]

    assert sorted(listed) == sorted(path.name for path in CSS.glob("*.css"))


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_uses_only_tokens_it_has(name):
    text = sheet(name).decode()
    given = set(re.findall(r"(--[\w-]+)\s*:", text))

    assert set(re.findall(r"var\((--[\w-]+)\s*\)", text)) - given == set()


@pytest.mark.parametrize(
    ("name", "most"), [("phone.css", 8500), ("desk.css", 9000), ("public.css", 7000)]
)
def test_a_sheet_is_small(name, most):
    assert len(brotli.compress(sheet(name))) <= most


def test_every_icon_is_drawn():
    drawn = set(re.findall(r'id="i-([\w-]+)"', (WEB / "static" / "icons.svg").read_text()))
    asked = {a or b for a, b in ICON_CALL.findall(sources(".html", ".js", ".py"))}

    assert asked - drawn == set()
