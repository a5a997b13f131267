"""Where the marks of a chart lie: across in per cent, so that a narrow window does not make texts smaller, and down in pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from source_xero_gl.commands.sync.page.wording import short

HEIGHT = 180.0
"""Pixels from the highest tick to the lowest."""

TOP = 14.0
"""Pixels above the highest tick, for its text."""

_GUTTER = 9.0
"""Per cent at the left that the scale takes."""

_TICKS = 4
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Series:
    """Figures of one kind, and the class that gives them their colour."""

    name: str
    style: str
    values: Sequence[float]


@dataclass(frozen=True)
class Rectangle:
    """A bar."""

    x: float
    y: float
    width: float
    height: float
    style: str


@dataclass(frozen=True)
class Segment:
    """A part of a line, between the middles of two groups."""

    x1: float
    y1: float
    x2: float
    y2: float
    style: str


@dataclass
class Chart:
    """A chart that a template draws.

    Attributes:
        title: what a reader of the screen hears in its place.
        groups: the text below each group, and where its middle is.
        ticks: the text of each line of the scale, and where it is.
        legend: name and class of each series.
    """

    title: str
    groups: Sequence[tuple[str, float]]
    ticks: Sequence[tuple[str, float]]
    legend: Sequence[tuple[str, str]]
    bars: list[Rectangle] = field(default_factory=list)
    lines: list[Segment] = field(default_factory=list)
    dots: list[tuple[float, float, str]] = field(default_factory=list)


def chart(title: str, groups: Sequence[str], bars: Sequence[Series], lines: Sequence[Series] = ()) -> Chart:
    """Return a chart with bars side by side in each group and lines through the groups."""
    series = [*bars, *lines]
    values = [value for one in series for value in one.values]
    scale = ticks(min([0.0, *values]), max([0.0, *values]))
    low, high = scale[0], scale[-1]

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * HEIGHT, 1)

    step = (100 - _GUTTER) / len(groups)
    middles = [round(_GUTTER + step * (place + 0.5), 2) for place in range(len(groups))]
    drawn = Chart(
        title=title,
        groups=list(zip(groups, middles, strict=True)),
        ticks=[(short(value), y(value)) for value in scale],
        legend=[(one.name, one.style) for one in series],
    )
    width = step * 0.7 / max(1, len(bars))
    for place, one in enumerate(bars):
        for middle, value in zip(middles, one.values, strict=True):
            x = round(middle + (place - len(bars) / 2) * width, 2)
            height = round(abs(y(value) - y(0)), 1)
            drawn.bars.append(Rectangle(x, min(y(value), y(0)), round(width * 0.92, 2), height, one.style))
    for one in lines:
        points = [(middle, y(value)) for middle, value in zip(middles, one.values, strict=True)]
        drawn.dots += [(*point, one.style) for point in points]
        drawn.lines += [Segment(*a, *b, one.style) for a, b in pairwise(points)]
    return drawn


def ticks(low: float, high: float) -> list[float]:
    """Return round numbers from one at or below the lowest value to one at or above the highest."""
    rough = (high - low) / _TICKS or 1.0
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in _STEPS if factor * size >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [place * step for place in range(first, max(last, first + 1) + 1)]
