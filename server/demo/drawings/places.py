"""Lanes, yards and water: walls, ground and sky, before anything stands there."""

from __future__ import annotations

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import Sheet


def bricks(s: Sheet, left: int, top: int, right: int, bottom: int) -> None:
    """A wall of grey brick, no two courses quite alike."""
    s.box(c.WALL, left, top, right - left, bottom - top)
    for row, y in enumerate(range(top, bottom, 34)):
        s.line(c.JOINT, 2, (left, y), (right, y))
        for x in range(left - 45 * (row % 2), right, 90):
            a, b = max(left, x + 2), min(right, x + 88)
            tone = s.chance.choice((c.WALL, c.WALL, c.WALL_DARK, c.WALL_LIGHT))
            if b > a:
                s.box(tone, a, y + 2, b - a, min(31, bottom - y - 2))


def paving(s: Sheet, top: int) -> None:
    """Slabs that grow towards us."""
    s.box(c.PAVING, 0, top, 1200, 900 - top)
    y, step = float(top), 26.0
    while y < 900:
        s.line(c.SEAM, 2.5, (0, y), (1200, y))
        for n in range(-6, 7):
            lean = s.chance.uniform(-0.3, 0.3)
            spread = 120 + (y - top) * 0.34
            x = 600 + (n + lean * 0.5) * spread
            s.line(c.SEAM, 2.5, (x, y), (600 + (x - 600) * (1 + step / 900), y + step))
        y, step = y + step, step * 1.35


def lane(s: Sheet) -> None:
    """Straight at a brick wall across the lane."""
    s.floor = 590
    if s.chance.random() < 0.3:
        limewash(s)
    else:
        bricks(s, 0, 0, 1200, 560)
    s.box(c.BASE, 0, 556, 1200, 36)
    paving(s, 590)
    side = s.chance.choice((120, 860))
    {0: window, 1: pipe, 2: doorway}[s.chance.randrange(3)](s, side)


def limewash(s: Sheet) -> None:
    """An old white wall, grey where the rain splashes."""
    s.box(c.LIME, 0, 0, 1200, 560)
    for n in range(14):
        tone = shaded(c.LIME, s.chance.choice((0.96, 0.98, 1.02)))
        s.oval(tone, n * 90, s.chance.randrange(40, 520), s.chance.randrange(60, 190), 50)
    s.box(shaded(c.LIME, 0.9), 0, 440, 1200, 120)


def window(s: Sheet, x: int) -> None:
    s.box(c.IRON, x, 110, 230, 190)
    for pane in (12, 121):
        s.box(c.GLASS, x + pane, 122, 97, 166)
    s.box(c.PALE_STONE, x - 16, 300, 262, 18)


def pipe(s: Sheet, x: int) -> None:
    s.box(c.PALE_STONE, x + 90, 0, 34, 592)
    s.box(c.SHADOW, x + 114, 0, 10, 592)
    for y in (150, 400):
        s.box(c.IRON, x + 84, y, 46, 12)


def doorway(s: Sheet, x: int) -> None:
    s.box(c.DARK_WOOD, x - 10, 150, 250, 442)
    s.box(c.WOOD, x + 6, 166, 218, 426)
    s.box(c.DARK_WOOD, x + 112, 166, 6, 426)
    s.oval(c.INK, x + 96, 400, 8)
    s.oval(c.INK, x + 134, 400, 8)
    s.box(c.PALE_STONE, x - 24, 578, 278, 20)


def yard(s: Sheet) -> None:
    """A whitewashed wall under the sky, tiles on its top."""
    s.floor = 570
    s.box(c.SKY, 0, 0, 1200, 240)
    s.oval(c.CLOUD, s.chance.randrange(200, 1000), 70, 220, 46)
    s.box(c.LIME, 0, 200, 1200, 340)
    s.box(shaded(c.LIME, 0.94), 0, 440, 1200, 100)
    s.box(c.INK, 0, 176, 1200, 16)
    for x in range(0, 1200, 40):
        s.box(c.IRON, x, 186, 34, 22, 8)
    s.box(c.BASE, 0, 536, 1200, 36)
    paving(s, 570)


def alley(s: Sheet) -> None:
    """Into a lane between two walls."""
    s.floor, s.span = 640, (230, 970)
    near, far = (210, 420) if s.says("narrow") or s.says("alley") else (90, 360)
    s.box(c.SKY, 0, 0, 1200, 500)
    s.box(shaded(c.WALL, 0.9), far, 190, 1200 - 2 * far, 320)
    s.box(shaded(c.WALL, 0.8), far + 60, 320, 90, 190)
    s.shape(c.PAVING, (far, 505), (1200 - far, 505), (1200 - near, 900), (near, 900))
    for n in range(1, 9):
        y = 505 + 395 * (n / 9) ** 1.6
        x = far - (far - near) * (y - 505) / 395
        s.line(c.SEAM, 3, (x, y), (1200 - x, y))
    for turn, tone in ((0, 0.97), (1, 0.86)):
        alley_wall(s, turn == 1, near, far, tone)


def alley_wall(s: Sheet, right: bool, near: int, far: int, tone: float) -> None:
    def at(x: float, y: float) -> tuple[float, float]:
        return (1200 - x if right else x, y)

    s.shape(shaded(c.WALL, tone), at(0, 0), at(far, 130), at(far, 508), at(near, 902), at(0, 902))
    for n in range(2, 17):
        level = n / 17
        s.line(
            shaded(c.JOINT, tone),
            2,
            at(0, 1250 * level - 120),
            at(far, 130 + 378 * level),
        )
    s.shape(shaded(c.BASE, tone), at(0, 830), at(far, 482), at(far, 508), at(near, 902), at(0, 902))
    s.shape(shaded(c.IRON, tone), at(130, 240), at(250, 262), at(250, 440), at(130, 470))
    s.shape(shaded(c.GLASS, tone), at(142, 256), at(238, 274), at(238, 428), at(142, 452))


def steps(s: Sheet) -> None:
    """Stone steps up to a door."""
    s.floor = 700
    bricks(s, 0, 0, 1200, 780)
    s.box(c.DARK_WOOD, 430, 30, 340, 420)
    s.box(c.WOOD, 452, 52, 296, 398)
    s.box(c.DARK_WOOD, 597, 52, 6, 398)
    s.box(shaded(c.STONE, 0.8), 400, 446, 400, 26)
    for n in range(5):
        y, left = 470 + 62 * n, 300 - 75 * n
        s.box(shaded(c.STONE, 0.82), left, y + 16, 1200 - 2 * left, 48)
        s.box(c.PALE_STONE, left, y, 1200 - 2 * left, 24)
    paving(s, 780)


def river(s: Sheet) -> None:
    """A path along the water, a stone railing between them."""
    s.floor = 640
    s.box(c.SKY, 0, 0, 1200, 260)
    for x in range(0, 1200, 200):
        height = s.chance.randrange(60, 130)
        s.box(c.LIME, x, 240 - height, 190, height)
        s.shape(c.IRON, (x - 14, 240 - height), (x + 95, 190 - height), (x + 204, 240 - height))
    s.box(c.DARK_STONE, 0, 240, 1200, 24)
    s.box(c.WATER, 0, 262, 1200, 380)
    for _ in range(26):
        x, y = s.chance.randrange(1200), s.chance.randrange(280, 600)
        s.line(c.PALE_WATER, 4, (x, y), (x + s.chance.randrange(40, 160), y))
    paving(s, 640)


def balcony(s: Sheet) -> None:
    """A balcony floor, bars, and the sky behind them."""
    s.floor = 600
    s.box(c.SKY, 0, 0, 1200, 560)
    s.oval(c.CLOUD, 800, 160, 260, 60)
    s.box(c.LIME, 0, 0, 180, 620)
    s.box(shaded(c.PAVING, 1.05), 0, 600, 1200, 300)
    for n in range(-8, 9):
        s.line(c.SEAM, 3, (600 + n * 130, 600), (600 + n * 220, 900))
    for y in (600, 660, 750):
        s.line(c.SEAM, 3, (0, y), (1200, y))
    for x in range(190, 1200, 62):
        s.box(c.IRON, x, 330, 9, 272)
    s.box(c.INK, 170, 316, 1030, 18)
    s.box(c.INK, 170, 588, 1030, 14)


def under_sky(s: Sheet) -> None:
    """Up along a house front."""
    s.floor = 860
    s.box(c.SKY, 0, 0, 1200, 900)
    s.oval(c.CLOUD, 1000, 180, 240, 70)


def bank(s: Sheet) -> None:
    """The ground at our feet beside a wall."""
    s.floor = 330
    bricks(s, 0, 0, 1200, 290)
    s.box(c.BASE, 0, 286, 1200, 44)
    paving(s, 328)


def stepped_lane(s: Sheet) -> None:
    """A lane that climbs between walls."""
    alley(s)
    for n, (y, left) in enumerate(((540, 340), (600, 306), (680, 262), (790, 200))):
        s.box(shaded(c.STONE, 0.8), left, y, 1200 - 2 * left, 16 + 6 * n)
        s.box(c.PALE_STONE, left, y - 8, 1200 - 2 * left, 10)
