"""Texts, days and amounts as the page writes them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal

_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of control characters, marks that turn the direction of the text, and line separators."""


def plain(text: str | None) -> str:
    """Return a text of Xero's users on one line, without characters that are not seen but change what is seen around them."""
    shown = "".join(" " if unicodedata.category(letter) in _INVISIBLE else letter for letter in text or "")
    return " ".join(shown.split())


def account(code: str | None, name: str | None) -> str:
    """Return an account as people call it: its code, where it has one, and its name."""
    return plain(f"{code or ''} {name or ''}") or "Account without a name"


def month(day: dt.date) -> str:
    """Return a month such as ``Mar 2026``."""
    return f"{day:%b} {day.year}"


def date(day: dt.date) -> str:
    """Return a day such as ``31 Mar 2026``."""
    return f"{day.day} {month(day)}"


def cents(amount: Decimal) -> str:
    """Return an amount to the cent, such as ``1,234.50``, with a true minus sign."""
    return _signed(f"{amount:,.2f}")


def whole(amount: Decimal) -> str:
    """Return an amount without cents: such as ``1,234``; nothing is a dash."""
    return _signed(f"{amount:,.0f}") if round(amount) else "\N{EN DASH}"


def short(amount: float) -> str:
    """Return an amount for the scale of a chart: ``1.5M``, ``250k``, ``40``."""
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(amount) >= size:
            return _signed(f"{amount / size:.2f}".rstrip("0").rstrip(".") + letter)
    return _signed(f"{amount:g}")


def _signed(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")
