"""What flat streams must bring: the lines of the nested records, by the documentation, without the connector's code."""

from __future__ import annotations

from collections.abc import Iterable

from integration_tests.protocol import Json

TWINS = {"journal_lines": "journals", "cash_journal_lines": "cash_journals", "invoice_line_items": "invoices"}
"""Each flat stream and the nested one whose pages it shares."""

_JOURNAL = ("JournalID", "JournalNumber", "JournalDate", "CreatedDateUTC", "SourceType", "SourceID", "Reference")
_INVOICE = (
    *("InvoiceID", "InvoiceNumber", "Date", "DueDate", "Status", "Type", "UpdatedDateUTC"),
    *("CurrencyCode", "CurrencyRate", "LineAmountTypes"),
)
_TRACKING = {"Name": "Name", "Option": "Option", "CategoryID": "TrackingCategoryID", "OptionID": "TrackingOptionID"}


def flat_rows(flat: str, nested: Iterable[Json]) -> list[Json]:
    """List the rows of a flat stream that belong to nested records."""
    return [row for record in nested for row in _rows(flat, record)]


def _rows(flat: str, record: Json) -> list[Json]:
    invoices = flat == "invoice_line_items"
    lines, tracking = ("LineItems", "Tracking") if invoices else ("JournalLines", "TrackingCategories")
    names = _INVOICE if invoices else _JOURNAL
    head = {name: record[name] for name in ("TenantID", *names) if name in record}
    if invoices:
        head |= {"ContactID": record["Contact"]["ContactID"], "ContactName": record["Contact"]["Name"]}
    return [
        {**_without(line, tracking), **_tracking(line.get(tracking, [])), **head, "LineNumber": number}
        for number, line in enumerate(record.get(lines, []), 1)
    ]


def _without(line: Json, name: str) -> Json:
    return {key: value for key, value in line.items() if key != name}


def _tracking(categories: list[Json]) -> Json:
    return {
        f"Tracking{number}{name}": category.get(field)
        for number, category in enumerate(categories, 1)
        for name, field in _TRACKING.items()
    }
