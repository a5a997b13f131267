"""What documents say of receivables and payables, worked out from the lists alone, and what journals say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from integration_tests.server.client import ms
from local_xero.process import XeroServerProcess

Record = dict[str, Any]
ID_FIELDS = {
    "Invoices": "InvoiceID",
    "CreditNotes": "CreditNoteID",
    "Overpayments": "OverpaymentID",
    "Prepayments": "PrepaymentID",
}
_CENT = Decimal("0.01")
NEVER_MS = 10**15


@dataclass
class Standing:
    """One document: its record, what it was posted with on its control account, what has settled it, and by which source."""

    record: Record
    posted: Decimal
    settled: list[tuple[int, Decimal]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def open(self, until: int = NEVER_MS) -> Decimal:
        """Return what is open in the document's currency, at a day."""
        total: Decimal = self.record["Total"]
        return total - sum(amount for day, amount in self.settled if day <= until)

    def value(self, until: int = NEVER_MS) -> Decimal:
        """Return with how much it stands on its control account: what was posted less the share that is settled."""
        if ms(self.record["Date"]) > until or self.record["Status"] in ("VOIDED", "DELETED"):
            return Decimal(0)
        total: Decimal = self.record["Total"]
        share = self.posted * (total - self.open(until)) / total
        return self.posted - share.quantize(_CENT, ROUND_HALF_UP)


class Books:
    """All records of one organisation, read once through the control plane, with all their digits."""

    def __init__(self, xero: XeroServerProcess, tenant: str) -> None:
        self._xero = xero
        self.tenant = tenant
        self._lists: dict[str, list[Record]] = {}
        self.accounts = {record["AccountID"]: record for record in self.list("Accounts")}
        self.system = {a["SystemAccount"]: key for key, a in self.accounts.items() if "SystemAccount" in a}

    def list(self, name: str) -> list[Record]:
        """Read a list, or the journals."""
        if name not in self._lists:
            answer = self._xero.control("truth", {"list": name, "tenant": self.tenant}, parse_float=Decimal)
            self._lists[name] = answer["records"]
        return self._lists[name]

    def control_lines(self, until: int = NEVER_MS) -> Iterator[tuple[str, Decimal]]:
        """Yield the source and the amount of each journal line on receivables or payables, up to a day."""
        controls = {self.system["DEBTORS"], self.system["CREDITORS"]}
        for journal in self.list("Journals"):
            for line in journal["JournalLines"] if ms(journal["JournalDate"]) <= until else ():
                if line["AccountID"] in controls:
                    yield journal["SourceID"], line["NetAmount"]

    def standing(self) -> dict[str, Standing]:
        """Read each document that stands on a control account, with what has settled it; voided ones stand at nothing."""
        posted: dict[str, Decimal] = {}
        for source, net in self.control_lines():
            posted.setdefault(source, net)  # the reversal comes later
        found = {
            record[key]: Standing(record, posted.get(record[key], Decimal(0)), sources=[record[key]])
            for name, key in ID_FIELDS.items()
            for record in self.list(name)
            if record["Status"] not in ("DRAFT", "SUBMITTED")
        }
        for payment in self.list("Payments"):
            part = next(payment[name[:-1]] for name in ID_FIELDS if name[:-1] in payment)
            document = found[next(part[key] for key in ID_FIELDS.values() if key in part)]
            _settle(document, payment["PaymentID"], payment, dead=payment["Status"] == "DELETED")
        for key, document in list(found.items()):
            for use in document.record.get("Allocations", ()):
                source = use.get("AllocationID") or use["AllocationId"]
                for one in (found[key], found[use["Invoice"]["InvoiceID"]]):
                    _settle(one, source, use, dead=use["IsDeleted"])
        return found


def _settle(document: Standing, source: str, settlement: Record, *, dead: bool) -> None:
    document.sources.append(source)
    if not dead:
        document.settled.append((ms(settlement["Date"]), settlement["Amount"]))


def groups(documents: Iterable[Standing]) -> list[list[Standing]]:
    """Put documents together that share an allocation: its journal has one line for both."""
    of_source: dict[str, list[Standing]] = defaultdict(list)
    for document in documents:
        for source in document.sources:
            of_source[source].append(document)
    group_of = {id(document): [document] for shared in of_source.values() for document in shared}
    for shared in of_source.values():
        for other in shared[1:]:
            mine, its = group_of[id(shared[0])], group_of[id(other)]
            if mine is not its:
                mine.extend(its)
                group_of.update({id(document): mine for document in its})
    return list({id(group): group for group in group_of.values()}.values())
