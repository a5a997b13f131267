"""Lists that change rarely: items, tax rates, currencies, users, branding themes, contact groups, budgets."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from local_xero import chart
from local_xero.cash_documents import nested_contact
from local_xero.chart import OPENED_MS, new_id
from local_xero.wire import Wire, wire_date
from local_xero.year_end import YearEnd

_BUDGET_MONTHS = 30
_BUDGET_FIRST = 2024 * 12 + 9
"""October 2024 as months from year 0, January being the first of twelve."""
_HOUR_MS = 3_600_000


def tax_rates() -> list[Wire]:
    """Write the tax rates that the generator uses."""
    return [_tax_rate(kind, name, chart.TAX_RATES[kind] * 100) for kind, name in chart.TAX_NAMES.items()]


def _tax_rate(kind: str, name: str, rate: Decimal) -> Wire:
    applies = {"Assets": True, "Equity": True, "Liabilities": True}
    applies |= {"Expenses": kind != "OUTPUT2", "Revenue": kind != "INPUT2"}
    return {
        "Name": name,
        "TaxType": kind,
        "ReportTaxType": kind.rstrip("2"),
        **{f"CanApplyTo{what}": can for what, can in applies.items()},
        "DisplayTaxRate": rate,
        "EffectiveRate": rate,
        "Status": "ACTIVE",
        "TaxComponents": [{"Name": "GST", "Rate": rate, "IsCompound": False, "IsNonRecoverable": False}],
    }


def currencies() -> list[Wire]:
    """Write the base currency and a foreign one."""
    names = {"NZD": "New Zealand Dollar", "USD": "US Dollar"}
    return [{"Code": code, "Description": name} for code, name in names.items()]


def items(rng: Random) -> list[Wire]:
    """Write items that are sold, bought, both, or kept in stock; prices have four decimals."""
    records = []
    for number, name in enumerate(("Widget", "Größe 5/8", "Training", "Fish 🐟", "Date(5)", "Tyre")):
        price = Decimal(rng.randrange(10_000, 900_000)) / 10_000
        sale = {"UnitPrice": price, "AccountCode": "200", "TaxType": "OUTPUT2"} if number % 3 != 2 else {}
        buy = {"UnitPrice": price / 2, "AccountCode": "310", "TaxType": "INPUT2"} if number % 2 else {}
        record: Wire = {"ItemID": new_id(rng), "Code": f"IT-{number}", "Description": name, "Name": name}
        record |= {"PurchaseDetails": buy, "SalesDetails": sale, "IsTrackedAsInventory": number == 5}
        record |= {"IsSold": bool(sale), "IsPurchased": bool(buy)}
        if number == 5:
            record |= {"InventoryAssetAccountCode": "630", "TotalCostPool": price * 4, "QuantityOnHand": Decimal("4.0")}
        records.append(record | {"UpdatedDateUTC": wire_date(OPENED_MS + number * _HOUR_MS + 7)})
    return records


def users(rng: Random) -> list[Wire]:
    """Write the people who keep the books."""
    roles = {"Aroha": "STANDARD", "Zoë": "FINANCIALADVISER", "Sam": "READONLY"}
    return [
        {
            "UserID": new_id(rng),
            "EmailAddress": f"user{number}@example.com",
            "FirstName": name,
            "LastName": "Tester",
            "UpdatedDateUTC": wire_date(OPENED_MS + number * _HOUR_MS + 13),
            "IsSubscriber": number == 0,
            "OrganisationRole": role,
        }
        for number, (name, role) in enumerate(roles.items())
    ]


def branding_themes(rng: Random) -> list[Wire]:
    """Write two branding themes."""
    return [
        {
            "BrandingThemeID": new_id(rng),
            "Name": name,
            "Type": "INVOICE",
            "SortOrder": number,
            "CreatedDateUTC": wire_date(OPENED_MS + number),
        }
        for number, name in enumerate(("Standard", "“Kōwhai”"))
    ]


def contact_groups(contacts: list[Wire], rng: Random) -> list[Wire]:
    """Write two groups with members and a deleted one, which no list shows."""
    return [
        {
            "ContactGroupID": new_id(rng),
            "Name": name,
            "Status": status,
            "Contacts": [nested_contact(contact) for contact in contacts[first::3]],
            "HasValidationErrors": False,
        }
        for first, (name, status) in enumerate((("Suppliers", "ACTIVE"), ("VIP ★", "ACTIVE"), ("Old", "DELETED")))
    ]


def budgets(company: YearEnd, rng: Random) -> list[Wire]:
    """Write a budget of the whole company and one of a region, over thirty months from October 2024."""
    region = company.tracking[0]
    option = region["Options"][0]
    tracking = {"TrackingCategoryID": region["TrackingCategoryID"], "Name": region["Name"]}
    tracking |= {"TrackingOptionID": option["TrackingOptionID"], "Option": option["Name"]}
    return [
        _budget(company, "OVERALL", "Overall Budget", [], rng),
        _budget(company, "TRACKING", "Region's budget", [tracking], rng),
    ]


def _budget(company: YearEnd, kind: str, description: str, tracking: list[Wire], rng: Random) -> Wire:
    periods = [f"{month // 12}-{month % 12 + 1:02d}" for month in range(_BUDGET_FIRST, _BUDGET_FIRST + _BUDGET_MONTHS)]
    lines = []
    for key in ("sales", "consulting", "rent", "office"):
        account, start = company.chart[key], rng.randrange(200, 5_000)
        figures = [{"Period": period, "Amount": Decimal(start + 7 * n)} for n, period in enumerate(periods)]
        lines.append({"AccountID": account.account_id, "AccountCode": account.code, "BudgetBalances": figures})
    return {
        "BudgetID": new_id(rng),
        "Status": "APPROVED",
        "Description": description,
        "Type": kind,
        "UpdatedDateUTC": wire_date(OPENED_MS + rng.randrange(_HOUR_MS)),
        "BudgetLines": lines,
        "Tracking": tracking,
    }
