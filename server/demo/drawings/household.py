"""What belongs to a kitchen, a shop or a teahouse."""

from __future__ import annotations

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import Sheet


def stove(s: Sheet) -> None:
    """A gas stove on its worktop, and the hose to the bottle."""
    s.box(c.PALE_STEEL, 130, 380, 620, 30)
    s.box(shaded(c.WOOD, 1.1), 150, 410, 580, 310)
    s.box(c.DARK_WOOD, 436, 430, 8, 270)
    s.box(c.INK, 240, 320, 400, 62, 10)
    for at in (340, 540):
        s.oval(c.STEEL, at, 318, 66, 14)
        s.oval(c.IRON, at, 316, 36, 8)
        s.oval(c.STEEL, at, 352, 15)
    new = s.says("new hose")
    gas_bottle(s, 1080 if new else 850, 830)
    start, end = (640, 350), ((1080, 560) if new else (850, 560))
    s.curve(
        "#d8752e" if new else shaded(c.DARK_WOOD, 0.8),
        16,
        start,
        ((860, 640) if new else (700, 700)),
        end,
    )
    for n in range(0 if new else 6):
        x, y = 668 + n * 24, 440 + n * 34 - n * n * 3
        s.line(c.CREAM, 4, (x - 10, y), (x + 6, y + 9))


def gas_bottle(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 4, 100)
    s.box("#7f9aa8", x - 84, y - 230, 168, 226, 40)
    s.box("#6d8896", x + 40, y - 210, 40, 190, 20)
    s.box(c.IRON, x - 50, y - 264, 100, 44, 12)
    s.box(c.LAMP, x - 16, y - 282, 32, 34, 6)
    s.box(shaded("#7f9aa8", 0.8), x - 70, y - 14, 140, 18, 6)


def open_door(s: Sheet) -> None:
    """The way out, at the right edge of a kitchen."""
    s.box(c.DARK_WOOD, 960, 60, 240, 720)
    s.box(c.SKY, 980, 80, 220, 330)
    s.box(c.LIME, 980, 300, 220, 420)
    s.box(c.PAVING, 980, 700, 220, 80)


def grill_cart(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 4, 230)
    s.box(c.STEEL, x - 210, y - 300, 420, 110, 6)
    s.box(shaded(c.INK, 0.9), x - 196, y - 316, 392, 24)
    for n in range(14):
        s.line(c.PALE_STEEL, 4, (x - 180 + n * 28, y - 316), (x - 180 + n * 28, y - 294))
    for side in (-180, 170):
        s.box(c.IRON, x + side, y - 190, 14, 160)
        s.ring(c.INK, x + side + 7, y - 44, 44, 11)
    s.line(c.IRON, 12, (x + 210, y - 270), (x + 290, y - 300))


def hair_dryer(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 4, 90)
    s.shape("#a8527a", (x - 20, y - 60), (x + 24, y - 60), (x + 44, y + 4), (x + 4, y + 4))
    s.box("#a8527a", x - 40, y - 110, 120, 66, 28)
    s.shape(c.INK, (x - 96, y - 112), (x - 34, y - 100), (x - 34, y - 54), (x - 96, y - 42))
    s.curve(c.INK, 7, (x + 26, y + 2), (x + 140, y + 40), (x + 170, y - 10))


def ladder(s: Sheet, x: float, y: float) -> None:
    for side in (0, 110):
        s.line(c.PALE_WOOD, 16, (x + side, y), (x + side + 90, y - 660))
    for n in range(8):
        s.line(
            c.PALE_WOOD, 12, (x + 8 + n * 11, y - 60 - n * 78), (x + 116 + n * 11, y - 60 - n * 78)
        )


def bench(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 4, 210)
    for side in (-150, 130):
        s.box(c.DARK_WOOD, x + side, y - 90, 24, 92)
    s.box(c.WOOD, x - 200, y - 112, 400, 28, 6)


def windowsill(s: Sheet) -> None:
    s.floor = 438
    s.box(c.IRON, 200, 60, 800, 520)
    for n in range(2):
        s.box(c.GLASS, 224 + n * 384, 84, 368, 480)
        s.shape("#ffffff50", (250 + n * 384, 84), (360 + n * 384, 84), (250 + n * 384, 300))
    s.box(c.PALE_STONE, 140, 580, 920, 60)
    s.box(shaded(c.PALE_STONE, 0.85), 140, 630, 920, 24)
