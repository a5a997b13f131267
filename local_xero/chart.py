"""A company before its first transaction: accounts, tax rates, tracking categories, contacts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from local_xero.wire import Wire, wire_date

OPENED_MS = 1_725_148_800_000
"""2024-09-01: when the books were set up."""

TAX_NAMES = {
    "OUTPUT2": "15% GST on Income",
    "INPUT2": "15% GST on Expenses",
    "NONE": "No GST",
    "ZERORATED": "Zero Rated",
}
TAX_RATES = {"OUTPUT2": Decimal("0.15"), "INPUT2": Decimal("0.15"), "NONE": Decimal(0), "ZERORATED": Decimal(0)}

_CLASSES = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET",
    "CURRLIAB": "LIABILITY",
    "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "PAYG": "LIABILITY",
    "PAYGLIABILITY": "LIABILITY",
    "SUPERANNUATIONLIABILITY": "LIABILITY",
    "EQUITY": "EQUITY",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
    "OTHERINCOME": "REVENUE",
}


def class_of(account_type: str) -> str:
    """Return the account class of an account type: ASSET, LIABILITY, EQUITY, REVENUE or EXPENSE."""
    return _CLASSES.get(account_type, "EXPENSE")


@dataclass(frozen=True)
class Account:
    """One account of the chart; ``code`` is None for the bank account that has none."""

    key: str
    code: str | None
    name: str
    type: str
    tax_type: str = "NONE"
    system: str | None = None
    status: str = "ACTIVE"
    account_id: str = ""
    currency: str = "NZD"

    def wire(self, number: int) -> Wire:
        """Write the account as the Accounts endpoint sends it."""
        record: Wire = {"AccountID": self.account_id}
        if self.code is not None:
            record["Code"] = self.code
        record |= {"Name": self.name, "Status": self.status, "Type": self.type, "TaxType": self.tax_type}
        if self.type == "BANK":
            record |= {
                "BankAccountNumber": f"02090876543{number:04d}",
                "BankAccountType": "CREDITCARD" if self.code is None else "BANK",
                "CurrencyCode": "" if self.code is None else self.currency,
            }
        else:
            record["Description"] = f"{self.name}, “Dr/Cr”"
        record |= {"Class": class_of(self.type), "EnablePaymentsToAccount": self.key == "funds"}
        if self.system is not None:
            record["SystemAccount"] = self.system
        record |= {"ShowInExpenseClaims": False, "ReportingCode": "", "HasAttachments": False}
        stamps = {"UpdatedDateUTC": wire_date(OPENED_MS + number * 1_357), "CreatedDateUTC": wire_date(OPENED_MS)}
        record |= {**stamps, "AddToWatchlist": False}
        return record


_CHART = (
    Account("bank", "090", "Business Bank Account", "BANK"),
    Account("card", None, "Company Credit Card", "BANK"),
    Account("sales", "200", "Sales", "REVENUE", "OUTPUT2"),
    Account("consulting", "210", "Consulting & “Advice” Ō", "SALES", "OUTPUT2"),
    Account("interest", "270", "Interest Income", "OTHERINCOME"),
    Account("purchases", "310", "Cost of Goods Sold", "DIRECTCOSTS", "INPUT2"),
    Account("advertising", "400", "Advertising", "EXPENSE", "INPUT2"),
    Account("fees", "404", "Bank Fees", "OVERHEADS"),
    Account("depreciation", "416", "Depreciation", "DEPRECIATN"),
    Account("office", "453", "Office Expenses", "EXPENSE", "INPUT2"),
    Account("rent", "469", "Rent", "OVERHEADS", "INPUT2"),
    Account("archived", "470", "Old Premises", "EXPENSE", "INPUT2", status="ARCHIVED"),
    Account("fx", "497", "Realised Currency Gains", "EXPENSE", system="REALISEDCURRENCYGAIN"),
    Account("receivable", "610", "Accounts Receivable", "CURRENT", system="DEBTORS"),
    Account("prepaid", "620", "Prepayments", "PREPAYMENT"),
    Account("inventory", "630", "Inventory", "INVENTORY"),
    Account("equipment", "710", "Office Equipment", "FIXED", "INPUT2"),
    Account("wear", "711", "Less Accumulated Depreciation on Office Equipment", "FIXED"),
    Account("payable", "800", "Accounts Payable", "CURRLIAB", system="CREDITORS"),
    Account("gst", "820", "GST", "CURRLIAB", system="GST"),
    Account("historical", "840", "Historical Adjustment", "CURRLIAB", system="HISTORICAL"),
    Account("rounding", "860", "Rounding", "CURRLIAB", system="ROUNDING"),
    Account("loan", "900", "Loan", "TERMLIAB"),
    Account("retained", "960", "Retained Earnings", "EQUITY", system="RETAINEDEARNINGS"),
    Account("funds", "970", "Owner A Funds Introduced", "EQUITY"),
)

_LATER = (
    Account("foreign", "092", "US Dollar Account", "BANK", currency="USD"),
    Account("revaluation", "496", "Bank Revaluations", "EXPENSE", system="BANKCURRENCYGAIN"),
    Account("unrealised", "498", "Unrealised Currency Gains", "EXPENSE", system="UNREALISEDCURRENCYGAIN"),
)


def new_id(rng: Random) -> str:
    """Draw a UUID from the company's own random numbers, so that one seed gives one company."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def chart_of_accounts(rng: Random) -> dict[str, Account]:
    """Build the chart of accounts: every class, one archived account, one bank account without a code."""
    return {account.key: replace(account, account_id=new_id(rng)) for account in _CHART}


def later_accounts(rng: Random) -> dict[str, Account]:
    """Build the accounts that came with the first foreign bank account."""
    return {account.key: replace(account, account_id=new_id(rng)) for account in _LATER}


_TRACKING = (
    (
        "Region",
        "ACTIVE",
        (("Eastside", "ACTIVE"), ("North", "ACTIVE"), ("Te Tai Tokerau ☀", "ACTIVE"), ("Closed", "ARCHIVED")),
    ),
    ("Team “Ünïcode”", "ACTIVE", (("Field", "ACTIVE"), ("/Date(5)/", "ACTIVE"))),
    ("Old Department", "ARCHIVED", (("Everything", "ARCHIVED"),)),
)


def tracking_categories(rng: Random) -> list[Wire]:
    """Build the tracking categories, among them an archived one and archived options."""
    return [
        {
            "Name": name,
            "Status": status,
            "TrackingCategoryID": new_id(rng),
            "Options": [
                {
                    "TrackingOptionID": new_id(rng),
                    "Name": option,
                    "Status": option_status,
                    "HasValidationErrors": False,
                    "IsDeleted": False,
                    "IsArchived": option_status == "ARCHIVED",
                    "IsActive": option_status == "ACTIVE",
                }
                for option, option_status in options
            ],
        }
        for name, status, options in _TRACKING
    ]


_FIRST = ("Ridgeway", "Bayside", "Hamilton", "Young", "City", "Boom", "Marine", "Petrie", "Dimples", "Net Connect")
_LAST = ("University", "Club", "Smith Pty Ltd", "Bros Transport", "Agency", "FM", "Systems", "McLoud", "Warehouse")
_ODD = (
    "Zoë & Søn “GmbH”",
    "株式会社サンプル",
    "O'Brien \\ Co/Ltd",
    "Müller-Lüdenscheidt",
    "🧾 Papír s.r.o.",
    "Date(5)",
    "-",
)


def contact_names(count: int, rng: Random) -> list[str]:
    """Draw contact names, all different; some are difficult for careless code."""
    names = list(_ODD[: max(0, count)])
    while len(names) < count:
        name = f"{rng.choice(_FIRST)} {rng.choice(_LAST)} {len(names)}"
        names.append(name)
    return names


def contact_record(name: str, number: int, rng: Random) -> Wire:
    """Write one contact as the Contacts endpoint sends it; every tenth is archived."""
    return {
        "ContactID": new_id(rng),
        "ContactStatus": "ARCHIVED" if number % 10 == 9 else "ACTIVE",
        "Name": name,
        "FirstName": "",
        "EmailAddress": f"accounts{number}@example.com" if number % 3 else "",
        "BankAccountDetails": "",
        "Addresses": [
            {"AddressType": "STREET", "City": "", "Region": "", "PostalCode": "", "Country": ""},
            {"AddressType": "POBOX", "AddressLine1": f"P O Box {number}", "City": "Wellington", "PostalCode": "6011"},
        ],
        "Phones": [{"PhoneType": kind, "PhoneNumber": ""} for kind in ("DDI", "DEFAULT", "FAX", "MOBILE")],
        "UpdatedDateUTC": wire_date(OPENED_MS + 86_400_000 + number * 3_601_017),
        "ContactGroups": [],
        "IsSupplier": number % 2 == 0,
        "IsCustomer": number % 3 != 0,
        "DefaultCurrency": "NZD",
        "ContactPersons": [],
        "HasAttachments": False,
        "HasValidationErrors": False,
    }
