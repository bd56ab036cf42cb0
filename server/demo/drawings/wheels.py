"""What stands where people want to walk: bicycles, e-bikes, a three-wheeler, a car, a van."""

from __future__ import annotations

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import Sheet


def wheel(s: Sheet, x: float, y: float, size: float, thick: float = 12) -> None:
    s.ring(c.INK, x, y, size, thick)
    s.oval(c.STEEL, x, y, size * 0.22)


def e_bikes(s: Sheet, x: float, y: float) -> None:
    """One e-bike under the stairs, or a crowd of them."""
    if not s.says("e-bikes"):
        e_bike(s, 900, s.floor + 80, c.BLUE)
        return
    for n, tone in enumerate((c.RED, c.DEEP_BLUE, c.GREEN, c.BLUE)):
        e_bike(s, 560 + (n % 2) * 430 - n * 20, s.floor + 30 + n * 50, tone)


def e_bike(s: Sheet, x: float, y: float, tone: str) -> None:
    s.shadow(x, y + 2, 210)
    for side in (-130, 136):
        wheel(s, x + side, y - 48, 48, 16)
    s.shape(
        tone,
        (x - 96, y - 96),
        (x - 70, y - 66),
        (x + 60, y - 66),
        (x + 160, y - 96),
        (x + 168, y - 128),
        (x + 40, y - 124),
        (x + 10, y - 92),
        (x - 66, y - 92),
    )
    s.shape(tone, (x - 122, y - 190), (x - 92, y - 196), (x - 70, y - 84), (x - 104, y - 84))
    s.box(c.INK, x + 16, y - 150, 140, 28, 12)
    s.line(c.INK, 10, (x - 128, y - 60), (x - 108, y - 212))
    s.line(c.INK, 9, (x - 112, y - 214), (x - 66, y - 222))
    s.oval(c.LAMP, x - 124, y - 176, 11)
    s.box(c.IRON, x + 150, y - 176, 60, 46, 8)


def extension_lead(s: Sheet) -> None:
    """A lead from above down to whatever is being charged."""
    s.curve(c.PAPER, 8, (1130, 0), (900, 240), (640, 330))
    s.curve(c.PAPER, 8, (640, 330), (520, 400), (620, 640))
    s.curve(c.PAPER, 8, (620, 640), (700, s.floor + 90), (860, s.floor - 20))
    s.box(c.PAPER, 570, 630, 100, 30, 6)


def leads_into_socket(s: Sheet) -> None:
    s.box(c.PAPER, 180, 380, 90, 90, 8)
    s.box(c.INK, 208, 410, 8, 22)
    s.box(c.INK, 236, 410, 8, 22)
    for n, tone in enumerate((c.INK, c.RED, c.IRON, c.DEEP_BLUE)):
        end = (470 + (n % 2) * 420, s.floor - 30 + n * 46)
        s.curve(tone, 7, (206 + n * 12, 466), (200 + n * 60, 760 + n * 20), end)


def bicycles(s: Sheet, x: float, y: float) -> None:
    """A row of bicycles, standing or fallen on each other."""
    fallen = s.says("fallen")
    for n in range(5):
        spot = x - 360 + n * 180
        (fallen_bicycle if fallen else bicycle)(
            s, spot, y, (c.BLUE, c.RED, c.IRON, c.DEEP_BLUE, c.WOOD)[n]
        )


def bicycle(s: Sheet, x: float, y: float, tone: str) -> None:
    s.shadow(x, y + 2, 120)
    for side in (-76, 76):
        s.ring(c.INK, x + side, y - 62, 60, 7)
    s.line(
        tone,
        8,
        (x - 76, y - 62),
        (x - 10, y - 62),
        (x + 46, y - 140),
        (x - 40, y - 140),
        (x - 76, y - 62),
    )
    s.line(tone, 8, (x - 10, y - 62), (x - 46, y - 160))
    s.line(tone, 8, (x + 76, y - 62), (x + 42, y - 178))
    s.line(c.INK, 8, (x + 24, y - 184), (x + 66, y - 176))
    s.box(c.INK, x - 72, y - 172, 56, 14, 7)


def fallen_bicycle(s: Sheet, x: float, y: float, tone: str) -> None:
    s.shadow(x, y + 2, 140)
    for side in (-78, 84):
        s.ring(c.INK, x + side, y - 34, 62, 7, 30)
    s.line(
        tone,
        8,
        (x - 78, y - 34),
        (x - 6, y - 44),
        (x + 62, y - 88),
        (x - 18, y - 84),
        (x - 78, y - 34),
    )
    s.line(tone, 8, (x + 84, y - 34), (x + 96, y - 104))
    s.line(c.INK, 8, (x + 74, y - 112), (x + 128, y - 92))
    s.box(c.INK, x - 50, y - 104, 54, 13, 6)


def three_wheeler(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 4, 310, 20)
    s.box(c.DEEP_BLUE, x - 60, y - 190, 350, 100, 8)
    for n in range(3):
        basket(s, x + 6 + n * 112, y - 186)
    s.box(c.BLUE, x - 68, y - 196, 366, 24, 8)
    s.line(c.BLUE, 16, (x - 60, y - 130), (x - 190, y - 130), (x - 226, y - 240))
    s.line(c.INK, 11, (x - 260, y - 250), (x - 190, y - 256))
    s.box(c.INK, x - 150, y - 192, 84, 26, 12)
    s.line(c.INK, 12, (x - 226, y - 230), (x - 252, y - 60))
    for side in (-252, 60, 230):
        wheel(s, x + side, y - 60, 60, 13)


def basket(s: Sheet, x: float, y: float) -> None:
    """A basket with fish in it."""
    for n in range(3):
        s.oval(c.PALE_STEEL, x - 26 + n * 26, y - 96, 22, 12)
    s.shape(c.STRAW, (x - 54, y - 92), (x + 54, y - 92), (x + 42, y), (x - 42, y))
    for n in range(4):
        s.line(c.WOOD, 4, (x - 52 + n * 2, y - 84 + n * 24), (x + 52 - n * 2, y - 84 + n * 24))


def car(s: Sheet, x: float, y: float) -> None:
    """A white car from the side."""
    s.shadow(x, y + 4, 400, 26)
    s.shape(
        c.PAPER,
        (x - 380, y - 60),
        (x - 372, y - 150),
        (x - 240, y - 176),
        (x - 130, y - 274),
        (x + 140, y - 278),
        (x + 250, y - 178),
        (x + 374, y - 150),
        (x + 384, y - 60),
    )
    s.shape(
        shaded(c.PAPER, 0.88),
        (x - 380, y - 60),
        (x - 376, y - 110),
        (x + 380, y - 110),
        (x + 384, y - 60),
    )
    s.shape(c.IRON, (x - 208, y - 180), (x - 116, y - 258), (x - 8, y - 260), (x - 8, y - 180))
    s.shape(c.IRON, (x + 12, y - 180), (x + 12, y - 260), (x + 132, y - 260), (x + 216, y - 180))
    s.line(shaded(c.PAPER, 0.75), 4, (x, y - 264), (x, y - 70))
    s.oval(c.LAMP, x - 366, y - 138, 16, 12)
    s.box(c.RED, x + 360, y - 152, 18, 30, 4)
    for side in (-232, 236):
        s.oval(c.INK, x + side, y - 60, 72)
        s.oval(c.STEEL, x + side, y - 60, 38)


def car_wheel(s: Sheet, x: float, y: float) -> None:
    """The front of a car that comes from the left, its wheel up on something."""
    x, y = x + 250, y - 24
    s.shape(
        c.PAPER,
        (0, y - 420),
        (x - 240, y - 410),
        (x - 30, y - 330),
        (x + 150, y - 280),
        (x + 170, y - 130),
        (0, y - 130),
    )
    s.shape(c.IRON, (0, y - 394), (x - 250, y - 384), (x - 110, y - 320), (0, y - 316))
    s.box(shaded(c.PAPER, 0.85), 0, y - 190, x + 172, 62, 12)
    s.oval(c.LAMP, x + 128, y - 240, 34, 20)
    s.oval(shaded(c.IRON, 0.8), x - 10, y - 130, 132)
    s.oval(c.INK, x - 10, y - 116, 116)
    s.oval(c.STEEL, x - 10, y - 116, 62)
    s.oval(c.IRON, x - 10, y - 116, 16)


def van(s: Sheet, x: float, y: float) -> None:
    """A grey van from behind, its number covered."""
    s.shadow(x, y + 6, 250, 26)
    for side in (-170, 110):
        s.box(c.INK, x + side, y - 70, 60, 76, 12)
    s.box(c.STEEL, x - 220, y - 440, 440, 400, 30)
    s.box(shaded(c.STEEL, 1.15), x - 220, y - 440, 440, 40, 30)
    s.box(c.GLASS, x - 176, y - 380, 166, 120, 8)
    s.box(c.GLASS, x + 10, y - 380, 166, 120, 8)
    s.box(shaded(c.STEEL, 0.75), x - 3, y - 390, 6, 310)
    for side in (-214, 184):
        s.box(c.RED, x + side, y - 230, 30, 70, 6)
    s.box(shaded(c.STEEL, 0.7), x - 226, y - 84, 452, 40, 10)
    s.box(c.PAPER, x - 76, y - 160, 152, 54)
    s.line(c.CREAM, 10, (x - 84, y - 150), (x - 66, y - 164))
    s.line(c.CREAM, 10, (x + 66, y - 164), (x + 84, y - 150))


def suitcase(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 4, 100)
    s.line(c.STEEL, 9, (x - 44, y - 220), (x - 44, y - 330), (x + 44, y - 330), (x + 44, y - 220))
    s.box(c.DEEP_BLUE, x - 96, y - 240, 192, 220, 22)
    for side in (-50, 0, 50):
        s.box(shaded(c.DEEP_BLUE, 0.8), x + side - 4, y - 226, 8, 190)
    for side in (-66, 66):
        s.oval(c.INK, x + side, y - 12, 15)


def bed_boards(s: Sheet, x: float, y: float) -> None:
    for n in range(5):
        tone = (c.WOOD, shaded(c.WOOD, 1.15), c.DARK_WOOD)[n % 3]
        s.shape(
            tone,
            (x - 130 + n * 34, y),
            (x - 74 + n * 34, y),
            (x + 6 + n * 30, y - 420),
            (x - 44 + n * 30, y - 424),
        )
