"""What all fakes of Xero share: the organisation, and dates as Xero writes them."""

from __future__ import annotations

from datetime import date

TENANT = "3f2a7c1e-5b0d-4e86-9a41-6d7c8e9f0a1b"


class TooManyCallsError(AssertionError):
    """A reader does not come to its end."""


def wire(millis: int) -> str:
    """Return an instant as Xero writes it."""
    return f"/Date({millis}+0000)/"


def midnight(day: date) -> int:
    """Return the instant at which a day begins in UTC."""
    return (day - date(1970, 1, 1)).days * 86_400_000


def unwired(stamp: str) -> int:
    """Return the milliseconds of a date that a fake wrote."""
    return int(stamp.removeprefix("/Date(").removesuffix("+0000)/"))
