"""What lies over the whole picture: rain, night, wet ground."""

from __future__ import annotations

from server.demo.drawings import colours as c
from server.demo.drawings.sheet import HEIGHT, WIDTH, Sheet


def wet(s: Sheet) -> None:
    for _ in range(16):
        x, y = s.chance.randrange(200, 1000), s.chance.randrange(s.floor + 20, 890)
        s.oval("#6f7f8660", x, y, s.chance.randrange(60, 170), s.chance.randrange(8, 22))
        s.oval("#cfdde470", x - 20, y - 3, 40, 4)


def rain(s: Sheet) -> None:
    s.veil("#5b6a7638")
    for _ in range(150):
        x, y = s.chance.randrange(WIDTH + 100), s.chance.randrange(HEIGHT)
        length = s.chance.randrange(30, 70)
        s.line("#e4ebee8c", 2.5, (x, y), (x - length * 0.22, y + length))


def night(s: Sheet) -> None:
    s.veil("#121a3094")


def street_lamp_at_night(s: Sheet) -> None:
    s.glow("#ffd977", 1010, 110, 240)
    s.oval("#fff2c8", 1010, 110, 30, 20)
    s.line(c.INK, 16, (1060, 620), (1060, 90), (1010, 90))
