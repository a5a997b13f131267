"""What the claims of the rebuilt ledger are looked up in: documents, and the entries that Xero made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, DecimalException

from source_xero_gl.streams.invoices import STATUSES
from source_xero_gl.xero.dates import DAY, SECOND, read_instant
from tools.verify_live.live_xero import Json, LiveXero, NotTestedError

CENT = Decimal("0.01")
POSTED = ("AUTHORISED", "PAID")

_NEWEST: dict[str, str | int] = {"page": 1, "pageSize": 1000, "order": "UpdatedDateUTC DESC", "unitdp": 4}
_FIRST: dict[str, str | int] = {"page": 1, "pageSize": 1000}
_RECENT = 92 * DAY
_PAGES = 5
"""Pages of the newest entries."""


def listed(xero: LiveXero, path: str) -> list[Json]:
    """Return up to 1,000 objects of a paged list, those that changed last."""
    params = _FIRST if path == "ManualJournals" else _NEWEST  # with an order, all manual journals come in one answer
    return xero.get(path, params | ({"Statuses": ",".join(STATUSES)} if path == "Invoices" else {})).objects(path)


def entries(xero: LiveXero) -> list[Json]:
    """Return a sample of journals: the first ones, and recent ones.

    Raises:
        NotTestedError: the app may not read journals, or there are none.
    """
    found = [*xero.get("Journals", {"offset": 0}).objects("Journals"), *recent_entries(xero)]
    if not found:
        raise NotTestedError("there are no journals")
    return list({str(item.get("JournalID")): item for item in found}.values())


def recent_entries(xero: LiveXero) -> list[Json]:
    """Return up to 500 journals that follow each other, from the last three months in which an invoice has changed."""
    stamps = filter(None, (read_instant(item.get("UpdatedDateUTC")) for item in listed(xero, "Invoices")))
    since, offset = (max(stamps, default=0) - _RECENT) // SECOND * SECOND, 0
    found: list[Json] = []
    for _ in range(_PAGES if since > 0 else 0):
        page = xero.get("Journals", {"offset": offset}, since).objects("Journals")
        if not page:
            break
        found += page
        offset = max(int(number(item.get("JournalNumber"))) for item in page)
    return found


def entries_of(xero: LiveXero, *types: str) -> Mapping[str, list[Json]]:
    """Return the sample of journals by the ID of their document, in the order of their numbers.

    Args:
        xero: the organisation.
        types: values of ``SourceType``; none are all.
    """
    found: dict[str, list[Json]] = defaultdict(list)
    for item in entries(xero):
        if item.get("SourceID") and (not types or item.get("SourceType") in types):
            found[str(item["SourceID"])].append(item)
    return found


def base_currency(xero: LiveXero) -> str:
    """Return the code of the organisation's currency."""
    found = xero.get("Organisation").objects("Organisations")
    return str(found[0].get("BaseCurrency")) if found else ""


def accounts(xero: LiveXero, **wanted: str) -> set[str]:
    """Return the IDs of the accounts whose fields have these values."""
    chart = xero.get("Accounts").objects("Accounts")
    return {str(one.get("AccountID")) for one in chart if all(one.get(name) == text for name, text in wanted.items())}


def is_foreign(xero: LiveXero, document: Json) -> bool:
    """Return whether a document is in another currency than the organisation's, and posted."""
    currency = document.get("CurrencyCode")
    return bool(currency) and currency != base_currency(xero) and document.get("Status") in POSTED


def number(value: object) -> Decimal:
    """Return an amount; one that is missing is 0."""
    try:
        return Decimal(str(value or 0))
    except DecimalException:
        raise NotTestedError("an amount in the sample is not a number") from None


def cents(amount: Decimal) -> Decimal:
    """Round to cents, half a cent away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def rate(document: Json) -> Decimal:
    """Return the units of the document's currency for one of the organisation's."""
    return number(document.get("CurrencyRate")) or Decimal(1)


def owed_by_lines(document: Json) -> Decimal:
    """Return a document's value as the sum of its lines, taxes and rounding, each converted and rounded by itself."""
    mode, parts = str(document.get("LineAmountTypes")).upper(), []
    for line in document.get("LineItems") or ():
        tax = Decimal(0) if mode == "NOTAX" else number(line.get("TaxAmount"))
        parts += [number(line.get("LineAmount")) - (tax if mode == "INCLUSIVE" else 0), tax]
    parts.append(number(document.get("Total")) - sum(parts))
    return sum((cents(part / rate(document)) for part in parts), Decimal(0))


def sum_on(journal: Json, chosen: Iterable[str]) -> Decimal:
    """Return what a journal has on some accounts."""
    wanted = set(chosen)
    return sum(
        (
            number(line.get("NetAmount"))
            for line in journal.get("JournalLines") or ()
            if line.get("AccountID") in wanted
        ),
        Decimal(0),
    )
