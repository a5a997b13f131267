"""Dates: the wire format, ISO 8601, settings and headers."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_xero_gl.xero import dates

ONE_DAY = 86_400_000
YEAR_1 = -62_135_596_800_000  # date -u -d 0001-01-01 +%s000
YEAR_10000 = 253_402_300_800_000  # date -u -d 10000-01-01 +%s000


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("/Date(1439434356790)/", 1_439_434_356_790),
        ("/Date(1419937200000+0000)/", 1_419_937_200_000),
        ("/Date(0+0000)/", 0),
        ("/Date(-86400000)/", -ONE_DAY),
        ("/Date(1419937200000+1300)/", 1_419_937_200_000),
        ("/Date(1419937200000-0800)/", 1_419_937_200_000),
    ],
)
def test_a_wire_date_is_its_number(text: str, instant: int) -> None:
    """The number is UTC already: whatever offset follows it is not added."""
    assert dates.parse_wire(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Date(5)",
        "/Date(5)",
        "see /Date(5)/",
        "/Date(5)/\n",
        "/Date()/",
        "/Date(5.5)/",
        "/Date(\u0665)/",
        "/Date(5+0000)/ ",
        f"/Date({10**18})/",
    ],
)
def test_nothing_else_is_a_wire_date(text: str) -> None:
    """Free text that resembles a date stays text."""
    assert dates.parse_wire(text) is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01", 0),
        ("1970-01-02T00:00:00", ONE_DAY),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.5Z", 1500),
        ("1970-01-01T00:00:00.1234567", 123),
        ("1969-12-31T23:59:59.999Z", -1),
        ("1970-01-01T13:00:00+13:00", 0),
        ("2024-02-29", 1_709_164_800_000),  # date -u -d 2024-02-29 +%s000
    ],
)
def test_iso_dates_without_an_offset_are_utc(text: str, instant: int) -> None:
    """Dates as states, twins of wire dates and /connections spell them are read."""
    assert dates.parse_iso(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026",
        "2026-1-1",
        "20260101",
        "2026-02-30",
        "2026-13-01",
        "2026-01-01 00:00:00",
        "2026-01-01T25:00:00Z",
    ],
)
def test_what_is_no_iso_date_is_refused(text: str) -> None:
    """A day that does not exist, a week, a duration or a bare year is no date."""
    with pytest.raises(ValueError, match=r"."):
        dates.parse_iso(text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [("1970-01-02", ONE_DAY), ("1970-01-01T00:00:01Z", 1000), ("1970-01-01T00:00:01.25Z", 1250)],
)
def test_settings_spell_dates_in_two_ways(text: str, instant: int) -> None:
    """A bare date means midnight UTC; an instant ends in Z."""
    assert dates.parse_setting(text) == instant


@pytest.mark.parametrize(
    "text",
    ["1970-01-01T00:00:01", "1970-01-01T00:00:01+01:00", "1970-01-01T00:00:01.1234Z", "1970-02-30", "1970-01-01\n"],
)
def test_settings_spell_dates_in_no_other_way(text: str) -> None:
    """A time without Z, with an offset or finer than milliseconds is not guessed at."""
    with pytest.raises(ValueError, match=r"."):
        dates.parse_setting(text)


@given(st.integers(YEAR_1, YEAR_10000 - 1))
def test_an_instant_survives_being_written_and_read(instant: int) -> None:
    """A state is read back as the instant that was written, for all years from 1 to 9999."""
    assert dates.parse_iso(dates.format_instant(instant)) == instant


@pytest.mark.parametrize("instant", [YEAR_1 - 1, YEAR_10000])
def test_an_instant_outside_of_the_calendar_overflows(instant: int) -> None:
    """Years before 1 and after 9999 have no ISO 8601 date of four digits."""
    with pytest.raises(OverflowError):
        dates.format_instant(instant)
    with pytest.raises(OverflowError):
        dates.format_day(instant)


def test_the_header_has_whole_seconds_and_no_zone() -> None:
    """Xero ignores If-Modified-Since in any other form than yyyy-MM-ddTHH:mm:ss, and then returns everything."""
    assert dates.format_header(1_439_434_356_790) == "2015-08-13T02:52:36"


@pytest.mark.parametrize(
    ("sent", "recorded"),
    [
        ("/Date(1439434356790+0000)/", "2015-08-13T02:52:36.790Z"),
        ("/Date(0+0000)/", "1970-01-01T00:00:00.000Z"),
        ("/Date(-1)/", "1969-12-31T23:59:59.999Z"),
        ("2015-08-13T02:52:36", "2015-08-13T02:52:36.000Z"),
    ],
)
def test_instants_of_records_have_milliseconds_and_z(sent: str, recorded: str) -> None:
    """An instant becomes YYYY-MM-DDTHH:MM:SS.mmmZ, whichever form Xero used."""
    assert dates.record_instant(sent) == recorded


@pytest.mark.parametrize(
    ("sent", "recorded"),
    [
        ("/Date(1419937200000+1300)/", "2014-12-30"),
        ("/Date(0+0000)/", "1970-01-01"),
        ("2018-10-20T00:00:00", "2018-10-20"),
        ("2018-10-20", "2018-10-20"),
    ],
)
def test_calendar_dates_of_records_have_no_time(sent: str, recorded: str) -> None:
    """A calendar date becomes YYYY-MM-DD and never moves to the next day."""
    assert dates.record_day(sent) == recorded


@pytest.mark.parametrize("sent", [None, "", "soon", 5, True, [], f"/Date({YEAR_10000})/", f"/Date({YEAR_1 - 1})/"])
def test_a_date_field_without_a_date_stays_as_sent(sent: object) -> None:
    """Odd input reaches the record unchanged instead of failing the sync or becoming a blank."""
    assert dates.record_day(sent) == sent
    assert dates.record_instant(sent) == sent


@pytest.mark.parametrize(
    ("value", "instant"),
    [("/Date(7)/", 7), ("1970-01-01T00:00:00.007Z", 7), ("7", None), (7, None), (None, None), ("2026-02-30", None)],
)
def test_a_stamp_is_read_from_either_form(value: object, instant: int | None) -> None:
    """Stamps that readers compare are understood in both forms; anything else is told apart from a date."""
    assert dates.read_instant(value) == instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),  # the examples of RFC 9110
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777_000),
        ("Sun Nov  6 08:49:37 1994", 784_111_777_000),
        (None, None),
        ("", None),
        ("yesterday", None),
        ("Sun, 66 Nov 1994 08:49:37 GMT", None),
    ],
)
def test_the_server_time_comes_from_the_date_header(text: str | None, instant: int | None) -> None:
    """A Date header is an instant; one that is absent or malformed is none."""
    assert dates.parse_http_date(text) == instant


def test_a_date_header_without_a_zone_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own zone changes nothing."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Australia/Sydney")
        time.tzset()
        instant = dates.parse_http_date("Sun Nov  6 08:49:37 1994")
    time.tzset()
    assert instant == 784_111_777_000


@pytest.mark.parametrize("instant", [YEAR_1 - 1, YEAR_10000])
def test_a_stamp_outside_of_the_calendar_is_none(instant: int) -> None:
    """A reader never gets an instant that no state or header can spell."""
    assert dates.read_instant(f"/Date({instant})/") is None
    assert dates.read_instant(f"/Date({max(YEAR_1, min(instant, YEAR_10000 - 1))})/") is not None
