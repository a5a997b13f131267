"""The lock date: the later of two, and none where Xero tells none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from source_xero_gl.readers.reports.month_ends import lock_date
from source_xero_gl.readers.snapshot import TheOrganisation
from source_xero_gl.xero.client import Page
from unit_tests.fake_xero.lists import list_from

MARCH = "/Date(1774915200000+0000)/"  # date -u -d 2026-03-31 +%s000
JUNE = "/Date(1782777600000+0000)/"  # date -u -d 2026-06-30 +%s000


@pytest.mark.parametrize(
    ("organisation", "expected"),
    [
        ({"PeriodLockDate": JUNE, "EndOfYearLockDate": MARCH}, date(2026, 6, 30)),
        ({"PeriodLockDate": MARCH, "EndOfYearLockDate": JUNE}, date(2026, 6, 30)),
        ({"PeriodLockDate": MARCH}, date(2026, 3, 31)),
        ({"EndOfYearLockDate": MARCH}, date(2026, 3, 31)),
        ({"PeriodLockDate": None, "EndOfYearLockDate": MARCH}, date(2026, 3, 31)),
        ({"PeriodLockDate": "2026-06-30T00:00:00", "EndOfYearLockDate": MARCH}, date(2026, 6, 30)),
    ],
)
def test_the_later_date_counts(organisation: dict[str, Any], expected: date) -> None:
    """https://developer.xero.com/documentation/api/accounting/organisation names two dates; either may be absent."""
    assert lock_date([organisation]) == expected


@pytest.mark.parametrize(
    "value", [None, "", "soon", 5, True, [], {}, "/Date()/", "2026-02-30", "/Date(99999999999999999)/"]
)
def test_what_is_no_date_locks_nothing(value: object) -> None:
    """A date that cannot be read costs calls and loses nothing: no month counts as closed."""
    assert lock_date([{"PeriodLockDate": value, "EndOfYearLockDate": value}]) is None
    assert lock_date([{"PeriodLockDate": value, "EndOfYearLockDate": MARCH}]) == date(2026, 3, 31)


@pytest.mark.parametrize("organisations", [[], [{}]])
def test_an_organisation_may_have_no_lock_date(organisations: list[dict[str, Any]]) -> None:
    """Xero leaves out what is not set."""
    assert lock_date(organisations) is None


def test_the_organisations_record_leaves_the_shared_answer_alone() -> None:
    """Objects become records in place; the lock date is read from the same answer, and must still be as Xero sent it."""
    shared = Page([{"PeriodLockDate": "/Date(1719705600000+0000)/"}])
    whole = list_from(lambda *_, **__: Page([]), "OrganisationID")
    (batch,) = TheOrganisation().batches(replace(whole, organisation=lambda: shared), None)
    batch.objects[0]["PeriodLockDate"] = "2024-06-30"
    assert shared.objects == [{"PeriodLockDate": "/Date(1719705600000+0000)/"}]
