"""One organisation's books: generated, from a test's JSON, or computed on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from local_xero import chart
from local_xero.contents import contents
from local_xero.day_book import Plan
from local_xero.documents import DocumentBook
from local_xero.endpoints import LISTS
from local_xero.journal_book import JournalBook, StoredJournals
from local_xero.wire import Wire, wire_date
from local_xero.year_end import YearEnd

PRESETS = {
    "large": Plan(journals=3_000, invoices=800, contacts=60, gaps=0.03, seed=1),
    "small": Plan(journals=250, invoices=60, contacts=12, gaps=0.03, seed=1),
    "empty": Plan(journals=0, invoices=0, contacts=0, gaps=0.0, seed=1),
}


@dataclass
class Company:
    """The books of one organisation: two journal books and a document book for every list.

    ``undocumented`` has the numbers of journals that no document explains, by kind; those of a kind may be hidden.
    """

    journals: JournalBook = field(default_factory=StoredJournals)
    cash_journals: JournalBook = field(default_factory=StoredJournals)
    lists: dict[str, DocumentBook] = field(
        default_factory=lambda: {path: DocumentBook(endpoint.id_field) for path, endpoint in LISTS.items()}
    )
    undocumented: dict[str, list[int]] = field(default_factory=dict)

    def book(self, *, cash: bool) -> JournalBook:
        """Return the journals on an accrual or a cash basis."""
        return self.cash_journals if cash else self.journals

    @property
    def organisation(self) -> Wire:
        """The organisation's own record."""
        return next(iter(self.lists["Organisation"])).record


def organisation_record(organisation_id: str, name: str) -> Wire:
    """Write an organisation in New Zealand whose financial year ends on 31 March."""
    return {
        "Name": name,
        "LegalName": f"{name} Limited",
        "PaysTax": True,
        "Version": "NZ",
        "OrganisationType": "COMPANY",
        "BaseCurrency": "NZD",
        "CountryCode": "NZ",
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "TaxNumber": "071-138-054",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 3,
        "SalesTaxBasis": "PAYMENTS",
        "SalesTaxPeriod": "TWOMONTHS",
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "PeriodLockDate": wire_date(1_743_379_200_000),
        "EndOfYearLockDate": wire_date(1_743_379_200_000),
        "CreatedDateUTC": wire_date(chart.OPENED_MS).replace("+0000", ""),
        "OrganisationEntityType": "COMPANY",
        "Timezone": "NEWZEALANDSTANDARDTIME",
        "ShortCode": "!mBdtL",
        "OrganisationID": organisation_id,
        "Edition": "BUSINESS",
        "Class": "PREMIUM",
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }


def generate(preset: str, tenant_id: str, name: str, overrides: dict[str, Any]) -> Company:
    """Build a preset company.

    Args:
        preset: "large", "small" or "empty".
        tenant_id: becomes the OrganisationID.
        name: the organisation's name.
        overrides: fields of the plan (journals, invoices, contacts, gaps, seed); None leaves the preset's value.
    """
    plan = replace(PRESETS[preset], **{key: value for key, value in overrides.items() if value is not None})
    trading = YearEnd(plan).run()
    company = from_records({**contents(trading, plan.seed), "Organisation": [organisation_record(tenant_id, name)]})
    company.journals.add(trading.accrual.journals)
    company.cash_journals.add(trading.cash.journals)
    return company


def from_records(lists: Mapping[str, Iterable[Wire]]) -> Company:
    """Build a company from wire records: list path → records, plus ``Journals`` and ``CashJournals``."""
    company = Company()
    company.journals.add(lists.get("Journals", ()))
    company.cash_journals.add(lists.get("CashJournals", ()))
    for path, book in company.lists.items():
        book.add(lists.get(path, ()))
    return company


def chart_accounts(seed: int) -> dict[str, chart.Account]:
    """Return the chart of accounts that a generated company with this seed has."""
    return chart.chart_of_accounts(Random(seed))
