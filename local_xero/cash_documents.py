"""Bank transactions, transfers and manual journals, derived from the journals that they have posted."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from random import Random

from local_xero.chart import new_id
from local_xero.ledger import ZERO
from local_xero.wire import Wire, date_string, parse_wire_date, stamp_string, wire_date
from local_xero.year_end import YearEnd

_BANK_TYPES = {
    "CASHPAID": "SPEND",
    "CASHREC": "RECEIVE",
    "ARPREPAYMENT": "RECEIVE-PREPAYMENT",
    "APPREPAYMENT": "SPEND-PREPAYMENT",
    "AROVERPAYMENT": "RECEIVE-OVERPAYMENT",
    "APOVERPAYMENT": "SPEND-OVERPAYMENT",
}
_ONE = Decimal("1.0000")


def nested_contact(contact: Wire) -> Wire:
    """Write a contact as lists nest it."""
    empty: Wire = {key: [] for key in ("Addresses", "Phones", "ContactGroups", "ContactPersons")}
    return {"ContactID": contact["ContactID"], "Name": contact["Name"], **empty, "HasValidationErrors": False}


class CashDocuments:
    """Reads the accrual journals of a company; the second journal of one source is its deletion."""

    def __init__(self, company: YearEnd, rng: Random) -> None:
        self._company = company
        self._rng = rng
        self._posted: dict[tuple[str, str], list[Wire]] = {}
        for journal in company.accrual.journals:
            if "SourceID" in journal:
                self._posted.setdefault((journal["SourceType"], journal["SourceID"]), []).append(journal)
        self._money = {a.account_id: a for a in company.chart.values() if a.type == "BANK"}

    def _of(self, kinds: Iterable[str]) -> list[tuple[str, str, list[Wire]]]:
        wanted = set(kinds)
        return [(kind, key, posted) for (kind, key), posted in self._posted.items() if kind in wanted]

    def bank_transactions(self, transfers: list[Wire]) -> list[Wire]:
        """Write the spend and receive money transactions, those of advances and both sides of each transfer."""
        records = [self._transaction(kind, key, posted) for kind, key, posted in self._of(_BANK_TYPES)]
        return records + [side for transfer in transfers for side in self._sides(transfer)]

    def _transaction(self, kind: str, source_id: str, posted: list[Wire]) -> Wire:
        first = posted[0]
        sign = 1 if _BANK_TYPES[kind].startswith("SPEND") else -1
        money = first["JournalLines"][0]
        items = [self._item(line, sign) for line in first["JournalLines"][1:] if "TaxType" in line]
        ahead = {"PREPAYMENT": "PrepaymentID", "OVERPAYMENT": "OverpaymentID"}.get(kind[2:])
        advance = {a.document_id: a for a in self._company.extras.advances}.get(source_id)
        contacts = self._company.contacts
        contact = advance.contact if advance else self._rng.choice(contacts) if contacts else None
        record: Wire = {"BankTransactionID": new_id(self._rng) if ahead else source_id}
        record |= {"BankAccount": self._bank(money["AccountID"]), "Type": _BANK_TYPES[kind]}
        record |= {"Reference": first.get("Reference", ""), "IsReconciled": self._rng.random() < 0.8}
        record |= {ahead: source_id} if ahead else {}
        record |= {"HasAttachments": False} | ({"Contact": nested_contact(contact)} if contact else {})
        record |= self._dated(first) | {"Status": "AUTHORISED" if len(posted) == 1 else "DELETED"}
        return record | self._amounts(source_id, items) | self._changed(posted)

    def _item(self, line: Wire, sign: int) -> Wire:
        amount = sign * line["NetAmount"]
        tracking = [dict(item) for item in line["TrackingCategories"]]
        record: Wire = {"Description": line.get("Description", ""), "UnitAmount": amount.quantize(_ONE)}
        record |= {"TaxType": line["TaxType"], "TaxAmount": sign * line["TaxAmount"], "LineAmount": amount}
        record |= {"AccountCode": line["AccountCode"]} if "AccountCode" in line else {}
        record |= {"AccountID": line["AccountID"], "Tracking": tracking, "Quantity": _ONE}
        return record | {"LineItemID": new_id(self._rng)}

    def _amounts(self, source_id: str, items: list[Wire]) -> Wire:
        """Write lines and totals in the currency of the bank account; the ledger is in the base currency."""
        foreign = self._company.extras.foreign.get(source_id)
        if foreign:
            amount = {"UnitAmount": foreign.amount.quantize(_ONE), "LineAmount": foreign.amount}
            items = [item | amount for item in items]
        net = sum((item["LineAmount"] for item in items), ZERO)
        tax = sum((item["TaxAmount"] for item in items), ZERO)
        record: Wire = {"LineAmountTypes": "Exclusive" if tax else "NoTax", "LineItems": items}
        record |= {"SubTotal": net, "TotalTax": tax, "Total": net + tax}
        return record | ({"CurrencyCode": "USD", "CurrencyRate": foreign.rate} if foreign else {"CurrencyCode": "NZD"})

    def _bank(self, account_id: str) -> Wire:
        account = self._money[account_id]
        code: Wire = {} if account.code is None else {"Code": account.code}
        return {"AccountID": account_id, **code, "Name": account.name}

    def _dated(self, journal: Wire) -> Wire:
        day = parse_wire_date(journal["JournalDate"]) or 0
        return {"DateString": date_string(day), "Date": wire_date(day)}

    def _changed(self, posted: list[Wire]) -> Wire:
        created = parse_wire_date(posted[-1]["CreatedDateUTC"]) or 0
        return {"UpdatedDateUTC": wire_date(created + self._rng.randrange(400))}

    def bank_transfers(self) -> list[Wire]:
        """Write the transfers, those that were deleted too."""
        return [self._transfer(key, posted) for _, key, posted in self._of(("TRANSFER",))]

    def _transfer(self, source_id: str, posted: list[Wire]) -> Wire:
        to_line, from_line = posted[0]["JournalLines"]
        created = parse_wire_date(posted[0]["CreatedDateUTC"]) or 0
        banks = [
            {k: v for k, v in self._bank(line["AccountID"]).items() if k != "Code"} for line in (from_line, to_line)
        ]
        return {
            "BankTransferID": source_id,
            "CreatedDateUTCString": stamp_string(created).rstrip("Z"),
            "CreatedDateUTC": wire_date(created),
            **self._dated(posted[0]),
            "Status": "AUTHORISED" if len(posted) == 1 else "DELETED",
            "FromBankAccount": banks[0],
            "ToBankAccount": banks[1],
            "Amount": to_line["NetAmount"],
            "FromBankTransactionID": new_id(self._rng),
            "ToBankTransactionID": new_id(self._rng),
            "FromIsReconciled": True,
            "ToIsReconciled": False,
            "Reference": posted[0].get("Reference", ""),
            "HasAttachments": False,
            "FromTracking": [],
            "ToTracking": [],
        }

    def _sides(self, transfer: Wire) -> list[Wire]:
        """Write the two bank transactions of a transfer."""
        created = parse_wire_date(transfer["CreatedDateUTC"]) or 0
        return [
            {
                "BankTransactionID": transfer[f"{side}BankTransactionID"],
                "BankAccount": self._bank(transfer[f"{side}BankAccount"]["AccountID"]),
                "Type": kind,
                "IsReconciled": transfer[f"{side}IsReconciled"],
                "HasAttachments": False,
                "DateString": transfer["DateString"],
                "Date": transfer["Date"],
                "Status": transfer["Status"],
                "LineAmountTypes": "NoTax",
                "LineItems": [],
                "SubTotal": transfer["Amount"],
                "TotalTax": ZERO,
                "Total": transfer["Amount"],
                "UpdatedDateUTC": wire_date(created),
                "CurrencyCode": "NZD",
            }
            for side, kind in (("From", "SPEND-TRANSFER"), ("To", "RECEIVE-TRANSFER"))
        ]

    def manual_journals(self) -> list[Wire]:
        """Write the manual journals, with a draft and a deleted one that have posted nothing."""
        records = [self._manual(key, posted) for _, key, posted in self._of(("MANJOURNAL",))]
        for status in ("DRAFT", "DELETED") if records else ():
            records.append(records[0] | {"ManualJournalID": new_id(self._rng), "Status": status, "Narration": status})
        return records

    def _manual(self, source_id: str, posted: list[Wire]) -> Wire:
        return {
            "Date": posted[0]["JournalDate"],
            "Status": "POSTED" if len(posted) == 1 else "VOIDED",
            "LineAmountTypes": "NoTax",
            **self._changed(posted),
            "ManualJournalID": source_id,
            "Narration": "Month end “Dr/Cr”",
            "JournalLines": [_manual_line(line) for line in posted[0]["JournalLines"]],
            "ShowOnCashBasisReports": True,
            "HasAttachments": False,
        }


def _manual_line(line: Wire) -> Wire:
    record: Wire = {"Description": line.get("Description", ""), "TaxType": line.get("TaxType", "NONE")}
    record |= {"TaxAmount": line["TaxAmount"], "LineAmount": line["NetAmount"]}
    record |= {"AccountCode": line["AccountCode"]} if "AccountCode" in line else {}
    tracking = [dict(item) for item in line["TrackingCategories"]]
    return record | {"AccountID": line["AccountID"], "Tracking": tracking, "IsBlank": False}
