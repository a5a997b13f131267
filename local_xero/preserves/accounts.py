"""Fernside Preserves before its first transaction: chart of accounts, sales channels, customers, suppliers."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from local_xero.chart import Account, contact_record, new_id
from local_xero.wire import Wire, wire_date

OPENED_MS = 1_679_011_200_000
"""2023-03-17: when the books were moved to Xero."""

_CHART = (
    Account("bank", "090", "Business Account", "BANK"),
    Account("savings", "091", "Tax Savings Account", "BANK"),
    Account("wholesale", "200", "Sales - Wholesale", "REVENUE", "OUTPUT2"),
    Account("online", "205", "Sales - Online Shop", "REVENUE", "OUTPUT2"),
    Account("exports", "210", "Sales - Export", "REVENUE", "ZERORATED"),
    Account("interest", "270", "Interest Income", "OTHERINCOME"),
    Account("ingredients", "310", "Ingredients", "DIRECTCOSTS", "INPUT2"),
    Account("packaging", "315", "Jars and Packaging", "DIRECTCOSTS", "INPUT2"),
    Account("production", "320", "Production Wages", "DIRECTCOSTS"),
    Account("freight", "325", "Freight Out", "DIRECTCOSTS", "INPUT2"),
    Account("stock_change", "330", "Change in Stock", "DIRECTCOSTS"),
    Account("accounting", "401", "Accounting Fees", "EXPENSE", "INPUT2"),
    Account("advertising", "405", "Advertising", "EXPENSE", "INPUT2"),
    Account("bad_debts", "408", "Bad Debts", "EXPENSE", "OUTPUT2"),
    Account("fees", "410", "Bank Fees", "EXPENSE"),
    Account("card_fees", "411", "Card Processing Fees", "EXPENSE"),
    Account("cleaning", "414", "Cleaning and Hygiene", "EXPENSE", "INPUT2"),
    Account("depreciation", "416", "Depreciation", "DEPRECIATN"),
    Account("insurance", "433", "Insurance", "EXPENSE", "INPUT2"),
    Account("loan_interest", "437", "Interest Expense", "EXPENSE"),
    Account("kiwisaver_cost", "441", "KiwiSaver Employer Contributions", "EXPENSE"),
    Account("power", "445", "Power and Gas", "EXPENSE", "INPUT2"),
    Account("vehicle", "449", "Motor Vehicle Expenses", "EXPENSE", "INPUT2"),
    Account("office", "453", "Office Expenses", "EXPENSE", "INPUT2"),
    Account("rent", "469", "Rent", "EXPENSE", "INPUT2"),
    Account("repairs", "473", "Repairs and Maintenance", "EXPENSE", "INPUT2"),
    Account("salaries", "477", "Office and Sales Salaries", "EXPENSE"),
    Account("owner_salary", "479", "Shareholder Salary", "EXPENSE"),
    Account("software", "485", "Software and Internet", "EXPENSE", "INPUT2"),
    Account("fx", "497", "Realised Currency Gains", "EXPENSE", system="REALISEDCURRENCYGAIN"),
    Account("unrealised", "498", "Unrealised Currency Gains", "EXPENSE", system="UNREALISEDCURRENCYGAIN"),
    Account("tax_expense", "505", "Income Tax Expense", "EXPENSE"),
    Account("receivable", "610", "Accounts Receivable", "CURRENT", system="DEBTORS"),
    Account("prepaid", "620", "Prepayments", "CURRENT", "INPUT2"),
    Account("stock", "630", "Stock on Hand", "INVENTORY"),
    Account("plant", "710", "Kitchen and Bottling Plant", "FIXED", "INPUT2"),
    Account("plant_worn", "711", "Less Accumulated Depreciation on Plant", "FIXED"),
    Account("van", "740", "Delivery Van", "FIXED", "INPUT2"),
    Account("van_worn", "741", "Less Accumulated Depreciation on Van", "FIXED"),
    Account("payable", "800", "Accounts Payable", "CURRLIAB", system="CREDITORS"),
    Account("wages_clearing", "814", "Wages Clearing", "CURRLIAB"),
    Account("gst", "820", "GST", "CURRLIAB", system="GST"),
    Account("paye", "825", "PAYE Payable", "CURRLIAB"),
    Account("kiwisaver", "826", "KiwiSaver Payable", "CURRLIAB"),
    Account("income_tax", "830", "Income Tax", "CURRLIAB"),
    Account("deposits", "835", "Customer Deposits", "CURRLIAB", "OUTPUT2"),
    Account("historical", "840", "Historical Adjustment", "CURRLIAB", system="HISTORICAL"),
    Account("rounding", "860", "Rounding", "CURRLIAB", system="ROUNDING"),
    Account("van_loan", "900", "Van Loan", "TERMLIAB"),
    Account("retained", "960", "Retained Earnings", "EQUITY", system="RETAINEDEARNINGS"),
    Account("capital", "970", "Share Capital", "EQUITY"),
    Account("owner", "980", "Shareholder Current Account", "EQUITY"),
)

CUSTOMERS = (
    "Hilltop Grocers",
    "Riverbend Delicatessen",
    "Station Street Cafe",
    "Old Mill Farm Shop",
    "Seaview Holiday Park",
    "Market Square Foods",
    "Lakeside Lodge",
    "Valley Fruit Barn",
    "Green Lane Wholefoods",
    "Pier Nine Kitchen",
    "North Road Superette",
    "Village Bakehouse",
    "Summit Ski Cafes",
    "Corner Pantry",
)
SLOW = ("Lakeside Lodge", "Corner Pantry")
"""They pay weeks after everybody else."""
FAILED = "Summit Ski Cafes"
"""Stops paying, and its invoices are written off."""
HAMPERS = "Winter Hamper Company"
"""Pays a deposit for Christmas each spring."""
EXPORTS = {"Southern Pantry Distribution": "AUD", "Coastal Fine Foods": "AUD", "Bay City Specialty Imports": "USD"}
SUPPLIERS = {
    "fruit": "Plains Fruit Growers",
    "sugar": "Bulk Sugar and Spice",
    "jars": "Murray Glass Packaging",
    "labels": "Labels and Cartons",
    "freight": "Island Freight Lines",
    "rent": "Mill Road Properties",
    "power": "City Power and Gas",
    "insurance": "Mutual Business Insurance",
    "accounting": "Quay Chartered Accountants",
    "advertising": "Regional Media",
    "cleaning": "Hygiene Services",
    "software": "Business Broadband",
    "repairs": "Kitchen Equipment Services",
    "office": "Stationery Depot",
    "fuel": "Fuel Card",
    "dealer": "Main Street Commercials",
    "lender": "Vehicle Finance",
    "payroll": "Employees",
    "tax": "Inland Revenue",
    "shop": "Online Shop Payouts",
    "bank": "Bank",
    "owner": "Shareholder",
}
_CURRENCIES = {**EXPORTS, SUPPLIERS["jars"]: "AUD"}
CHANNELS = ("Wholesale", "Online", "Export")


def accounts(rng: Random) -> dict[str, Account]:
    """Build the chart of accounts, by the keys that the story uses."""
    return {account.key: replace(account, account_id=new_id(rng)) for account in _CHART}


def account_record(account: Account, number: int) -> Wire:
    """Write an account as the Accounts endpoint sends it."""
    described = {} if account.type == "BANK" else {"Description": account.name}
    stamps = {"UpdatedDateUTC": wire_date(OPENED_MS + number * 1_357), "CreatedDateUTC": wire_date(OPENED_MS)}
    return account.wire(number) | described | stamps


def channels(rng: Random) -> Wire:
    """Build the tracking category: through which channel something was sold."""
    state = {
        "Status": "ACTIVE",
        "HasValidationErrors": False,
        "IsDeleted": False,
        "IsArchived": False,
        "IsActive": True,
    }
    options = [{"TrackingOptionID": new_id(rng), "Name": name, **state} for name in CHANNELS]
    return {"Name": "Channel", "Status": "ACTIVE", "TrackingCategoryID": new_id(rng), "Options": options}


def contacts(rng: Random) -> dict[str, Wire]:
    """Build customers and suppliers, by name."""
    customers = (*CUSTOMERS, HAMPERS, *EXPORTS)
    names = (*customers, *SUPPLIERS.values())
    return {
        name: contact_record(name, number, rng)
        | {
            "ContactStatus": "ACTIVE",
            "EmailAddress": f"accounts{number}@example.com",
            "IsSupplier": name in SUPPLIERS.values(),
            "IsCustomer": name in customers,
            "DefaultCurrency": _CURRENCIES.get(name, "NZD"),
            "Addresses": [],
            "UpdatedDateUTC": wire_date(OPENED_MS + number * 3_601_017),
        }
        for number, name in enumerate(names)
    }
