"""Documents without journals: purchase orders, quotes, repeating invoices, linked transactions."""

from __future__ import annotations

from random import Random

from local_xero.cash_documents import nested_contact
from local_xero.chart import new_id
from local_xero.day_book import DAY_MS, DAYS, FIRST_DAY_MS
from local_xero.sales import BASE_CURRENCY, Invoice
from local_xero.wire import Wire, date_string, wire_date
from local_xero.year_end import YearEnd

_PER_INVOICE = 6
"""Invoices to each purchase order and quote."""
_PER_LINK = 7
_REPEATING = 5


class OrderDocuments:
    """Makes documents that have not become invoices yet."""

    def __init__(self, company: YearEnd, rng: Random) -> None:
        self._company = company
        self._rng = rng
        invoices = [i for i in company.invoices if i.status in ("AUTHORISED", "PAID")]
        self._bills = [i for i in invoices if i.type == "ACCPAY"]
        self._sales = [i for i in invoices if i.type == "ACCREC"]
        self._count = len(company.invoices) // _PER_INVOICE

    def _draft(self, accounts: tuple[str, ...]) -> Invoice:
        """Make lines for a contact; an invoice computes their sums."""
        rng, day = self._rng, FIRST_DAY_MS + self._rng.randrange(DAYS) * DAY_MS
        items = self._company.items(accounts)
        draft = Invoice(
            "ACCREC", new_id(rng), "", "", rng.choice(self._company.contacts), day, None, items, "Exclusive"
        )
        draft.updated_ms = day + rng.randrange(DAY_MS)
        return draft

    def _common(self, draft: Invoice) -> Wire:
        return {
            "Contact": nested_contact(draft.contact),
            "LineItems": [item.wire(draft.mode) for item in draft.items],
            "SubTotal": draft.total - draft.tax,
            "TotalTax": draft.tax,
            "Total": draft.total,
            "CurrencyCode": BASE_CURRENCY,
        }

    def _dated(self, name: str, ms: int) -> Wire:
        return {name: wire_date(ms), f"{name}String": date_string(ms)}

    def purchase_orders(self) -> list[Wire]:
        """Write the purchase orders of all statuses."""
        statuses = ("DRAFT", "SUBMITTED", "AUTHORISED", "BILLED", "DELETED")
        drafts = [self._draft(("purchases", "office", "equipment")) for _ in range(self._count)]
        return [
            {
                "PurchaseOrderID": draft.invoice_id,
                "PurchaseOrderNumber": f"PO-{number:04d}",
                **self._dated("Date", draft.date_ms),
                **(self._dated("DeliveryDate", draft.date_ms + 14 * DAY_MS) if number % 2 else {}),
                "DeliveryAddress": "1 Quay Street\nAuckland",
                "AttentionTo": "Zoë",
                "SentToContact": number % 3 == 0,
                "HasErrors": False,
                "IsDiscounted": False,
                "Type": "PURCHASEORDER",
                "CurrencyRate": 1,
                "Status": statuses[number % len(statuses)],
                "LineAmountTypes": draft.mode,
                **self._common(draft),
                "UpdatedDateUTC": wire_date(draft.updated_ms),
                "HasAttachments": False,
            }
            for number, draft in enumerate(drafts, 1)
        ]

    def quotes(self) -> list[Wire]:
        """Write the quotes; their LineAmountTypes are in capitals, their dates without an offset."""
        statuses = ("DRAFT", "SENT", "DECLINED", "ACCEPTED", "INVOICED", "DELETED")
        drafts = [self._draft(("sales", "consulting")) for _ in range(self._count)]
        return [
            {
                "QuoteID": draft.invoice_id,
                "QuoteNumber": f"QU-{number:04d}",
                "Reference": "",
                "Terms": "Valid for 30 days",
                **self._dated("Date", draft.date_ms),
                **self._dated("ExpiryDate", draft.date_ms + 30 * DAY_MS),
                "Status": statuses[number % len(statuses)],
                "CurrencyRate": 1,
                **self._common(draft),
                "Title": "Quote “Ō”",
                "Summary": "",
                "UpdatedDateUTC": wire_date(draft.updated_ms),
                "LineAmountTypes": "EXCLUSIVE",
            }
            for number, draft in enumerate(drafts, 1)
        ]

    def repeating_invoices(self) -> list[Wire]:
        """Write the templates of invoices that repeat."""
        drafts = [self._draft(("sales", "consulting")) for _ in range(_REPEATING)]
        return [self._repeating(number, draft) for number, draft in enumerate(drafts)]

    def _repeating(self, number: int, draft: Invoice) -> Wire:
        schedule: Wire = {"Period": 1 + number % 2, "Unit": "WEEKLY" if number % 2 else "MONTHLY"}
        schedule |= {"DueDate": 20, "DueDateType": "OFFOLLOWINGMONTH", "StartDate": wire_date(draft.date_ms)}
        schedule["NextScheduledDate"] = wire_date(draft.date_ms + 30 * DAY_MS)
        schedule |= {} if number % 2 else {"EndDate": wire_date(draft.date_ms + 365 * DAY_MS)}
        return {
            "Schedule": schedule,
            "RepeatingInvoiceID": draft.invoice_id,
            "Type": "ACCREC" if number % 3 else "ACCPAY",
            "Reference": "[Month]",
            "HasAttachments": False,
            **dict.fromkeys(("ApprovedForSending", "SendCopy", "MarkAsSent", "IncludePDF"), False),
            "ID": draft.invoice_id,
            "Status": ("AUTHORISED", "DRAFT")[number % 2],
            "LineAmountTypes": draft.mode,
            **self._common(draft),
        }

    def linked_transactions(self) -> list[Wire]:
        """Write billable expenses: lines of bills, some of them already charged to a customer."""
        if not self._bills or not self._sales:
            return []
        return [self._link(number) for number in range(1, 1 + len(self._company.invoices) // _PER_LINK)]

    def _link(self, number: int) -> Wire:
        source, target = self._rng.choice(self._bills), self._rng.choice(self._sales)
        record: Wire = {
            "LinkedTransactionID": new_id(self._rng),
            "SourceTransactionID": source.invoice_id,
            "SourceLineItemID": source.items[0].item_id,
            "ContactID": target.contact["ContactID"],
        }
        billed = number % 2 == 0
        if billed:
            record |= {"TargetTransactionID": target.invoice_id, "TargetLineItemID": target.items[0].item_id}
        record |= {"Status": "BILLED" if billed else "APPROVED", "Type": "BILLABLEEXPENSE"}
        changed = max(source.updated_ms, target.updated_ms)
        return record | {"UpdatedDateUTC": wire_date(changed), "SourceTransactionTypeCode": "ACCPAY"}
