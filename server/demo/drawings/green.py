"""Trees, beds, pots, railings and the old well: what a lane is proud of."""

from __future__ import annotations

from math import sin

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import Sheet

BARK = "#6b5844"


def tree(s: Sheet, x: float, y: float) -> None:
    """A big tree, perhaps with a bare branch, a saw cut, or free roots."""
    s.shadow(x, y + 6, 190, 24)
    for reach in (-170, -90, 80, 180):
        s.shape(
            BARK,
            (x - 70, y - 70),
            (x + 70, y - 70),
            (x + reach + 26, y + 14),
            (x + reach - 26, y + 18),
        )
    s.shape(BARK, (x - 66, y), (x + 66, y), (x + 46, y - 500), (x - 42, y - 500))
    s.shape(shaded(BARK, 0.85), (x + 20, y), (x + 66, y), (x + 46, y - 500), (x + 16, y - 500))
    for n in range(4):
        s.line(shaded(BARK, 0.75), 5, (x - 40 + n * 24, y - 40), (x - 30 + n * 20, y - 330))
    s.line(BARK, 46, (x, y - 430), (x + 190, y - 590))
    if s.says("bare branch"):
        s.line(shaded(BARK, 1.3), 34, (x + 10, y - 380), (x + 350, y - 480))
        for end in ((470, -440), (480, -530), (390, -580)):
            s.line(shaded(BARK, 1.3), 14, (x + 330, y - 474), (x + end[0], y + end[1]))
    if s.says("saw cut"):
        s.line(BARK, 50, (x + 10, y - 380), (x + 120, y - 416))
        s.oval("#e0c490", x + 130, y - 420, 22, 30)
        s.ring(c.WOOD, x + 130, y - 420, 12, 3, 16)
    crown(s, x, y - 640)


def crown(s: Sheet, x: float, y: float) -> None:
    for a, b, size in (
        (-210, 40, 150),
        (190, 20, 170),
        (0, -40, 220),
        (-90, 70, 130),
        (110, 90, 130),
        (330, 90, 110),
    ):
        s.oval(c.DEEP_LEAF, x + a, y + b, size, size * 0.78)
    for _ in range(70):
        spot, up = s.chance.uniform(-320, 380), s.chance.uniform(-190, 150)
        s.oval(
            s.chance.choice((c.LEAF, "#7d8f4c", c.DEEP_LEAF)),
            x + spot,
            y + up * (1 - abs(spot) / 700),
            30,
            18,
        )


def small_tree(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y, 90)
    s.shape(BARK, (x - 30, y), (x + 30, y), (x + 18, y - 460), (x - 18, y - 460))
    crown(s, x, y - 560)


def stone_table(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 2, 170)
    s.shape(c.STONE, (x - 50, y), (x + 50, y), (x + 34, y - 130), (x - 34, y - 130))
    s.oval(shaded(c.STONE, 0.85), x, y - 128, 190, 40)
    s.oval(c.PALE_STONE, x, y - 142, 190, 40)
    for side in (-250, 250):
        s.box(c.STONE, x + side - 46, y - 76, 92, 76, 12)
        s.oval(c.PALE_STONE, x + side, y - 78, 50, 16)


def rope(s: Sheet) -> None:
    """A cordon: stakes with a rope between them."""
    low = 110 if s.says("low rope") else 170
    for n in range(5):
        at = 130 + n * 235
        s.box(c.DARK_WOOD, at - 9, 830 - low, 18, low + 10)
        if n < 4:
            s.curve(
                c.RED if low > 120 else c.STRAW,
                9,
                (at, 850 - low),
                (at + 118, 900 - low),
                (at + 235, 850 - low),
            )


def warning_sheet(s: Sheet) -> None:
    s.box(c.PAPER, 520, 700, 160, 120)
    s.shape(c.LAMP, (600, 712), (654, 800), (546, 800))
    s.line(c.INK, 10, (600, 744), (600, 772))
    s.oval(c.INK, 600, 788, 6)


def flower_bed(s: Sheet) -> None:
    """A bed with a brick edge; empty, or with bushes in it."""
    soil = "#7a6450"
    top, foot = s.floor + 10, s.floor + 210
    s.shape(soil, (120, top), (1080, top), (1160, foot), (40, foot))
    for _ in range(60):
        a, b = s.chance.randrange(120, 1080), s.chance.randrange(top + 16, foot - 8)
        s.oval(shaded(soil, s.chance.choice((0.85, 1.15))), a, b, 16, 6)
    if not s.says("empty|ash"):
        for n in range(8):
            bush(s, 170 + n * 122, top + 70 + 40 * (n % 2))
    for n in range(12):
        tone = shaded(c.BRICK, s.chance.choice((0.9, 1, 1.1)))
        s.box(tone, 34 + n * 95, foot - 6, 91, 44)
        s.box(shaded(tone, 1.15), 34 + n * 95, foot - 14, 91, 12)


def bush(s: Sheet, x: float, y: float) -> None:
    for n in range(5):
        s.oval(c.LEAF if n % 2 else c.DEEP_LEAF, x - 40 + n * 20, y - 30 - 16 * sin(n), 36, 32)
    for n in range(3):
        s.oval("#d9a0a8", x - 30 + n * 30, y - 60 + 12 * (n % 2), 9)


def pots(s: Sheet, x: float, y: float) -> None:
    """Pots with something green in them."""
    onions = s.says("onions|the pots")
    many = s.count("flowerpots|pots", 2)
    gap = 260
    for n in range(many):
        pot(s, x + (n - (many - 1) / 2) * gap, y, onions)


def pot(s: Sheet, x: float, y: float, onions: bool) -> None:
    s.shadow(x, y + 2, 90)
    for n in range(9):
        lean = (n - 4) * 20
        if onions:
            s.curve(
                "#5f8a3f",
                11,
                (x + lean * 0.6, y - 120),
                (x + lean * 0.8, y - 260),
                (x + lean * 1.7, y - 330 + abs(lean)),
            )
        else:
            s.oval(c.LEAF, x + lean, y - 160 - 30 * (n % 3), 34, 26)
    for n in range(0 if onions else 4):
        s.oval("#c9566a", x - 60 + n * 40, y - 190 - 26 * (n % 2), 17)
    clay = "#b5704c"
    s.shape(clay, (x - 84, y - 130), (x + 84, y - 130), (x + 62, y), (x - 62, y))
    s.box(shaded(clay, 1.1), x - 94, y - 156, 188, 36, 6)
    s.shape(shaded(clay, 0.85), (x + 40, y - 120), (x + 84, y - 120), (x + 62, y), (x + 34, y))


def railing(s: Sheet) -> None:
    """The stone railing of a river path: whole, or with a gap."""
    gap = s.says("with a gap")
    new = s.says("new stone")
    for n in range(7):
        at = 20 + n * 195
        tone = "#d9d4c6" if new and n == 3 else c.PALE_STONE
        if not (gap and n == 3):
            if n < 6:
                s.box(tone, at, 420, 195, 34, 6)
                s.box(shaded(tone, 0.88), at + 30, 470, 135, 130)
                s.box(tone, at + 44, 484, 107, 102)
            s.box(tone, at - 22, 380, 44, 270, 8)
            s.oval(tone, at, 376, 27)
    s.box(shaded(c.STONE, 0.9), 0, 618, 1200, 40)
    if gap:
        s.box(c.PALE_STONE, 778, 380, 44, 270, 8)
        s.line("#9db06a", 16, (566, 470), (830, 430))
        s.shape(c.RED, (650, 450), (730, 440), (742, 560), (700, 520), (664, 566))


def well(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 6, 180, 20)
    s.shape(c.STONE, (x - 150, y - 170), (x + 150, y - 170), (x + 166, y), (x - 166, y))
    for row in range(3):
        s.line(shaded(c.STONE, 0.8), 4, (x - 154, y - 56 * row), (x + 154, y - 56 * row))
        for n in range(4):
            at = x - 130 + n * 84 + 42 * (row % 2)
            s.line(shaded(c.STONE, 0.8), 4, (at, y - 56 * row), (at, y - 56 * row - 54))
    s.oval(c.PALE_STONE, x, y - 172, 160, 44)
    s.oval(shaded(c.INK, 0.8), x, y - 172, 112, 28)
    for n in (-2, 1, 2):
        s.line(shaded(c.STONE, 0.85), 5, (x + n * 50, y - 150), (x + n * 48, y - 134))


def balcony_above(s: Sheet) -> None:
    """A balcony seen from below, its railing with or without pots on it."""
    front(s)
    s.shape(shaded(c.LIME, 0.72), (240, 560), (980, 500), (1040, 560), (220, 640))
    s.shape(c.PALE_STONE, (220, 640), (1040, 560), (1040, 600), (220, 684))
    for n in range(15):
        at = 236 + n * 56
        lean = 80 * (at - 220) / 820
        s.line(c.IRON, 8, (at, 646 - lean), (at, 440 - lean))
    s.line(c.INK, 18, (220, 442), (1040, 362))
    for n in range(s.count("flowerpots", 0)):
        pot(s, 380 + n * 230, 430 - 22 * n, False)


def front(s: Sheet) -> None:
    s.shape(c.LIME, (0, 0), (900, 0), (1010, 900), (0, 900))
    for n in range(10):
        s.line(shaded(c.LIME, 0.92), 3, (0, 90 * n), (900 + n * 12, 70 * n))
    for x, y in ((130, 120), (520, 130)):
        s.shape(c.IRON, (x, y), (x + 210, y - 10), (x + 220, y + 190), (x, y + 200))
        s.shape(c.GLASS, (x + 14, y + 14), (x + 196, y + 6), (x + 204, y + 176), (x + 14, y + 184))


def tiled_front(s: Sheet) -> None:
    """A tiled house front from below: a dark patch, two tiles gone."""
    s.shape(c.LIME, (0, 0), (820, 0), (1040, 900), (0, 900))
    for row in range(22):
        for n in range(16):
            y, wide = row * 42, (820 + row * 10) / 16
            tone = shaded("#d8c9b4", s.chance.choice((0.97, 1, 1.03)))
            s.box(tone, n * wide + 2, y + 2, wide - 4, 38)
    for n in range(7):
        s.oval("#5b4f4226", 420 + 30 * sin(n * 2), 420 + n * 24, 190 - n * 12, 150 - n * 8)
    for x, y in ((372, 380), (432, 464)):
        s.box(shaded(c.STONE, 0.6), x, y, 56, 40)
        s.box(c.PALE_STONE, x + 4, y + 5, 52, 35)
    s.shape(c.IRON, (640, 120), (770, 110), (790, 330), (650, 330))
    s.shape(c.GLASS, (654, 134), (758, 126), (774, 316), (662, 316))
