"""Fills in the page and writes its file."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from source_xero_gl.commands.sync.databases import Database, DatabaseError
from source_xero_gl.commands.sync.page import wording
from source_xero_gl.commands.sync.page.books import MONTHS, Books, months_until, read_books
from source_xero_gl.commands.sync.page.open_items import ageing, late_postings, overdue, total
from source_xero_gl.commands.sync.page.proof import Proof
from source_xero_gl.commands.sync.page.statements import balance_sheet, bank_balances, cash, profit_and_loss
from source_xero_gl.commands.sync.page.tables import nets
from source_xero_gl.commands.templates import templates_of
from source_xero_gl.wording import counted, duration
from source_xero_gl.xero.tokens.private_file import write_private_file

_TEMPLATES = templates_of(__package__)
_TEMPLATES.globals.update(wording=wording)


class NoLedgerError(Exception):
    """The database holds no ledger that the page could show."""


@dataclass(frozen=True)
class Cost:
    """What the last sync took, of all organisations together.

    Attributes:
        calls: calls to Xero that count against its limits.
        seconds: the time it took to read and store.
        left_today: calls that Xero still allows today, of the organisation with the fewest; None where Xero did not say.
    """

    calls: int
    seconds: float
    left_today: int | None = None

    def sentence(self) -> str:
        """Return it in words."""
        left = "" if self.left_today is None else f"; {self.left_today:,} more are allowed today"
        return f"The last sync made {counted(self.calls, 'call')} to Xero in {duration(self.seconds)}{left}."


def write_page(database: Database, target: Path, cost: Cost | None = None, as_at: date | None = None) -> None:
    """Write ``ledger.html``: one file without scripts, which only its owner may read, with all organisations of a database.

    The figures are those of the models of the dbt package; amounts are in each organisation's base currency.

    Args:
        database: where ``dbt build`` has run; it is only read.
        target: the HTML file; it is replaced as a whole.
        cost: what the last sync took; None where nobody knows.
        as_at: the variable of that name with which dbt has run; None where it had none.

    Raises:
        NoLedgerError: the file is no such database, or dbt has built nothing in it.
        OSError: the page cannot be written.
    """
    try:
        with database.reading() as tables:
            books = read_books(tables, as_at)
    except DatabaseError as error:
        raise NoLedgerError(
            f"No ledger can be read. {error} Run dbt build on it, and close what else has it open."
        ) from None
    if not books:
        raise NoLedgerError(f"{database.name} holds no organisation. Read the stream organisations, and run dbt build.")
    write_private_file(target, _html(books, cost.sentence() if cost else "").encode())


def _html(books: list[Books], cost: str) -> str:
    style = stylesheet(len(books))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _TEMPLATES.get_template("ledger.html").render(
        organisations=[_parts(one) for one in books], style=style, digest=digest, cost=cost
    )


def stylesheet(organisations: int) -> str:
    """Return the style of a page with so many organisations: with several, those that are not chosen are hidden."""
    return _TEMPLATES.get_template("ledger.css").render(number=organisations)


def _parts(books: Books) -> dict[str, Any]:
    """Return what the template shows of an organisation; without a ledger only whether it was compared."""
    parts: dict[str, Any] = {"books": books, "proof": Proof(books), "tiles": ()}
    if books.last is None or books.aged_on is None:
        return parts
    profits, statement = profit_and_loss(books, books.last)
    money, accounts = cash(books, books.last)
    ages, documents = ageing(books, books.aged_on)
    return parts | {
        "tiles": (
            (f"Profit, {MONTHS} months", sum(nets(books.profits, months_until(books.last, MONTHS))), None),
            ("Bank and cards", bank_balances(books, [books.last])[0], None),
            ("Owed to us", total(books.receivables), overdue(books.receivables)),
            ("We owe", total(books.payables), overdue(books.payables)),
        ),
        "profit_and_loss": (profits, statement),
        "balance_sheet": balance_sheet(books, books.last),
        "cash": (money, accounts),
        "ageing": (ages, documents),
        "late": late_postings(books),
    }
