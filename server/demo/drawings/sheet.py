"""Paper, pens and colours: what every drawing of the demo is made with."""

from __future__ import annotations

import re
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from server.demo.drawings.colours import SHADOW, WALL

WIDTH, HEIGHT = 1200, 900
FINE = 2  # drawn this much larger, then shrunk, so that edges are smooth

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}


class Sheet:
    """One drawing in the making. Measures are pixels of the finished 1200 by 900 picture.

    `words` is what is to be seen; `chance` is the same for one seed, so that two pictures of one
    place look alike. `floor` is where the wall meets the ground; things stand within `span`.
    """

    def __init__(self, words: str, seed: str) -> None:
        self.words = words
        self.chance = Random(seed)  # noqa: S311 - the same picture every time is the point
        self.floor = 560
        self.span = (0.0, float(WIDTH))
        self.image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), WALL)
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    def says(self, pattern: str) -> bool:
        return self.place_of(pattern) >= 0

    def place_of(self, pattern: str) -> int:
        """Where in the words the thing is named first; -1 where it is not."""
        found = re.search(rf"\b(?:{pattern})", self.words)
        return found.start() if found else -1

    def count(self, noun: str, otherwise: int = 1) -> int:
        """How many of them the words speak of."""
        found = re.search(rf"\b({'|'.join(NUMBERS)}) (?:[\w-]+ ){{0,2}}?(?:{noun})", self.words)
        return NUMBERS[found[1]] if found else otherwise

    def shape(self, colour: str, *points: tuple[float, float]) -> None:
        self.pen.polygon([(x * FINE, y * FINE) for x, y in points], fill=colour)

    def box(
        self, colour: str, x: float, y: float, width: float, height: float, round: float = 0
    ) -> None:
        corners = [x * FINE, y * FINE, (x + width) * FINE - 1, (y + height) * FINE - 1]
        if round:
            self.pen.rounded_rectangle(corners, round * FINE, fill=colour)
        else:
            self.pen.rectangle(corners, fill=colour)

    def oval(self, colour: str, x: float, y: float, across: float, down: float = 0) -> None:
        """By its middle and half its width and height."""
        down = down or across
        edges = [(x - across) * FINE, (y - down) * FINE, (x + across) * FINE, (y + down) * FINE]
        self.pen.ellipse(edges, fill=colour)

    def ring(
        self, colour: str, x: float, y: float, across: float, thick: float, down: float = 0
    ) -> None:
        down = down or across
        edges = [(x - across) * FINE, (y - down) * FINE, (x + across) * FINE, (y + down) * FINE]
        self.pen.ellipse(edges, outline=colour, width=round(thick * FINE))

    def bow(
        self, colour: str, x: float, y: float, across: float, thick: float, start: int, end: int
    ) -> None:
        """A part of a ring; degrees run clockwise from three o'clock."""
        edges = [(x - across) * FINE, (y - across) * FINE, (x + across) * FINE, (y + across) * FINE]
        self.pen.arc(edges, start, end, fill=colour, width=round(thick * FINE))

    def line(self, colour: str, thick: float, *points: tuple[float, float]) -> None:
        """A stroke with round ends and joints."""
        fine = [(x * FINE, y * FINE) for x, y in points]
        self.pen.line(fine, fill=colour, width=max(1, round(thick * FINE)), joint="curve")
        if thick >= 4 and len(colour) == 7:
            for x, y in (points[0], points[-1]):
                self.oval(colour, x, y, thick / 2)

    def curve(
        self,
        colour: str,
        thick: float,
        start: tuple[float, float],
        pull: tuple[float, float],
        end: tuple[float, float],
    ) -> None:
        """A hanging line, drawn towards one point."""

        def at(t: float) -> tuple[float, float]:
            shares = ((1 - t) ** 2, 2 * t * (1 - t), t**2)
            points = list(zip(shares, (start, pull, end), strict=True))
            return sum(share * p[0] for share, p in points), sum(
                share * p[1] for share, p in points
            )

        self.line(colour, thick, *[at(n / 24) for n in range(25)])

    def shadow(self, x: float, y: float, across: float, down: float = 14) -> None:
        self.oval(SHADOW, x, y, across, down)

    def glow(self, colour: str, x: float, y: float, across: float) -> None:
        """Light around a lamp or an ember."""
        for step in range(9, 0, -1):
            self.oval(f"{colour}16", x, y, across * step / 9)

    def veil(self, colour: str) -> None:
        """Night, mist or a grey day over all that is drawn so far."""
        self.box(colour, 0, 0, WIDTH, HEIGHT)

    def jpeg(self) -> bytes:
        out = BytesIO()
        self.image.reduce(FINE).save(out, "JPEG", quality=82)
        return out.getvalue()
