"""Stairwells, kitchens and walls from near, before anything stands there."""

from __future__ import annotations

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import Sheet


def stairs(s: Sheet) -> None:
    """A stairwell: the flight goes up to the right, there is room under it."""
    s.floor = 700
    room(s)
    top = [(300 + 90 * n, 700 - 62 * n) for n in range(11)]
    steps = [point for x, y in top for point in ((x, y), (x, y - 62))]
    s.shape(shaded(c.PALE_GREEN, 0.72), (430, 700), (1200, 180), (1200, 700))
    s.shape(c.STONE, *steps, (1290, 20), (1290, 140), (420, 742), (300, 742))
    for x, y in top:
        s.box(c.PALE_STONE, x - 6, y - 62, 100, 13)
        s.box(c.IRON, x + 40, y - 200, 9, 140)
    s.line(c.DARK_WOOD, 20, (300, 520), (1290, -160))


def room(s: Sheet) -> None:
    """Plaster above, green paint below, as in every old stairwell."""
    s.box(c.PAPER, 0, 0, 1200, 700)
    s.box(c.PALE_GREEN, 0, 330, 1200, 372)
    s.box(c.GREEN, 0, 326, 1200, 8)
    s.box(c.PALE_STONE, 0, 700, 1200, 200)
    s.box(c.SEAM, 0, 698, 1200, 10)
    s.line(c.SEAM, 3, (0, 790), (1200, 790))
    for x in (160, 600, 1040):
        s.line(c.SEAM, 3, (600 + (x - 600) * 0.8, 706), (600 + (x - 600) * 1.4, 900))


def bare_wall(s: Sheet) -> None:
    """Close to a plastered wall."""
    s.floor = 830
    s.box(c.LIME, 0, 0, 1200, 900)
    for _ in range(9):
        x, y = s.chance.randrange(1200), s.chance.randrange(800)
        s.oval(
            f"{shaded(c.LIME, 0.95)}", x, y, s.chance.randrange(60, 200), s.chance.randrange(20, 70)
        )
    s.box(shaded(c.LIME, 0.9), 0, 830, 1200, 70)
    s.box(c.SEAM, 0, 826, 1200, 8)


def kitchen(s: Sheet) -> None:
    """White tiles and a worktop with a stove."""
    s.floor = 700
    s.box(c.PAPER, 0, 0, 1200, 720)
    for x in range(0, 1200, 100):
        s.line(shaded(c.PAPER, 0.9), 3, (x, 0), (x, 720))
    for y in range(0, 720, 100):
        s.line(shaded(c.PAPER, 0.9), 3, (0, y), (1200, y))
    s.box(shaded(c.PAVING, 0.92), 0, 720, 1200, 180)


def door(s: Sheet) -> None:
    """Close to a door and its step."""
    s.floor, s.span = 620, (330, 870)
    s.box(c.LIME, 0, 0, 1200, 900)
    s.box(shaded(c.LIME, 0.9), 0, 560, 1200, 200)
    s.box(c.DARK_WOOD, 380, 120, 440, 640)
    s.box(c.WOOD, 404, 144, 392, 616)
    for y in (170, 450):
        s.box(shaded(c.WOOD, 0.9), 440, y, 320, 260)
        s.box(shaded(c.WOOD, 1.06), 456, y + 16, 288, 228)
    s.oval(c.INK, 764, 410, 16)
    s.box(c.PALE_STONE, 320, 756, 560, 40)
    s.box(shaded(c.STONE, 0.9), 320, 796, 560, 40)
    s.box(c.PAVING, 0, 836, 1200, 64)
