"""The range that is usual for one person, and where a value stands to it. Knows no band: usual is not good."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# With fewer sittings nothing is usual yet (custom).
LEAST = 5
# About 19 in 20 values of a steady, bell-shaped series are within two standard deviations.
REACH = 2.0
# A standard deviation over the median absolute deviation, and over the mean one, where the values are bell-shaped.
_BY_MEDIAN, _BY_MEAN = 1.4826, 1.2533


class Place(StrEnum):
    """Where a value stands to what is usual."""

    BELOW = "below"
    INSIDE = "inside"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual: the median of `count` values, and the range from `low` to `high` around it."""

    middle: float
    low: float
    high: float
    count: int

    def place(self, value: float) -> Place:
        """Return where `value` stands."""
        return Place.BELOW if value < self.low else Place.ABOVE if value > self.high else Place.INSIDE


def usual(values: Sequence[float], least: float = 0.0, most: float | None = None) -> Usual | None:
    """Return what is usual in `values`, or None where they are fewer than `LEAST`; kept within `least` and `most`.

    The spread is the median absolute deviation; where more than half of the values are the same, the mean one
    (Iglewicz & Hoaglin 1993): a spread of nothing would call each other value unusual.
    """
    if len(values) < LEAST:
        return None
    middle = median(values)
    away = [abs(value - middle) for value in values]
    spread = REACH * (_BY_MEDIAN * median(away) or _BY_MEAN * fmean(away))
    high = middle + spread if most is None else min(most, middle + spread)
    return Usual(middle, max(least, middle - spread), high, len(values))
