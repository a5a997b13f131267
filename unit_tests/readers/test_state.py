"""How numbers and instants are read from a state."""

from __future__ import annotations

import pytest

from source_xero_gl.readers.errors import ReadingError
from source_xero_gl.readers.state import instant_in, instant_out, number_in
from source_xero_gl.xero.errors import CONFIG


def test_numbers_may_come_back_as_floats() -> None:
    """A platform that stores JSON numbers as floats changes nothing; an absent number has its default."""
    assert number_in({"JournalNumber": 4711.0}, "JournalNumber", 0) == 4711
    assert number_in({"JournalNumber": 0}, "JournalNumber", 9) == 0
    assert number_in({}, "JournalNumber", 9) == 9


@pytest.mark.parametrize("value", ["4711", 4711.5, -1, True, None, [4711]])
def test_what_is_no_number_is_a_configuration_error(value: object) -> None:
    """A state that somebody has edited is refused by the name of its key, not guessed."""
    with pytest.raises(ReadingError, match="look at JournalNumber") as raised:
        number_in({"JournalNumber": value}, "JournalNumber", 0)
    assert raised.value.failure_type is CONFIG


def test_instants_come_back_as_they_went() -> None:
    """Milliseconds survive the state; null and an absent key mean none."""
    millis = 1_439_434_356_790  # 2015-08-13T02:52:36.790Z
    assert instant_out(millis) == "2015-08-13T02:52:36.790Z"
    assert instant_out(None) is None
    assert instant_in({"UpdatedDateUTC": "2015-08-13T02:52:36.790Z"}, "UpdatedDateUTC") == millis
    assert instant_in({"UpdatedDateUTC": None}, "UpdatedDateUTC") is None
    assert instant_in({}, "UpdatedDateUTC") is None
    assert instant_in({"UpdatedDateUTC": "2015-08-13"}, "UpdatedDateUTC") == 1_439_424_000_000


@pytest.mark.parametrize("value", ["yesterday", "", 5, True, [], "2026-02-30T00:00:00Z"])
def test_what_is_no_instant_is_a_configuration_error(value: object) -> None:
    """A stamp that cannot be read stops the stream with the name of its key."""
    with pytest.raises(ReadingError, match="look at UpdatedDateUTC") as raised:
        instant_in({"UpdatedDateUTC": value}, "UpdatedDateUTC")
    assert raised.value.failure_type is CONFIG
