"""What was tried of each fault and what was found wrong: the table at the end of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields


@dataclass
class Found:
    """Counts of what must not be; None where a fault cannot show it.

    lost: acknowledged, and not there. doubled: there or in effect twice. torn: other bytes than
    were sent, or a broken file. half: a part of what belongs together.
    """

    lost: int | None = None
    doubled: int | None = None
    torn: int | None = None
    half: int | None = None

    def __add__(self, other: Found) -> Found:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Found(*(_sum(mine, its) for mine, its in pairs))

    @property
    def is_clean(self) -> bool:
        return not any(astuple(self))


def _sum(mine: int | None, its: int | None) -> int | None:
    return mine if its is None else its if mine is None else mine + its


@dataclass(frozen=True)
class Row:
    fault: str
    tried: int
    found: Found
    also: str


def table(rows: list[Row]) -> Iterator[str]:
    """One line per fault, with what else was seen behind it."""
    names = [field.name for field in fields(Found)]
    width = max((len(row.fault) for row in rows), default=5)
    yield f"{'fault':{width}}  {'tried':>6}  " + "  ".join(f"{name:>7}" for name in names)
    for row in sorted(rows, key=lambda row: _order(row.fault)):
        counts = ("–" if count is None else str(count) for count in astuple(row.found))
        yield (
            f"{row.fault:{width}}  {row.tried:>6}  "
            + "  ".join(f"{count:>7}" for count in counts)
            + (f"  {row.also}" if row.also else "")
        )


def _order(fault: str) -> tuple[int, str]:
    """F2 before F10."""
    number = fault.split(" ")[0].removeprefix("F")
    return (int(number) if number.isdigit() else 99, fault)
