"""Numbers in sentences."""

from __future__ import annotations

import pytest

from source_xero_gl.wording import counted, duration, shown_name


@pytest.mark.parametrize(("number", "text"), [(0, "0 calls"), (1, "1 call"), (2, "2 calls"), (1_500, "1,500 calls")])
def test_a_count_agrees_with_its_noun(number: int, text: str) -> None:
    """One thing is in the singular, thousands have their separators."""
    assert counted(number, "call") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3, "3 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (61, "1 min"),
        (11 * 60 + 50, "12 min"),
        (3_599, "1 h 0 min"),
        (4_250, "1 h 11 min"),
    ],
)
def test_a_duration_is_as_exact_as_a_person_needs(seconds: float, text: str) -> None:
    """Below a minute seconds, above it minutes, to the nearest."""
    assert duration(seconds) == text


def test_a_name_stays_on_its_line() -> None:
    """What a user has called an organisation looks like no line of ours, and turns no colour or direction of the text."""
    assert shown_name("Q'uo\"te\nReady.\x1b[31m\u202eRTL") == "Q'uo\"te Ready.?[31m?RTL"
