"""The calm colours of the lane: brick, lime, wood, leaf, and little red."""

from __future__ import annotations

WALL, WALL_DARK, WALL_LIGHT, JOINT = "#929ca1", "#879298", "#9ba4a8", "#b7bdbd"
BASE, PAVING, SEAM = "#6f7a80", "#c3bdb0", "#aca698"
INK, IRON, STEEL, PALE_STEEL = "#2c363c", "#4a565d", "#8b959a", "#c5ccd0"
LIME, PAPER, CREAM = "#e6e2d8", "#f2efe7", "#e9e5da"
BLUE, DEEP_BLUE, GLASS = "#2d6ea8", "#17548f", "#bcd0dc"
RED, DEEP_RED, BRICK, BRICK_DARK = "#b3231d", "#8f1a15", "#a8604c", "#7d3f33"
GREEN, DEEP_GREEN, PALE_GREEN = "#3b6f5b", "#234a3c", "#aebfb2"
LEAF, DEEP_LEAF = "#6d7f3d", "#4d5f33"
WOOD, PALE_WOOD, DARK_WOOD = "#a27744", "#c79a63", "#6f573f"
STRAW, LAMP, GLOW = "#d6b56a", "#efc767", "#fbeed5"
STONE, PALE_STONE, DARK_STONE = "#9c9688", "#c2beb3", "#6b6558"
WATER, PALE_WATER, DEEP_WATER = "#7f8f8c", "#98a8a5", "#4f5b62"
SKY, CLOUD = "#cfdde4", "#e4ebee"
SHADOW = "#2c363c38"


def shaded(colour: str, share: float) -> str:
    """A lighter (above 1) or darker (below 1) tone."""
    parts = (min(255, round(int(colour[at : at + 2], 16) * share)) for at in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)
