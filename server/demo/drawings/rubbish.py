"""What is thrown away, and what it is swept up with."""

from __future__ import annotations

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import Sheet


def bins(s: Sheet, x: float, y: float) -> None:
    """Wheelie bins, shut or overflowing, one of them perhaps without a wheel."""
    many = s.count("bins|wheelie bins", 2 if s.says("bins") else 1)
    for n in range(many):
        middle = x + (n - (many - 1) / 2) * 210
        if s.says("overflow"):
            sacks(s, middle, y - 250, 3, 62)
        if s.says("one wheel missing"):
            leaning_bin(s, middle, y)
        else:
            one_bin(s, middle, y)


def one_bin(s: Sheet, x: float, y: float) -> None:
    s.shadow(x + 8, y + 4, 110)
    for side in (-58, 58):
        s.oval(c.INK, x + side, y - 14, 20)
    s.shape(c.GREEN, (x - 88, y - 238), (x + 88, y - 238), (x + 68, y - 12), (x - 68, y - 12))
    s.shape(c.DEEP_GREEN, (x + 52, y - 238), (x + 88, y - 238), (x + 68, y - 12), (x + 44, y - 12))
    s.box(shaded(c.GREEN, 0.8), x - 50, y - 160, 100, 58, 8)
    if s.says("overflow"):
        s.shape(
            c.DEEP_GREEN,
            (x - 96, y - 232),
            (x - 110, y - 330),
            (x - 96, y - 336),
            (x - 80, y - 236),
        )
    else:
        s.box(c.DEEP_GREEN, x - 98, y - 262, 196, 30, 12)
        s.box(shaded(c.DEEP_GREEN, 0.8), x - 30, y - 274, 60, 14, 6)


def leaning_bin(s: Sheet, x: float, y: float) -> None:
    s.shadow(x + 10, y + 4, 130)
    s.oval(c.INK, x + 66, y - 22, 26)
    s.oval(c.STEEL, x + 66, y - 22, 9)
    s.shape(c.GREEN, (x - 128, y - 228), (x + 46, y - 262), (x + 72, y - 26), (x - 66, y + 2))
    s.shape(c.DEEP_GREEN, (x + 8, y - 254), (x + 46, y - 262), (x + 72, y - 26), (x + 44, y - 20))
    s.shape(
        shaded(c.DEEP_GREEN, 0.9),
        (x - 146, y - 236),
        (x + 54, y - 276),
        (x + 58, y - 250),
        (x - 138, y - 208),
    )
    s.line(c.IRON, 10, (x - 60, y + 2), (x - 34, y - 4))


def bags(s: Sheet, x: float, y: float) -> None:
    """A pile of tied rubbish bags, as many layers as are told of."""
    layers = s.count("layers", 2)
    s.shadow(x, y + 2, 170)
    for layer in range(layers):
        sacks(s, x, y - layer * 68, layers + 1 - layer, 62)


def sacks(s: Sheet, x: float, y: float, many: int, size: float) -> None:
    colours = (c.INK, shaded(c.IRON, 0.8), c.CREAM, shaded(c.BLUE, 1.2), c.INK)
    for n in range(many):
        middle = x + (n - (many - 1) / 2) * size * 1.5
        colour = s.chance.choice(colours)
        s.shape(
            colour,
            (middle - 10, y - size * 1.25),
            (middle + 10, y - size * 1.25),
            (middle + 20, y - size * 1.55),
            (middle - 18, y - size * 1.5),
        )
        s.oval(colour, middle, y - size * 0.62, size * 0.86, size * 0.66)
        s.line(
            f"{shaded(colour, 0.75)}", 3, (middle, y - size * 1.2), (middle + 14, y - size * 0.6)
        )


def broom(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y, 46)
    s.line(c.PALE_WOOD, 12, (x + 66, y - 360), (x, y - 92))
    s.shape(c.STRAW, (x - 10, y - 104), (x + 20, y - 98), (x + 44, y), (x - 62, y))
    for n in range(5):
        s.line(shaded(c.STRAW, 0.8), 3, (x, y - 90), (x - 52 + n * 22, y - 4))


def rubble(s: Sheet, x: float, y: float) -> None:
    """A heap of broken bricks, with what lies on it."""
    colours = (c.BRICK, c.BRICK, c.BRICK_DARK, shaded(c.BRICK, 1.15), c.PALE_STONE)
    if not s.says("red bricks|heap of bricks"):
        colours = (c.BRICK, c.PALE_STONE, c.STONE, c.BRICK_DARK, c.BASE)
    turn = -1 if s.says("other side") else 1
    s.shadow(x, y + 4, 330, 26)
    s.shape(
        shaded(c.STONE, 0.9),
        (x - 300, y),
        (x - 120 * turn, y - 170),
        (x + 60, y - 190),
        (x + 300, y),
    )
    for row in range(6):
        reach = 290 - row * 44
        for _ in range(11 - row):
            brick(
                s, s.chance.choice(colours), x + s.chance.uniform(-reach, reach), y - 10 - row * 33
            )
    if s.says("old toilet on top"):
        toilet(s, x, y - 186)
    if s.says("cement bags"):
        for n in range(3):
            s.box(c.PALE_STEEL, x - 330 + n * 14, y - 62 - n * 46, 180, 50, 18)
            s.box(c.BLUE, x - 274 + n * 14, y - 52 - n * 46, 60, 30)


def brick(s: Sheet, colour: str, x: float, y: float) -> None:
    lean = s.chance.uniform(-14, 14)
    s.shape(
        shaded(colour, 0.8),
        (x - 40, y - lean + 6),
        (x + 40, y + lean + 6),
        (x + 40, y + lean + 18),
        (x - 40, y - lean + 18),
    )
    s.shape(
        colour,
        (x - 42, y - 22 - lean),
        (x + 38, y - 22 + lean),
        (x + 40, y + lean + 8),
        (x - 40, y - lean + 8),
    )


def toilet(s: Sheet, x: float, y: float) -> None:
    s.box(c.PAPER, x - 78, y - 170, 66, 112, 10)
    s.shape(
        c.PAPER,
        (x - 70, y - 84),
        (x + 92, y - 84),
        (x + 50, y - 26),
        (x + 34, y),
        (x - 46, y),
        (x - 50, y - 40),
    )
    s.oval(shaded(c.PAPER, 0.9), x + 12, y - 86, 84, 20)
    s.oval(c.STEEL, x + 12, y - 86, 58, 12)
    s.line(shaded(c.PAPER, 0.8), 4, (x - 74, y - 62), (x + 70, y - 58))


def sofa(s: Sheet, x: float, y: float) -> None:
    tone = "#8c7a6b"
    s.shadow(x, y + 4, 240, 20)
    s.box(shaded(tone, 0.9), x - 210, y - 230, 420, 170, 28)
    s.box(tone, x - 180, y - 120, 360, 90, 14)
    for side in (-230, 170):
        s.box(shaded(tone, 0.8), x + side, y - 170, 62, 160, 24)
    s.box(shaded(tone, 0.7), x - 200, y - 40, 400, 34, 8)
    s.shape(c.STRAW, (x - 80, y - 214), (x - 20, y - 190), (x + 10, y - 132), (x - 50, y - 150))
    s.line(c.INK, 4, (x - 80, y - 214), (x + 10, y - 132))
    s.curve(c.STEEL, 4, (x + 60, y - 118), (x + 80, y - 190), (x + 104, y - 120))


def bucket(s: Sheet, x: float, y: float) -> None:
    """A bucket: for slops, with a lid, or with a mop in it."""
    tone = c.STEEL if s.says("metal|lid") else c.BLUE if s.says("mop") else c.RED
    s.shadow(x, y + 2, 100)
    s.shape(tone, (x - 90, y - 170), (x + 90, y - 170), (x + 64, y), (x - 64, y))
    s.shape(shaded(tone, 0.82), (x + 40, y - 170), (x + 90, y - 170), (x + 64, y), (x + 30, y))
    s.oval(shaded(tone, 0.7), x, y - 170, 92, 24)
    if s.says("lid"):
        s.oval(shaded(tone, 1.15), x, y - 180, 100, 26)
        s.box(c.INK, x - 20, y - 220, 40, 16, 8)
        return
    s.bow(c.INK, x, y - 168, 96, 6, 180, 360)
    if s.says("mop"):
        mop(s, x + 190, y)
    if s.says("slop"):
        s.oval(shaded(c.LEAF, 0.8), x, y - 166, 80, 18)
        for n in range(8):
            fly(s, x + s.chance.uniform(-190, 190), y - 210 - n * 24)


def fly(s: Sheet, x: float, y: float) -> None:
    s.oval(c.INK, x, y, 6, 4)
    s.oval("#2c363c70", x - 5, y - 6, 7, 4)
    s.oval("#2c363c70", x + 5, y - 6, 7, 4)


def broom_in_crack(s: Sheet) -> None:
    """A broom stuck into the ground to warn people."""
    s.line(c.PALE_WOOD, 14, (604, s.floor + 160), (630, s.floor - 120))
    s.shape(
        c.STRAW,
        (616, s.floor - 110),
        (650, s.floor - 106),
        (690, s.floor - 230),
        (590, s.floor - 240),
    )
    for n in range(5):
        s.line(shaded(c.STRAW, 0.8), 3, (632, s.floor - 110), (602 + n * 20, s.floor - 232))


def mop(s: Sheet, x: float, y: float) -> None:
    s.line(c.PALE_WOOD, 12, (x - 70, y - 420), (x, y - 70))
    for n in range(9):
        s.line(c.CREAM, 12, (x, y - 80), (x - 70 + n * 18, y))


def leaves(s: Sheet, x: float, y: float) -> None:
    """A raked heap of wet leaves."""
    s.shadow(x, y + 2, 180, 20)
    for n in range(150):
        row = n // 15
        spot = x + s.chance.uniform(-1, 1) * (165 - row * 14)
        tone = s.chance.choice((c.LEAF, "#8a7a3a", c.DARK_WOOD, "#a8803c", "#5c6632"))
        s.oval(tone, spot, y - row * 13, 22, 9)


def rake(s: Sheet, x: float, y: float) -> None:
    s.line(c.WOOD, 11, (x + 96, y - 380), (x, y - 26))
    s.line(c.IRON, 10, (x - 56, y - 26), (x + 56, y - 20))
    for n in range(7):
        s.line(c.IRON, 5, (x - 54 + n * 18, y - 24), (x - 56 + n * 18, y))
