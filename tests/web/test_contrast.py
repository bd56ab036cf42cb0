"""Colours people can read and edges they can see, in the light and in the dark."""

from __future__ import annotations

import re

import pytest

from server.settings import ROOT

CSS = (ROOT / "web" / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6}|#[0-9a-f]{3}|transparent|var\(--[\w-]+\));")
SURFACES = ("wall", "paper", "sunk")
STATES = ("draft", "saved", "sending", "delivered", "attention")

TEXT = [
    *((ink, surface) for ink in ("ink", "ink-quiet", "vest-ink") for surface in SURFACES),
    *((f"{hue}-ink", "paper") for hue in ("armband", "leaf", "lamp", "slate")),
    *((f"{hue}-ink", "wall") for hue in ("armband", "leaf", "lamp", "slate")),
    *((f"{hue}-ink", f"{hue}-soft") for hue in ("vest", "armband", "leaf", "lamp", "slate")),
    *(("ink", f"{hue}-soft") for hue in ("vest", "armband", "leaf", "lamp", "slate")),
    *((f"on-{fill}", fill) for fill in ("laid", "vest", "plate", "armband", "leaf", "lamp")),
    *(("on-vest", "vest-press"), ("on-armband", "armband-press")),
    *((f"{state}-ink", f"{state}-fill") for state in STATES),
    ("ink-quiet", "vest-soft"),  # the second line of an open row
    ("armband-ink", "vest-soft"),  # what is late in an open row
    ("wall", "ink"),  # the bar of bulk actions, and toasts
]
EDGES = [
    *((edge, surface) for edge in ("brick", "vest", "focus") for surface in ("wall", "paper")),
    *((edge, "paper") for edge in ("armband", "leaf", "lamp", "slate-line")),
    ("slate-line", "wall"),
    ("laid", "wall"),
    ("brick", "sunk"),
    ("vest", "vest-soft"),
    ("leaf", "leaf-soft"),
    ("lamp", "lamp-soft"),
]


def palette(theme: str) -> dict[str, str]:
    """Every colour of a theme; the dark one lays its own over the light one."""
    light, _, rest = CSS.partition("@media (prefers-color-scheme: dark)")
    dark = rest.partition("@media")[0]
    found = dict(COLOUR.findall(light))
    return found | dict(COLOUR.findall(dark)) if theme == "dark" else found


def colour(name: str, colours: dict[str, str], under: str = "paper") -> str:
    value = colours[name]
    if value == "transparent":
        return colour(under, colours)
    if value.startswith("var("):
        return colour(value[6:-1], colours)
    return value


def luminance(hexes: str) -> float:
    parts = [int(hexes[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str, theme: str) -> float:
    colours = palette(theme)
    lights = sorted(luminance(colour(name, colours)) for name in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(theme):
    pairs = {pair: round(contrast(*pair, theme), 2) for pair in TEXT}

    assert {pair: ratio for pair, ratio in pairs.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_can_be_seen(theme):
    pairs = {pair: round(contrast(*pair, theme), 2) for pair in EDGES}

    assert {pair: ratio for pair, ratio in pairs.items() if ratio < 3} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_quiet_text_is_read_in_the_sun(theme):
    assert min(contrast("ink-quiet", surface, theme) for surface in SURFACES) >= 6.5
