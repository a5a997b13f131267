"""A few records, written by hand, of organisations that each are one case: what is not said is the plainest there is.

    with_a_total = SmallBooks("a total that was overwritten")
    with_a_total.invoice("bill", [line("office", "100.00", "15.00")], type="ACCPAY", total="115.05")

Accounts have their key below as AccountID; documents the ID that a case gives them. Amounts are texts, so that none is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from integration_tests.protocol import Json

DAY = "2026-05-11"
STREAMS = (
    *("organisations", "accounts", "tax_rates", "currencies", "items", "trial_balance_lines"),
    *("invoices", "credit_notes", "payments", "bank_transactions", "bank_transfers", "manual_journals"),
    *("prepayments", "overpayments", "journal_lines", "profit_and_loss_lines", "balance_sheet_lines"),
)
_CHART = {
    "bank": ("090", "BANK", "ASSET", None, "NZD"),
    "dollars": ("092", "BANK", "ASSET", None, "USD"),
    "australian": ("094", "BANK", "ASSET", None, "AUD"),
    "sales": ("200", "REVENUE", "REVENUE", None, None),
    "office": ("453", "EXPENSE", "EXPENSE", None, None),
    "premises": ("470", "EXPENSE", "EXPENSE", None, None),
    "gains": ("497", "EXPENSE", "EXPENSE", "REALISEDCURRENCYGAIN", None),
    "debtors": ("610", "CURRENT", "ASSET", "DEBTORS", None),
    "creditors": ("800", "CURRLIAB", "LIABILITY", "CREDITORS", None),
    "tax": ("820", "CURRLIAB", "LIABILITY", "GST", None),
    "import tax": ("825", "CURRLIAB", "LIABILITY", "GSTONIMPORTS", None),
    "CIS asset": ("630", "CURRENT", "ASSET", "CISASSET", None),
    "CIS liability": ("830", "CURRLIAB", "LIABILITY", "CISLIABILITY", None),
    "advances": ("835", "CURRLIAB", "LIABILITY", None, None),
    "rounding": ("860", "CURRLIAB", "LIABILITY", "ROUNDING", None),
    "loan": ("900", "TERMLIAB", "LIABILITY", None, None),
    "retained": ("960", "EQUITY", "EQUITY", "RETAINEDEARNINGS", None),
}
"""Code, Type, Class, SystemAccount and CurrencyCode; ``premises`` is archived."""


def line(account: str | None, amount: str, tax: str = "0", **fields: Any) -> Json:
    """Write a line of a document; ``account`` None leaves it to ``fields`` to name one."""
    named = {"AccountID": account} if account else {}
    return {
        **named,
        "LineAmount": Decimal(amount),
        "TaxAmount": Decimal(tax),
        "TaxType": "INPUT2",
        "Tracking": [],
        **fields,
    }


class SmallBooks:
    """An organisation in New Zealand dollars, unless ``base`` is another currency; its name is its TenantID.

    Attributes:
        records: those of each stream.
    """

    def __init__(self, tenant: str, base: str = "NZD") -> None:
        self._tenant = tenant
        self.records: dict[str, list[Json]] = {stream: [] for stream in STREAMS}
        year = {"FinancialYearEndDay": 31, "FinancialYearEndMonth": 3}
        self.add("organisations", OrganisationID=tenant, Name=tenant, BaseCurrency=base, **year)
        for key, (code, kind, class_, system, currency) in _CHART.items():
            fields = {"Code": code, "Name": key, "Type": kind, "Class": class_, "SystemAccount": system}
            status = "ARCHIVED" if key == "premises" else "ACTIVE"
            self.add(
                "accounts", AccountID=key, CurrencyCode=base if currency == "NZD" else currency, Status=status, **fields
            )

    def add(self, stream: str, **fields: Any) -> None:
        """Add a record."""
        self.records[stream].append({"TenantID": self._tenant, **fields})

    def invoice(self, key: str, lines: Sequence[Json] | None, **fields: Any) -> None:
        """Add an invoice to a customer, or of another ``Type``."""
        self.add("invoices", InvoiceID=key, **_document("ACCREC", lines, fields))

    def credit_note(self, key: str, lines: Sequence[Json], uses: Iterable[Json] = (), **fields: Any) -> None:
        """Add a credit note to a customer."""
        allocations = {"Allocations": list(uses)}
        self.add("credit_notes", CreditNoteID=key, **allocations, **_document("ACCRECCREDIT", lines, fields))

    def prepayment(self, key: str, lines: Sequence[Json], uses: Iterable[Json], **fields: Any) -> None:
        """Add a prepayment of a customer, which is in two lists."""
        document = _document("RECEIVE-PREPAYMENT", lines, fields)
        self.add("prepayments", PrepaymentID=key, Allocations=list(uses), **document)
        self.money(f"bank transaction of {key}", lines, PrepaymentID=key, Type="RECEIVE-PREPAYMENT", **fields)

    def money(self, key: str, lines: Sequence[Json], **fields: Any) -> None:
        """Add money received on the bank account, or of another ``Type``."""
        bank = {"BankAccount": {"AccountID": "bank"}}
        self.add("bank_transactions", BankTransactionID=key, **bank | _document("RECEIVE", lines, fields))

    def pay(self, key: str, amount: str, rate: str = "1", moved: str | None = None, **fields: Any) -> None:
        """Add a payment of a customer into the bank account; ``moved`` is BankAmount where it is not Amount."""
        amounts = {"Amount": Decimal(amount), "CurrencyRate": Decimal(rate), "BankAmount": Decimal(moved or amount)}
        plain = {"Date": DAY, "Status": "AUTHORISED", "PaymentType": "ACCRECPAYMENT", "Account": {"AccountID": "bank"}}
        self.add("payments", PaymentID=key, **plain | amounts | fields)

    def manual(self, key: str, lines: Sequence[Json], mode: str) -> None:
        """Add a manual journal."""
        plain = {"Date": DAY, "Status": "POSTED", "Narration": ""}
        self.add("manual_journals", ManualJournalID=key, LineAmountTypes=mode, JournalLines=list(lines), **plain)

    def report(self, stream: str, day: str, amounts: Mapping[str, str]) -> None:
        """Add the lines of a report: balances of a trial balance are debit positive, other amounts as Xero prints them."""
        for number, (account, text) in enumerate(amounts.items()):
            amount = Decimal(text)
            sides = {"YTDDebit": max(amount, Decimal(0)), "YTDCredit": max(-amount, Decimal(0)), "Amount": amount}
            section = {"CurrentYearEarnings": "Equity"}.get(account) or _SECTIONS[_CHART[account][1]]
            stamp = {"Date": day, "UpdatedDateUTC": "2026-06-01T00:00:00.000Z", "LineNumber": number}
            self.add(stream, AccountID=account, Account=account, Section=section, **stamp, **sides)

    def journal(self, number: int, day: str, source: str | None, amounts: Mapping[str, str]) -> None:
        """Add the lines of one of Xero's own journals."""
        for place, (account, amount) in enumerate(amounts.items()):
            head = {"JournalID": f"journal {number}", "JournalNumber": number, "JournalDate": day, "LineNumber": place}
            ids = {"JournalLineID": f"{number}/{place}", "SourceID": source, "SourceType": "ACCREC" if source else None}
            self.add("journal_lines", AccountID=account, NetAmount=Decimal(amount), **head, **ids)


_SECTIONS = {
    "BANK": "Bank",
    "CURRENT": "Current Assets",
    "CURRLIAB": "Current Liabilities",
    "TERMLIAB": "Non-current Liabilities",
    "EQUITY": "Equity",
    "REVENUE": "Income",
    "EXPENSE": "Less Operating Expenses",
}
"""Where Xero prints an account of each type."""


def _document(kind: str, lines: Sequence[Json] | None, fields: Json) -> Json:
    entered = [one["LineAmount"] + one["TaxAmount"] for one in lines or ()]
    plain = {"Type": kind, "Status": "AUTHORISED", "Date": DAY, "LineAmountTypes": "Exclusive"}
    return plain | {"LineItems": lines, "Total": sum(entered, Decimal(0))} | fields


def use(key: str, invoice: str, amount: str, date: str = DAY) -> Json:
    """Write an allocation of a credit."""
    return {
        "AllocationID": key,
        "Invoice": {"InvoiceID": invoice},
        "Amount": Decimal(amount),
        "Date": date,
        "IsDeleted": False,
    }
