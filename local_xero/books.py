"""A company's accounts and their movements, as reports need them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from local_xero.chart import class_of
from local_xero.company import Company
from local_xero.ledger import ZERO
from local_xero.postings import Posting, postings
from local_xero.revaluations import revaluations
from local_xero.wire import Wire, ms_of

NO_ACCOUNT = "00000000-0000-0000-0000-000000000000"
PROFIT = ("REVENUE", "EXPENSE")


@dataclass(frozen=True)
class BookedAccount:
    """An account as reports show it."""

    account_id: str
    name: str
    code: str | None
    type: str
    account_class: str
    currency: str = ""

    @property
    def is_profit(self) -> bool:
        """Whether it counts from the start of the financial year only."""
        return self.account_class in PROFIT


def _booked(account_id: str, record: Wire) -> BookedAccount:
    kind = record["Type"]
    own_class = record.get("Class") or class_of(kind)
    return BookedAccount(
        account_id, record["Name"], record.get("Code"), kind, own_class, record.get("CurrencyCode") or ""
    )


class Books:
    """All postings of one basis, with revaluations if they are switched on.

    Args:
        company: whose books.
        cash: the cash-basis journals instead of the accrual ones.
        revalued: add what Xero keeps out of Journals.
    """

    def __init__(self, company: Company, *, cash: bool, revalued: bool) -> None:
        self._company = company
        lines = postings(company, cash=cash)
        self._postings = [*lines, *revaluations(company, cash=cash)] if revalued else lines
        records = {d.record["AccountID"]: d.record for d in company.lists["Accounts"]}
        self.accounts = {key: _booked(key, record) for key, record in records.items()}
        for posting in self._postings:
            if posting.account_id not in self.accounts:
                self.accounts[posting.account_id] = _booked(posting.account_id, posting.account)
        self.retained = self._retained(records.values())

    def _retained(self, records: Iterable[Wire]) -> BookedAccount:
        """Return the account of earlier profit; a chart without one gets a made-up one."""
        for record in records:
            if record.get("SystemAccount") == "RETAINEDEARNINGS" or record["Name"] == "Retained Earnings":
                return self.accounts[record["AccountID"]]
        made_up = BookedAccount(NO_ACCOUNT, "Retained Earnings", None, "EQUITY", "EQUITY")
        return self.accounts.setdefault(NO_ACCOUNT, made_up)

    @property
    def name(self) -> str:
        """The organisation's name."""
        return str(self._company.organisation["Name"])

    @property
    def categories(self) -> list[Wire]:
        """The tracking categories with their options, archived ones too."""
        return [document.record for document in self._company.lists["TrackingCategories"]]

    @property
    def base_currency(self) -> str:
        """The currency of all figures."""
        return str(self._company.organisation.get("BaseCurrency", ""))

    def moved(
        self, first: dt.date | None, last: dt.date, counts: Callable[[Posting], bool] = lambda _: True
    ) -> dict[str, Decimal]:
        """Add up the movements of each account from a day (None: the first one) to a day, both inclusive; debit positive.

        Postings for which ``counts`` returns False are left out.
        """
        first_ms, last_ms = None if first is None else ms_of(first), ms_of(last)
        sums: dict[str, Decimal] = {}
        for posting in self._postings:
            in_time = posting.date_ms <= last_ms and (first_ms is None or posting.date_ms >= first_ms)
            if in_time and counts(posting):
                sums[posting.account_id] = sums.get(posting.account_id, ZERO) + posting.net
        return sums

    def balances(self, day: dt.date) -> dict[str, Decimal]:
        """Return the balances at the end of a day. Profit of earlier financial years is in retained earnings."""
        start = self.year_start(day)
        balances = {k: v for k, v in self.moved(None, day).items() if not self.accounts[k].is_profit}
        balances |= {k: v for k, v in self.moved(start, day).items() if self.accounts[k].is_profit}
        earlier = self.profit(None, start - dt.timedelta(days=1))
        if earlier:
            key = self.retained.account_id
            balances[key] = balances.get(key, ZERO) + earlier
        return balances

    def profit(self, first: dt.date | None, last: dt.date) -> Decimal:
        """Add up the income and expense accounts of a period; a profit is negative."""
        moved = self.moved(first, last)
        return sum((net for key, net in moved.items() if self.accounts[key].is_profit), ZERO)

    def year_start(self, day: dt.date) -> dt.date:
        """Find the first day of the financial year that a day lies in."""
        organisation = self._company.organisation
        month = int(organisation.get("FinancialYearEndMonth", 12))
        last = int(organisation.get("FinancialYearEndDay", 31))
        ends = [
            dt.date(year, month, min(last, calendar.monthrange(year, month)[1]))
            for year in (day.year, day.year - 1, day.year - 2)
        ]
        return next(end for end in ends if end < day) + dt.timedelta(days=1)
