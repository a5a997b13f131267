"""Where the marks of charts lie, how amounts are written, and that colours can be told apart."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_xero_gl.commands.sync.page import charts, wording
from source_xero_gl.commands.sync.page.charts import HEIGHT, TOP, Series, chart, ticks
from source_xero_gl.commands.sync.page.page import stylesheet

TEXTS = ("text", "soft", "good", "bad", "warn")
GRAPHICS = ("agrees", "differs", "apart", "opening", "unknown", "income", "costs", "profit")
MARKS = {"differs": "on-strong", "apart": "on-light", "opening": "on-light", "unknown": "on-light"}


@given(st.integers(-(10**14), 0), st.integers(0, 10**14))
def test_the_scale_holds_every_value(low_cents: int, high_cents: int) -> None:
    """Ticks begin at or below the lowest value, end at or above the highest, are evenly spaced, and few."""
    low, high = low_cents / 100, high_cents / 100
    scale = ticks(low, high)
    slack = (high - low) * 1e-6
    assert scale[0] <= low + slack
    assert scale[-1] >= high - slack
    assert 2 <= len(scale) <= 7
    assert len({round((b - a) / (scale[1] - scale[0]), 6) for a, b in pairwise(scale)}) == 1


def test_bars_stand_on_zero_and_are_as_high_as_their_values() -> None:
    """A loss hangs below the line of zero; from the highest tick to the lowest is the height of the chart."""
    drawn = chart("", ["Jan", "Feb"], [Series("Profit", "profit", [40, -20])])
    zero = dict(drawn.ticks)["0"]
    up, down = drawn.bars
    assert up.y + up.height == pytest.approx(zero)
    assert down.y == pytest.approx(zero)
    assert [up.height, down.height] == pytest.approx([HEIGHT * 40 / 60, HEIGHT * 20 / 60])
    assert (drawn.ticks[-1][1], drawn.ticks[0][1]) == (TOP, TOP + HEIGHT)


def test_nothing_lies_outside_of_the_window() -> None:
    """Bars of all series fit beside each other, right of the scale."""
    drawn = chart("", ["a"] * 12, [Series("", "", [1] * 12), Series("", "", [2] * 12)], [Series("", "", [3] * 12)])
    assert min(bar.x for bar in drawn.bars) > charts._GUTTER
    assert max(bar.x + bar.width for bar in drawn.bars) < 100
    edges = sorted((bar.x, bar.x + bar.width) for bar in drawn.bars)
    assert all(end <= start for (_, end), (start, _) in pairwise(edges))


def test_a_chart_of_nothing_is_drawn() -> None:
    """A new organisation has no figures."""
    drawn = chart("", ["Jan"], [Series("", "", [0])], [Series("", "", [0])])
    assert [bar.height for bar in drawn.bars] == [0]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (wording.cents(Decimal("-1234.5")), "\N{MINUS SIGN}1,234.50"),
        (wording.whole(Decimal("1234.5")), "1,234"),
        (wording.whole(Decimal("0.49")), "\N{EN DASH}"),
        (wording.short(-1_500_000), "\N{MINUS SIGN}1.5M"),
        (wording.short(250_000), "250k"),
        (wording.short(0), "0"),
        (wording.account("090", "Bank\r\nof\u202e us"), "090 Bank of us"),
        (wording.account(None, None), "Account without a name"),
        (wording.plain("كتب K\u014dwhai"), "كتب K\u014dwhai"),
    ],
)
def test_amounts_and_texts_are_written_for_people(written: str, expected: str) -> None:
    """A true minus, groups of three, no characters that are not seen; other scripts stay as they are."""
    assert written == expected


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_colours_can_be_told_from_what_is_behind_them(scheme: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for texts, 3 to 1 for what a chart is read from."""
    blocks = re.findall(r":root \{(.*?)\}", stylesheet(1), re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[["light", "dark", "print"].index(scheme)]))
    texts = [(name, "card") for name in TEXTS] + [("soft", "page"), ("accent", "card")]
    texts += [(name, f"{name}-tint") for name in ("good", "bad", "warn")]
    texts += [(text, square) for square, text in MARKS.items()]
    assert {
        pair: contrast(*(colours[name] for name in pair))
        for pair in texts
        if contrast(*(colours[name] for name in pair)) < 4.5
    } == {}
    assert {
        name: contrast(colours[name], colours["card"])
        for name in GRAPHICS
        if contrast(colours[name], colours["card"]) < 3
    } == {}


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, as WCAG defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
