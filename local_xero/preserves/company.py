"""The books of the company."""

from __future__ import annotations

from random import Random

from local_xero import settings_records
from local_xero.company import Company, from_records, organisation_record
from local_xero.everything.bookkeeping import Entry, entries, post
from local_xero.everything.company import document_lists
from local_xero.ledger import Ledger
from local_xero.preserves.accounts import OPENED_MS, account_record
from local_xero.preserves.budget import budget
from local_xero.preserves.buying import Buying
from local_xero.preserves.diary import Diary, months
from local_xero.preserves.money import Money
from local_xero.preserves.opening import opening
from local_xero.preserves.sales import Sales
from local_xero.preserves.staff import Staff
from local_xero.preserves.taxes import taxes
from local_xero.wire import Wire, wire_date

NAME = "Fernside Preserves"


def preserves(organisation: str, name: str, seed: int = 1, gaps: float = 0.03) -> Company:
    """Build the company; its journals are posted from its documents.

    Args:
        organisation: becomes the OrganisationID.
        name: the organisation's name.
        seed: one seed gives one company.
        gaps: share of journal numbers that are never used.
    """
    diary, conversion = told(seed)
    ledger = Ledger(Random(f"preserves' journals {seed}"), gaps)
    numbers = post([conversion, *entries(diary.facts, diary.chart)], ledger)
    company = from_records(
        document_lists(diary.facts)
        | _settings(diary)
        | {"Organisation": [_organisation(organisation, name)], "Budgets": [budget(diary, ledger.journals)]}
    )
    company.journals.add(ledger.journals)
    company.undocumented = numbers
    return company


def told(seed: int = 1) -> tuple[Diary, Entry]:
    """Tell what the company does; beside it the entry of its conversion balances."""
    diary = Diary(seed)
    conversion = opening(diary)
    sales, buying, staff, money = Sales(diary), Buying(diary), Staff(diary), Money(diary)
    for month in months():
        sales.month(month)
        buying.month(month, sales.sold(month))
        staff.month(month)
        money.month(month)
    taxes(diary)
    return diary, conversion


def _organisation(organisation: str, name: str) -> Wire:
    opened = {"CreatedDateUTC": wire_date(OPENED_MS).replace("+0000", "")}
    return organisation_record(organisation, name) | {"SalesTaxBasis": "INVOICE", **opened}


def _settings(diary: Diary) -> dict[str, list[Wire]]:
    return {
        "Accounts": [account_record(account, number) for number, account in enumerate(diary.chart.values())],
        "TrackingCategories": [diary.tracking],
        "Contacts": list(diary.contacts.values()),
        "TaxRates": settings_records.tax_rates(),
        "Currencies": [*settings_records.currencies(), {"Code": "AUD", "Description": "Australian Dollar"}],
    }
