"""What is stuck, painted or put up for people to read or to take; never readable."""

from __future__ import annotations

from PIL import ImageFont

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import FINE, Sheet


def dated_label(s: Sheet) -> None:
    """A sticker that bears a date and nothing else."""
    s.box(c.RED, 250, 0, 700, 900)
    s.box(c.DEEP_RED, 850, 0, 100, 900)
    s.box(shaded(c.RED, 1.2), 300, 0, 40, 900)
    s.box(c.CREAM, 370, 250, 460, 380, 16)
    s.box(shaded(c.CREAM, 0.9), 370, 250, 460, 70, 16)
    s.line(c.STONE, 6, (420, 286), (640, 286))
    font = ImageFont.load_default(96 * FINE)
    s.pen.text((600 * FINE, 440 * FINE), "2021-03", fill=c.INK, font=font, anchor="mm")
    for n in range(2):
        s.line(c.STONE, 6, (420, 540 + n * 40), (760 - n * 120, 540 + n * 40))
    s.shape(shaded(c.CREAM, 0.8), (780, 630), (830, 580), (830, 630))


def pole(s: Sheet, x: float, y: float) -> None:
    """A pole, with or without paper slips all over it."""
    s.shadow(x, y + 2, 90)
    s.box(c.STONE, x - 52, 0, 104, y)
    s.box(shaded(c.STONE, 0.85), x + 22, 0, 30, y)
    if s.says("slips"):
        for n in range(34):
            left, top = x - 66 + s.chance.randrange(0, 84), 60 + n * (y - 120) / 34
            tone = s.chance.choice((c.PAPER, c.CREAM, c.STRAW, c.PALE_GREEN, "#e2b8ae"))
            tall = s.chance.randrange(34, 60)
            s.shape(
                tone,
                (left, top),
                (left + 50, top - 6),
                (left + 54, top + tall),
                (left + 4, top + tall + 5),
            )
            s.line(c.STEEL, 3, (left + 8, top + 16), (left + 42, top + 13))
    for n in range(7 if s.says("bare") else 0):
        s.box(shaded(c.STONE, 1.1), x - 40 + 9 * (n % 4), 140 + n * 70, 34, 40)


def scraper(s: Sheet, x: float, y: float) -> None:
    s.box(c.PALE_WOOD, x - 90, y - 30, 110, 26, 10)
    s.shape(c.PALE_STEEL, (x + 20, y - 30), (x + 90, y - 50), (x + 90, y + 6), (x + 20, y - 4))


def vinegar(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y, 40)
    s.box("#e8e2c8", x - 34, y - 130, 68, 130, 14)
    s.box("#e8e2c8", x - 14, y - 176, 28, 56, 6)
    s.box(c.RED, x - 17, y - 192, 34, 24, 6)
    s.box(c.LIME, x - 34, y - 92, 68, 50)


def advert(s: Sheet) -> None:
    s.shape(
        c.PAPER, (470, 250), (720, 240), (728, 420), (660, 470), (620, 430), (560, 500), (474, 460)
    )
    s.box(c.RED, 500, 280, 190, 44)
    for n in range(3):
        s.line(c.STEEL, 7, (500, 350 + n * 28), (690 - n * 30, 348 + n * 28))
    s.shape(c.CREAM, (474, 460), (560, 500), (530, 560), (470, 520))
    s.oval("#f2efe760", 640, 560, 70, 46)


def leaflet(s: Sheet) -> None:
    """A leaflet with an egg and no words."""
    s.shape(c.SHADOW, (330, 120), (850, 96), (890, 800), (370, 830))
    s.shape(c.CREAM, (318, 106), (838, 82), (878, 786), (358, 816))
    s.shape(c.STRAW, (318, 106), (838, 82), (846, 190), (324, 214))
    s.oval(shaded(c.STRAW, 0.85), 606, 660, 150, 30)
    s.oval("#e8c8a0", 600, 500, 138, 170)
    s.oval("#f2dcbc", 560, 440, 50, 70)
    for n in range(3):
        s.line(c.PALE_STONE, 9, (400, 712 + n * 26), (800 - 90 * n, 694 + n * 26))


def shop_sign(s: Sheet) -> None:
    """A teahouse sign: a board with a cup on it."""
    drop = 70 if s.says("askew") else 0
    s.line(c.INK, 8, (400, 20), (400, 96 - drop / 4))
    s.line(c.INK, 8, (800, 20), (800, 96 + drop) if not drop else (812, 110))
    s.shape(
        c.DARK_WOOD,
        (360, 90 - drop / 3),
        (840, 90 + drop),
        (830, 240 + drop),
        (350, 240 - drop / 3),
    )
    s.shape(
        c.WOOD, (374, 104 - drop / 3), (826, 104 + drop), (818, 228 + drop), (364, 226 - drop / 3)
    )
    cup = 165 + drop / 3
    s.shape(c.CREAM, (550, cup - 30), (650, cup - 24), (630, cup + 36), (570, cup + 32))
    s.ring(c.CREAM, 660, cup + 2, 24, 8)
    for n in range(2):
        s.curve(
            c.CREAM, 5, (580 + n * 36, cup - 40), (600 + n * 36, cup - 56), (584 + n * 36, cup - 70)
        )
    for at in (430, 760):
        s.oval(c.LAMP, at, cup, 20)


def figure_four(s: Sheet) -> None:
    s.line(c.RED, 18, (590, 14), (556, 84), (640, 84))
    s.line(c.RED, 18, (622, 44), (622, 116))


def parcel_shelf(s: Sheet) -> None:
    s.shadow(600, 762, 420, 20)
    s.box(c.STEEL, 210, 130, 780, 630)
    font = ImageFont.load_default(34 * FINE)
    for n in range(12):
        left, top = 230 + 188 * (n % 4), 150 + 200 * (n // 4)
        s.box(shaded(c.IRON, 0.9), left, top, 172, 182)
        if s.chance.random() < 0.6:
            parcel(s, left + 86, top + 180, s.chance.randrange(80, 140))
        s.box(c.PAPER, left + 6, top + 6, 54, 40, 4)
        s.pen.text(
            ((left + 33) * FINE, (top + 26) * FINE), str(n + 1), fill=c.BASE, font=font, anchor="mm"
        )


def parcel(s: Sheet, x: float, y: float, size: float) -> None:
    s.box(c.PALE_WOOD, x - size / 2, y - size * 0.8, size, size * 0.8)
    s.box(shaded(c.PALE_WOOD, 0.85), x - size / 2, y - size * 0.8, size, size * 0.12)
    s.box(c.CREAM, x - size * 0.08, y - size * 0.8, size * 0.16, size * 0.8)
    s.box(c.PAPER, x + size * 0.14, y - size * 0.5, size * 0.28, size * 0.2)


def parcels(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 4, 260, 20)
    for at, up, size in (
        (-170, 0, 150),
        (-20, 0, 180),
        (150, 0, 140),
        (-110, 116, 140),
        (60, 140, 130),
        (-40, 226, 110),
    ):
        parcel(s, x + at, y - up, size)
