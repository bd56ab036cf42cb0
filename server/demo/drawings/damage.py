"""What is worn, broken, burnt or dug up."""

from __future__ import annotations

from math import cos, pi, sin

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import Sheet


def flakes(s: Sheet) -> None:
    """Plaster that has come off, the brick bare beneath."""
    for at, level, size in ((380, 220, 150), (720, 430, 190), (300, 560, 100), (960, 180, 90)):
        edge = [
            (
                at + size * s.chance.uniform(0.7, 1.15) * cos(n * pi / 7),
                level + 0.7 * size * s.chance.uniform(0.7, 1.15) * sin(n * pi / 7),
            )
            for n in range(14)
        ]
        s.shape(c.PALE_STONE, *[(a - 6, b - 8) for a, b in edge])
        s.shape(c.BRICK, *edge)
        for row in range(-2, 3):
            reach = size * 0.62 * max(0, 1 - (row * 34 / (0.66 * size)) ** 2) ** 0.5
            s.line(
                shaded(c.BRICK, 1.2),
                4,
                (at - reach, level + row * 34),
                (at + reach, level + row * 34),
            )
    for n in range(26):
        left = 180 + n * 34 + s.chance.randrange(-20, 20)
        s.shape(
            s.chance.choice((c.PAPER, c.PALE_STONE, c.LIME)),
            (left, 800),
            (left + 30, 786),
            (left + 46, 806),
            (left + 14, 816),
        )


def lamp_frame(s: Sheet) -> None:
    """A ceiling with the frame of a lamp and nothing in it."""
    s.box(shaded(c.LIME, 0.97), 0, 0, 1200, 900)
    s.shape(shaded(c.LIME, 0.88), (0, 900), (260, 700), (940, 700), (1200, 900))
    s.shape(shaded(c.LIME, 0.92), (0, 0), (260, 0), (260, 700), (0, 900))
    s.ring(c.IRON, 620, 330, 190, 22)
    s.ring(c.STEEL, 620, 330, 120, 10)
    for n in range(3):
        turn = 2 * pi * n / 3 + 0.4
        s.line(c.IRON, 10, (620, 330), (620 + 180 * cos(turn), 330 + 180 * sin(turn)))
    s.oval(c.INK, 620, 330, 34)
    s.curve(c.RED, 6, (620, 330), (670, 400), (650, 460))
    s.curve(c.INK, 6, (620, 330), (590, 420), (606, 470))


def worn_edge(s: Sheet) -> None:
    """One stair from near, its edge rounded by feet."""
    s.box(c.PALE_GREEN, 0, 0, 1200, 360)
    s.box(c.PALE_STONE, 0, 300, 1200, 220)
    s.box(shaded(c.STONE, 0.8), 0, 500, 1200, 160)
    s.box(c.PALE_STONE, 0, 650, 1200, 160)
    s.box(shaded(c.STONE, 0.8), 0, 790, 1200, 120)
    for edge in (500, 790):
        rim = [(330 + n * 22.5, edge + 62 * sin(pi * n / 24)) for n in range(25)]
        s.shape(shaded(c.PALE_STONE, 1.06), (300, edge - 40), (900, edge - 40), *reversed(rim))
        s.line(shaded(c.STONE, 1.15), 6, *rim)


def scorch(s: Sheet) -> None:
    for n in range(9, 0, -1):
        s.oval("#1c222630", 400, 730, 26 * n, 9 * n)
    s.oval("#1c2226c0", 400, 730, 90, 30)


def ash(s: Sheet, x: float, y: float) -> None:
    """Grey ash with embers in it."""
    s.oval(shaded(c.STEEL, 0.9), x, y - 20, 240, 60)
    s.oval(c.PALE_STEEL, x - 20, y - 34, 190, 44)
    for _ in range(60):
        s.oval(
            s.chance.choice((c.STEEL, c.IRON, c.PAPER)),
            x + s.chance.uniform(-200, 170),
            y - 30 + s.chance.uniform(-38, 34),
            12,
            6,
        )
    for n in range(8):
        a, b = x - 150 + n * 42, y - 36 + 24 * sin(n * 2)
        s.glow("#e2602c", a, b, 34)
        s.oval("#ffb45c", a, b, 11, 7)


def slab(s: Sheet, x: float, y: float) -> None:
    """A slab of a stepped lane, tilted up or level again."""
    if s.says("tilted"):
        s.shape(
            shaded(c.INK, 0.9),
            (x - 230, y - 20),
            (x + 230, y - 20),
            (x + 270, y + 70),
            (x - 270, y + 70),
        )
        s.shape(
            c.PALE_STONE,
            (x - 250, y + 40),
            (x + 230, y - 104),
            (x + 290, y - 30),
            (x - 260, y + 84),
        )
        s.shape(
            shaded(c.STONE, 0.8),
            (x - 260, y + 84),
            (x + 290, y - 30),
            (x + 290, y - 2),
            (x - 258, y + 106),
        )
    else:
        s.shape(
            shaded(c.PALE_STONE, 1.08),
            (x - 236, y - 26),
            (x + 236, y - 26),
            (x + 270, y + 64),
            (x - 270, y + 64),
        )
        s.line(shaded(c.STONE, 0.8), 5, (x - 270, y + 64), (x + 270, y + 64))


def trench(s: Sheet) -> None:
    """An open trench with a pipe or conduit in it."""
    wide = s.says("pipe")
    top, foot = (610, 870) if wide else (s.floor + 14, s.floor + 190)
    spoil(s, foot)
    s.shape(shaded(c.DARK_WOOD, 0.9), (0, top + 90), (1200, top), (1200, foot - 120), (0, foot))
    s.shape(
        shaded(c.DARK_WOOD, 0.65),
        (0, top + 130),
        (1200, top + 30),
        (1200, foot - 150),
        (0, foot - 40),
    )
    thick = 120 if wide else 34
    middle = (top + foot) / 2 + 20
    s.line("#d8752e" if not wide else c.PALE_STEEL, thick, (-40, middle + 30), (1240, middle - 70))
    s.line("#ffffff60", thick / 6, (-40, middle + 30 - thick / 4), (1240, middle - 70 - thick / 4))
    for n in range(4 if wide else 0):
        s.line(
            c.STEEL, 8, (180 + n * 300, middle - 46 - n * 24), (184 + n * 300, middle + 74 - n * 24)
        )


def spoil(s: Sheet, y: float) -> None:
    """What was dug out, in clods along the edge."""
    for _ in range(120):
        x, down = s.chance.randrange(-20, 1220), s.chance.randrange(0, 54)
        tone = shaded(c.DARK_WOOD, s.chance.choice((0.85, 1, 1.15)))
        s.oval(tone, x, y + down - x * 0.1, s.chance.randrange(10, 34), s.chance.randrange(6, 16))
