"""The chart of accounts of ``everything``: the generated one, a second foreign bank account, payroll, stock, expense claims."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from local_xero.chart import Account, chart_of_accounts, later_accounts, new_id

_MORE = (
    Account("australian", "094", "Australian Dollar Account", "BANK", currency="AUD"),
    Account("stock_cost", "320", "Cost of Stock Sold", "DIRECTCOSTS"),
    Account("wages", "477", "Wages and Salaries", "WAGESEXPENSE"),
    Account("unpaid_claims", "801", "Unpaid Expense Claims", "CURRLIAB", system="UNPAIDEXPCLM"),
    Account("wages_payable", "814", "Wages Payable", "CURRLIAB", system="WAGEPAYABLES"),
    Account("payroll_tax", "825", "PAYE Payable", "PAYGLIABILITY"),
    Account("received", "830", "Paid in Advance by Customers", "CURRLIAB", "OUTPUT2"),
)

BANKS = {"NZD": "bank", "USD": "foreign", "AUD": "australian"}
"""The key of the bank account in each currency."""


def accounts(seed: int) -> dict[str, Account]:
    """Build the chart of accounts; one seed gives one set of IDs."""
    rng = Random(f"everything's accounts {seed}")
    found = chart_of_accounts(rng) | later_accounts(rng)
    return found | {account.key: replace(account, account_id=new_id(rng)) for account in _MORE}
