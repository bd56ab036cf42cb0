"""Small things that lie, stand or hang about."""

from __future__ import annotations

from server.demo.drawings import colours as c
from server.demo.drawings.colours import shaded
from server.demo.drawings.sheet import Sheet


def cat(s: Sheet, x: float, y: float) -> None:
    fur = "#c58a4a"
    s.shadow(x, y + 2, 80, 10)
    s.curve(fur, 16, (x + 54, y - 20), (x + 130, y - 20), (x + 110, y - 100))
    s.shape(fur, (x - 50, y), (x + 66, y), (x + 52, y - 80), (x - 10, y - 120), (x - 46, y - 90))
    s.oval(fur, x - 34, y - 128, 36, 32)
    for side in (-62, -22):
        s.shape(fur, (x + side, y - 142), (x + side + 8, y - 180), (x + side + 24, y - 150))
    for n in range(3):
        s.line(shaded(fur, 0.75), 6, (x + 6 + n * 18, y - 100 + n * 12), (x + 2 + n * 20, y - 56))


def stool_and_pole(s: Sheet) -> None:
    """What neighbours put around a hole."""
    x, y = 600, s.floor + 150
    s.line("#9db06a", 16, (x - 420, y + 80), (x + 380, y - 60))
    red_stool(s, x + 250, y + 40)


def red_stool(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 2, 90)
    for side in (-62, 62):
        s.shape(
            c.RED,
            (x + side * 0.7 - 12, y - 130),
            (x + side * 0.7 + 12, y - 130),
            (x + side + 14, y),
            (x + side - 14, y),
        )
    s.box(shaded(c.RED, 0.85), x - 56, y - 76, 112, 14)
    s.box(c.RED, x - 72, y - 150, 144, 28, 10)


def cobblers_things(s: Sheet, x: float, y: float) -> None:
    """Stools and boxes: all over the lane, or stacked against the wall."""
    stacked = s.says("stacked")
    y -= 90 if stacked else 0
    spots = (
        [(-150, -60, 0), (-150, -160, 1), (-20, -60, 0), (110, -60, 1), (120, -170, 0)]
        if stacked
        else [(-440, -40, 0), (-230, 70, 1), (0, -50, 0), (190, 60, 0), (400, -10, 1), (60, 120, 1)]
    )
    for a, b, kind in spots:
        (wooden_box if kind == 0 else wooden_stool)(s, x + a, y + b)


def wooden_box(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 2, 80)
    s.box(c.WOOD, x - 66, y - 96, 132, 96)
    s.box(shaded(c.WOOD, 0.8), x - 66, y - 54, 132, 8)
    s.box(shaded(c.WOOD, 1.15), x - 66, y - 100, 132, 14)


def wooden_stool(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 2, 70)
    for a, b in ((-44, -56), (44, 56)):
        s.line(c.DARK_WOOD, 12, (x + a, y - 70), (x + b, y))
    s.box(c.PALE_WOOD, x - 60, y - 92, 120, 26, 8)


def shoe(s: Sheet, x: float, y: float) -> None:
    s.shape(
        c.INK,
        (x - 70, y),
        (x - 74, y - 52),
        (x - 26, y - 56),
        (x + 10, y - 28),
        (x + 74, y - 18),
        (x + 78, y),
    )
    s.box(c.PAPER, x - 74, y - 6, 154, 14, 6)
    for n in range(3):
        s.line(c.PAPER, 4, (x - 24 + n * 14, y - 52 + n * 10), (x - 6 + n * 14, y - 44 + n * 10))


def ball(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y, 54)
    s.oval(c.LAMP, x, y - 46, 46)
    s.bow(c.RED, x - 30, y - 46, 46, 12, 310, 410)
    s.bow(c.BLUE, x + 36, y - 46, 46, 12, 130, 230)


def boots(s: Sheet, x: float, y: float) -> None:
    for side in (-60, 50):
        s.shape(
            c.DEEP_GREEN,
            (x + side - 34, y - 190),
            (x + side + 30, y - 190),
            (x + side + 34, y - 60),
            (x + side + 84, y - 34),
            (x + side + 84, y),
            (x + side - 36, y),
        )
        s.box(c.GREEN, x + side - 38, y - 204, 72, 26, 8)
        s.ring(c.PALE_WATER, x + side + 20, y, 96, 4, 18)


def umbrella(s: Sheet, x: float, y: float) -> None:
    s.line(c.IRON, 9, (x, y - 300), (x, y - 30))
    s.bow(c.IRON, x + 16, y - 30, 16, 8, 0, 180)
    s.pen.pieslice(
        [(x - 190) * 2, (y - 400) * 2, (x + 190) * 2, (y - 40) * 2], 180, 360, fill=c.BLUE
    )
    for n in (-1, 1):
        s.shape(shaded(c.BLUE, 0.85), (x, y - 400), (x + n * 60, y - 220), (x + n * 126, y - 220))
    s.line(c.IRON, 8, (x, y - 420), (x, y - 396))


def lamp_post(s: Sheet, x: float, y: float) -> None:
    """A lamp post: leaning on a rope, or upright in new concrete."""
    lean = 150 if s.says("leaning") else 0
    if s.says("concrete"):
        s.oval(shaded(c.PALE_STONE, 1.12), x, y, 150, 44)
        s.ring(c.STONE, x, y, 150, 4, 44)
    s.shadow(x, y + 2, 70)
    head = (x + lean, y - 640 + lean / 5)
    s.line(c.IRON, 24, (x, y), head)
    s.line(c.IRON, 15, head, (head[0] - 100, head[1] - 16))
    s.shape(
        c.INK,
        (head[0] - 170, head[1] - 6),
        (head[0] - 90, head[1] - 30),
        (head[0] - 84, head[1] + 2),
    )
    s.box(c.INK, x - 22, y - 150, 44, 100, 6)
    if lean:
        s.line(c.STRAW, 12, (x + 86, y - 360), (860, y - 330))
        for n in range(3):
            s.line(c.STRAW, 10, (818, y - 350 + n * 18), (910, y - 344 + n * 18))


def wall_lamp(s: Sheet) -> None:
    """A lamp on the wall that burns by day."""
    s.line(c.INK, 12, (840, 120), (840, 70), (760, 70))
    s.glow("#ffd977", 730, 120, 150)
    s.shape(c.INK, (700, 84), (760, 84), (790, 112), (670, 112))
    s.oval("#fff2c8", 730, 124, 36, 26)


def lit_lamps(s: Sheet) -> None:
    for x, y, size in ((350, 200, 260), (850, 200, 260)):
        s.glow("#ffd977", x, y + 30, size)
        s.line(c.INK, 10, (x, y), (x, y - 30), (x + (x - 600) * 0.6, y - 30))
        s.shape(c.INK, (x - 34, y), (x + 34, y), (x + 54, y + 24), (x - 54, y + 24))
        s.oval("#fff2c8", x, y + 36, 34, 22)
        s.shape("#ffd97730", (x - 40, y + 40), (x + 40, y + 40), (x + 170, 800), (x - 170, 800))


def cable(s: Sheet) -> None:
    """A cable across the alley: from window to window, hanging low, or back in its clip."""
    drop = 640 if s.says("hanging low") else 120 if s.says("clip") else 420
    tone = shaded(c.INK, 0.8)
    s.curve(tone, 11, (230, 270), (600, drop + 60), (980, 270))
    if s.says("clip"):
        for x in (330, 600, 870):
            s.box(c.PALE_STEEL, x - 14, 212 + abs(x - 600) * 0.1, 28, 26, 6)


def battery_lamp(s: Sheet) -> None:
    """A shed door stands open; inside burns a small lamp."""
    s.shape(shaded(c.INK, 0.8), (905, 215), (1100, 180), (1100, 800), (905, 720))
    s.glow("#ffd977", 1010, 470, 150)
    s.box(c.IRON, 992, 470, 40, 60, 8)
    s.oval("#fff2c8", 1012, 462, 32)
    s.shape(c.DARK_WOOD, (1100, 180), (1190, 140), (1190, 860), (1100, 800))


def sign_board(s: Sheet, x: float, y: float) -> None:
    s.shadow(x, y + 2, 120)
    for side in (-80, 80):
        s.line(c.DARK_WOOD, 16, (x + side, y), (x + side, y - 260))
    s.box(c.DEEP_BLUE, x - 140, y - 340, 280, 180, 10)
    s.ring(c.PAPER, x - 70, y - 250, 44, 12)
    s.line(c.PAPER, 12, (x - 100, y - 280), (x - 40, y - 220))
    for n in range(3):
        s.line(c.PAPER, 8, (x, y - 300 + n * 44), (x + 110 - 20 * n, y - 300 + n * 44))
