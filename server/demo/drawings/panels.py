"""Boxes, dials and sockets on walls."""

from __future__ import annotations

from math import cos, pi, sin

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import Sheet


def sockets(s: Sheet) -> None:
    """Wall sockets in a row or two, some marked with chalk."""
    many = s.count("wall sockets|sockets", 2)
    marked = (3, 7) if s.says("chalk cross") else ()
    wide = min(many, 5)
    for n in range(many):
        left = 600 - wide * 95 + 190 * (n % wide) + 20
        top = 250 + 260 * (n // wide)
        s.box(c.SHADOW, left + 8, top + 8, 150, 150, 14)
        s.box(c.PAPER, left, top, 150, 150, 14)
        s.box(shaded(c.PAPER, 0.94), left + 20, top + 20, 110, 110, 10)
        s.box(c.INK, left + 70, top + 40, 10, 28)
        s.line(c.INK, 9, (left + 50, top + 84), (left + 40, top + 106))
        s.line(c.INK, 9, (left + 100, top + 84), (left + 110, top + 106))
        if n in marked:
            for a, b in ((0, 150), (150, 0)):
                s.line(c.RED, 10, (left + a, top - 6), (left + b, top + 156))


def handwritten_list(s: Sheet) -> None:
    s.box(c.SHADOW, 808, 168, 290, 400)
    s.box(c.CREAM, 800, 160, 290, 400)
    s.oval(c.RED, 945, 178, 12)
    for n in range(9):
        for at, wide in ((830, 60), (910, s.chance.randrange(60, 140))):
            s.line(c.IRON, 5, (at, 220 + n * 36), (at + wide, 216 + n * 36))


def dial(s: Sheet) -> None:
    """The gauge of an extinguisher, close up."""
    s.box(c.RED, 330, 560, 540, 340, 90)
    s.box(c.DEEP_RED, 760, 620, 60, 280)
    s.box(c.INK, 500, 500, 200, 90, 14)
    s.oval(shaded(c.STEEL, 0.8), 600, 380, 240)
    s.oval(c.PAPER, 600, 380, 216)
    for colour, start, end in ((c.RED, 160, 230), (c.GREEN, 230, 310), (c.LAMP, 310, 380)):
        s.bow(colour, 600, 380, 190, 46, start, end)
    for n in range(12):
        turn = pi * (160 + n * 20) / 180
        inner, outer = 126, 144
        s.line(
            c.INK,
            5,
            (600 + inner * cos(turn), 380 + inner * sin(turn)),
            (600 + outer * cos(turn), 380 + outer * sin(turn)),
        )
    turn = pi * 186 / 180
    s.line(c.INK, 12, (600, 380), (600 + 165 * cos(turn), 380 + 165 * sin(turn)))
    s.oval(c.INK, 600, 380, 24)


def red_box(s: Sheet) -> None:
    """An open box for an extinguisher on the wall, with what is really in it."""
    s.box(c.SHADOW, 414, 176, 420, 520)
    s.box(c.DEEP_RED, 400, 160, 420, 520, 10)
    s.box(shaded(c.DEEP_RED, 0.6), 424, 184, 372, 472)
    s.shape(c.RED, (400, 160), (210, 110), (210, 740), (400, 680))
    s.oval(c.STEEL, 232, 430, 12)
    if s.says("slippers"):
        for n, tone in enumerate((c.LAMP, "#4f7ba0")):
            for up in (0, 54):
                slipper(s, tone, 452 + n * 180, 640 - up)
    else:
        extinguisher(s, 610, 650)


def slipper(s: Sheet, tone: str, x: float, y: float) -> None:
    s.box(shaded(tone, 0.7), x, y - 16, 150, 18, 9)
    s.shape(tone, (x + 60, y - 14), (x + 80, y - 50), (x + 130, y - 38), (x + 148, y - 14))


def extinguisher(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 2, 74)
    s.box(c.RED, x - 58, y - 290, 116, 290, 40)
    s.box(c.DEEP_RED, x + 26, y - 270, 24, 250, 12)
    s.box(c.INK, x - 22, y - 330, 44, 46, 8)
    s.line(c.INK, 12, (x - 8, y - 334), (x + 74, y - 356))
    s.curve(c.INK, 11, (x - 20, y - 312), (x - 110, y - 300), (x - 84, y - 150))
    s.box(c.PAPER, x - 44, y - 200, 76, 90, 6)
    s.oval(c.GREEN, x - 6, y - 178, 11)
    for n in range(2):
        s.line(c.STEEL, 4, (x - 34, y - 152 + n * 18), (x + 20, y - 152 + n * 18))


def extinguishers(s: Sheet, x: float, y: float) -> None:
    many = s.count("new extinguishers|extinguishers")
    for n in range(many):
        extinguisher(s, x + (n - (many - 1) / 2) * 200, y)


def hydrant(s: Sheet) -> None:
    """A hydrant cabinet, its glass broken, the hose coiled inside."""
    s.box(c.DEEP_RED, 330, 120, 540, 600, 10)
    s.box(shaded(c.IRON, 0.8), 366, 156, 468, 528)
    for size in range(190, 30, -34):
        s.ring(c.STRAW, 600, 420, size, 24)
    s.oval(c.STEEL, 760, 600, 34)
    for points in (
        ((366, 156), (834, 156), (834, 250), (650, 300), (560, 210), (440, 330), (366, 290)),
        ((366, 684), (366, 520), (480, 600), (560, 684)),
        ((834, 684), (834, 470), (750, 560), (700, 684)),
    ):
        s.shape("#bcd0dcb0", *points)
    for n in range(9):
        at = 340 + n * 62
        s.shape(c.GLASS, (at, 830), (at + 34, 812 + n % 3 * 10), (at + 20, 846))


def wired_box(s: Sheet, x: float, y: float) -> None:
    """A distribution box that a wire holds shut."""
    y -= 120
    s.box(c.SHADOW, x - 150, y - 330, 340, 300)
    s.box(c.STEEL, x - 170, y - 350, 340, 300, 8)
    s.box(shaded(c.STEEL, 0.85), x - 150, y - 330, 300, 260)
    s.shape(c.LAMP, (x, y - 300), (x + 44, y - 226), (x - 44, y - 226))
    s.shape(
        c.INK,
        (x + 4, y - 284),
        (x - 14, y - 252),
        (x, y - 252),
        (x - 6, y - 234),
        (x + 16, y - 262),
        (x + 2, y - 262),
    )
    for n in range(3):
        s.curve(
            "#8a5a3c",
            7,
            (x - 176, y - 180 + n * 12),
            (x, y - 140 + n * 20),
            (x + 176, y - 186 + n * 12),
        )
    s.line("#8a5a3c", 7, (x + 20, y - 150), (x + 60, y - 96))
    for at in (-90, 0, 90):
        s.line(c.INK, 12, (x + at, y - 50), (x + at, y + 20))


def letter_boxes(s: Sheet) -> None:
    for n in range(10):
        left, top = 150 + 182 * (n % 5), 190 + 270 * (n // 5)
        s.box(c.SHADOW, left + 8, top + 8, 168, 250)
        s.box(shaded(c.GREEN, 0.95), left, top, 168, 250)
        s.box(c.DEEP_GREEN, left + 30, top + 40, 108, 16, 6)
        s.oval(c.STEEL, left + 84, top + 150, 10)
        for _ in range(5):
            a, b = s.chance.randrange(10, 150), s.chance.randrange(60, 240)
            s.oval(
                s.chance.choice((c.BRICK, "#8a5a3c", "#9a6b45")),
                left + a,
                top + b,
                s.chance.randrange(6, 30),
                s.chance.randrange(4, 16),
            )
        s.shape("#8a5a3c", (left, top + 250), (left, top + 200), (left + 50, top + 250))
