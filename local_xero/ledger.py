"""Double entry: every journal that is posted here balances, and numbers and creation times only rise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from local_xero.chart import TAX_NAMES, Account, new_id
from local_xero.wire import Wire, wire_date

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    """Round an amount to two decimals, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """One side of an entry: debit positive, credit negative, in the base currency."""

    account: Account
    net: Decimal
    tax: Decimal = ZERO
    tax_type: str | None = None
    description: str | None = ""
    tracking: tuple[Wire, ...] = ()

    def reversed(self) -> Line:
        """Turn the line around."""
        return replace(self, net=-self.net, tax=-self.tax)

    def wire(self, line_id: str) -> Wire:
        """Write the line as Xero does: tax type and name are absent on control accounts."""
        account = self.account
        record: Wire = {"JournalLineID": line_id, "AccountID": account.account_id}
        if account.code is not None:
            record["AccountCode"] = account.code
        record |= {"AccountType": account.type, "AccountName": account.name}
        if self.description is not None:
            record["Description"] = self.description
        record |= {"NetAmount": self.net, "GrossAmount": self.net + self.tax, "TaxAmount": self.tax}
        if self.tax_type is not None:
            record |= {"TaxType": self.tax_type, "TaxName": TAX_NAMES[self.tax_type]}
        return record | {"TrackingCategories": list(self.tracking)}


@dataclass(frozen=True)
class Source:
    """The document that a journal was posted from."""

    type: str
    id: str


class UnbalancedError(Exception):
    """The lines of a journal do not add up to zero."""


class Ledger:
    """The journals of one basis as they are posted.

    Args:
        rng: the company's random numbers.
        gaps: share of journal numbers, at least 0 and below 1, that are never used.
    """

    def __init__(self, rng: Random, gaps: float) -> None:
        self._rng = rng
        self._gaps = gaps
        self._number = 0
        self._created_ms = 0
        self.journals: list[Wire] = []

    def post(
        self,
        when_ms: int,
        date_ms: int,
        lines: Iterable[Line],
        source: Source | None = None,
        reference: str | None = None,
    ) -> None:
        """Post one journal.

        Args:
            when_ms: when it is entered; CreatedDateUTC is at least this and later than the journal before.
            date_ms: JournalDate, a midnight, in any order.
            lines: must add up to zero.
            source: the document; None for conversion balances.
            reference: left out of the journal when None.

        Raises:
            UnbalancedError: when the lines do not add up to zero.
        """
        lines = [line for line in lines if line.net or line.tax] or list(lines)
        if sum(line.net for line in lines) != 0:
            raise UnbalancedError
        self._number += 1
        while self._rng.random() < self._gaps:
            self._number += 1
        self._created_ms = max(when_ms, self._created_ms + self._rng.randrange(3, 400))
        record: Wire = {
            "JournalID": new_id(self._rng),
            "JournalDate": wire_date(date_ms),
            "JournalNumber": self._number,
            "CreatedDateUTC": wire_date(self._created_ms),
        }
        if reference is not None:
            record["Reference"] = reference
        if source is not None:
            record |= {"SourceID": source.id, "SourceType": source.type}
        record["JournalLines"] = [line.wire(new_id(self._rng)) for line in lines]
        self.journals.append(record)
