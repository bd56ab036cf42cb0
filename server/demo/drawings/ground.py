"""Covers, grates, water, sand and marks on the ground."""

from __future__ import annotations

from math import cos, pi, sin

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import Sheet


def manhole(s: Sheet, x: float, y: float) -> None:
    """A round cover: whole, with a gap, or broken in two."""
    s.oval(shaded(c.PAVING, 0.85), x, y, 250, 104)
    s.oval(shaded(c.INK, 0.6), x, y, 226, 92)
    if s.says("broken"):
        for side, lean in ((-1, 8), (1, -6)):
            cover(s, x + 14 * side, y + lean, 210, 84, (90, 270) if side < 0 else (270, 450))
    elif s.says("gap"):
        cover(s, x - 34, y - 14, 206, 82, (0, 360))
    else:
        cover(s, x, y, 218, 88, (0, 360))


def cover(s: Sheet, x: float, y: float, across: float, down: float, span: tuple[int, int]) -> None:
    start, end = (pi * edge / 180 for edge in span)
    rim = [start + (end - start) * n / 40 for n in range(41)]

    def round_of(share: float, lift: float = 0) -> list[tuple[float, float]]:
        return [(x + across * share * cos(t), y + lift + down * share * sin(t)) for t in rim]

    s.shape(shaded(c.IRON, 0.7), *round_of(1, 10))
    s.shape(shaded(c.BASE, 0.9), *round_of(1))
    s.shape(c.BASE, *round_of(0.86))
    for row in range(-3, 4):
        for n in range(-6, 7):
            a, b = n * 28 + 14 * (row % 2), row * 20
            turn = (a / across) ** 2 + (b / down) ** 2
            half = span == (0, 360) or (a < -8) == (span == (90, 270))
            if turn < 0.6 and half:
                s.oval(shaded(c.IRON, 1.1), x + a, y + b, 9, 4)


def vapour(s: Sheet) -> None:
    x, y = 600, s.floor + 150
    for n in range(16):
        s.oval("#ffffff3c", x + 60 * sin(n * 0.9) + n * 5, y - n * 34, 50 + n * 9, 34 + n * 6)


def drain(s: Sheet, x: float, y: float) -> None:
    """A clear grating in the paving."""
    s.shape(
        shaded(c.PAVING, 0.85),
        (x - 200, y - 70),
        (x + 200, y - 70),
        (x + 240, y + 60),
        (x - 240, y + 60),
    )
    s.shape(c.INK, (x - 176, y - 58), (x + 176, y - 58), (x + 210, y + 48), (x - 210, y + 48))
    for n in range(-6, 7):
        s.line(c.STEEL, 11, (x + n * 26, y - 56), (x + n * 31, y + 46))
    for level, reach in ((-56, 176), (46, 210)):
        s.line(c.STEEL, 9, (x - reach, y + level), (x + reach, y + level))


def flood(s: Sheet) -> None:
    """The lane under water."""
    s.shape("#7f8f8cf0", (0, s.floor + 46), (1200, s.floor + 20), (1200, 900), (0, 900))
    for _ in range(26):
        x, y = s.chance.randrange(1200), s.chance.randrange(s.floor + 70, 890)
        s.ring(c.PALE_WATER, x, y, s.chance.randrange(20, 60), 3, s.chance.randrange(6, 16))


def water_path(s: Sheet) -> None:
    """Dark water that runs across a path from under a cover."""
    for n in range(30):
        share = n / 29
        x = 600 + 120 * sin(share * 4)
        s.oval(c.DEEP_WATER, x, s.floor + 150 + 420 * share, 320 + 90 * share, 120)
    for n in range(5):
        s.oval("#98a8a560", 540 + n * 40, 620 + n * 66, 90, 8)


def wet_floor(s: Sheet) -> None:
    for x, y, across in ((560, 780, 330), (820, 850, 240), (330, 850, 200)):
        s.oval("#98a8a5a0", x, y, across, 40)
        s.oval("#cfdde480", x - 40, y - 6, across * 0.5, 14)


def doorsill_water(s: Sheet) -> None:
    """Dark water down the steps, and a towel against it."""
    s.shape(
        "#3f4b52c4",
        (470, 446),
        (730, 446),
        (800, 532),
        (870, 650),
        (1010, 900),
        (150, 900),
        (330, 656),
        (410, 530),
    )
    for n in range(5):
        s.line("#98a8a590", 5, (470 - n * 30, 480 + n * 84), (640 + n * 10, 480 + n * 84))
    s.box(c.CREAM, 440, 420, 320, 44, 20)
    for n in range(6):
        s.box(c.BLUE, 466 + n * 50, 420, 12, 44)


def sand(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 4, 420, 34)
    s.shape(
        c.STRAW,
        (x - 420, y),
        (x - 250, y - 120),
        (x - 60, y - 250),
        (x + 40, y - 262),
        (x + 240, y - 120),
        (x + 420, y),
    )
    s.shape(shaded(c.STRAW, 0.88), (x + 40, y - 262), (x + 240, y - 120), (x + 420, y), (x + 60, y))
    for _ in range(90):
        a = s.chance.uniform(-1, 1)
        b = s.chance.uniform(0, 1 - abs(a)) * 210
        s.oval(shaded(c.STRAW, s.chance.choice((0.8, 1.1))), x + a * 360, y - b - 6, 5, 3)


def sandbags(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 4, 420, 22)
    for row in range(4):
        for n in range(6 - row % 2):
            left = x - 390 + n * 132 + 66 * (row % 2)
            s.box(
                shaded("#b9ab8a", 0.92 + 0.06 * ((n + row) % 3)),
                left,
                y - 68 - row * 62,
                128,
                66,
                26,
            )
            s.line(
                shaded("#b9ab8a", 0.75),
                4,
                (left + 18, y - 50 - row * 62),
                (left + 104, y - 50 - row * 62),
            )


def posts(s: Sheet, x: float, y: float) -> None:
    """Fresh posts that take half of a path."""
    for n in range(s.count("fresh posts|posts", 4)):
        at, foot, size = x - 330 + n * 210, y - 60 + n * 54, 1 + n * 0.16
        s.oval(shaded(c.STONE, 1.2), at, foot, 62 * size, 20 * size)
        s.box(c.PALE_WOOD, at - 24 * size, foot - 280 * size, 48 * size, 284 * size, 6)
        s.box(shaded(c.PALE_WOOD, 0.85), at + 8 * size, foot - 280 * size, 16 * size, 284 * size)
        s.oval(shaded(c.PALE_WOOD, 1.12), at, foot - 280 * size, 24 * size, 9 * size)


def hatching(s: Sheet) -> None:
    """The yellow stripes of a fire lane."""
    s.shape("#d9b23c", (60, s.floor + 40), (1140, s.floor + 40), (1240, 880), (-40, 880))
    s.shape(shaded(c.BASE, 0.95), (84, s.floor + 54), (1116, s.floor + 54), (1200, 864), (0, 864))
    for n in range(9):
        s.line("#d9b23c", 18, (60 + n * 140, 866), (170 + n * 122, s.floor + 52))


def chalk_outline(s: Sheet) -> None:
    s.line(c.PAPER, 8, (260, 640), (960, 640), (1040, 820), (180, 820), (260, 640))
    for n in range(1, 4):
        s.line(c.PAPER, 6, (260 + n * 175, 640), (180 + n * 215, 820))


def torch_beam(s: Sheet) -> None:
    s.shape("#fbeed540", (1200, 760), (1200, 900), (560, 800), (420, 700), (560, 640))
    s.oval("#fbeed550", 560, 720, 220, 80)
    s.oval("#fbeed560", 560, 720, 130, 44)
    for _ in range(18):
        s.line(
            "#fbeed580",
            4,
            (s.chance.randrange(420, 680), y := s.chance.randrange(670, 770)),
            (s.chance.randrange(440, 720), y),
        )
