"""Claims that the reading of lists relies on. See https://developer.xero.com/documentation/api/accounting/requests-and-responses."""

from __future__ import annotations

from itertools import pairwise

import requests

from source_xero_gl.streams.invoices import STATUSES
from source_xero_gl.xero.dates import DAY, SECOND, now, read_instant
from tools.verify_live.live_xero import Json, LiveXero, NotTestedError, Reply
from tools.verify_live.probe import Finding, Probe

ORDER = "UpdatedDateUTC ASC"
MOST_AT_ONCE = 5_000
"""The most manual journals that a probe asks for: with an order all of them come in one answer."""

_ALL = ",".join(STATUSES)
_SORTED: dict[str, str | int] = {"page": 1, "pageSize": 100, "order": ORDER, "Statuses": _ALL}


def _count(xero: LiveXero, path: str, **params: str | int) -> int:
    reply = xero.get(path, {"page": 1, "pageSize": 1, **params})
    reply.objects(path)
    count = reply.pagination("itemCount")
    if count is None:
        raise NotTestedError("the answer has no count")
    return count


def _sorted_page(xero: LiveXero) -> Reply:
    return xero.get("Invoices", _SORTED)


def _stamps(objects: list[Json]) -> list[int]:
    stamps = [stamp for item in objects if (stamp := read_instant(item.get("UpdatedDateUTC"))) is not None]
    if len(stamps) != len(objects):
        raise NotTestedError("an invoice in the sample has no UpdatedDateUTC")
    return stamps


def _pivot(xero: LiveXero) -> tuple[str, int]:
    """Return ID and second of an invoice that was changed in a later second than the first one."""
    objects = _sorted_page(xero).objects("Invoices")
    stamps = _stamps(objects)
    later = [index for index, stamp in enumerate(stamps) if stamp // SECOND > stamps[0] // SECOND]
    if not later:
        raise NotTestedError("needs invoices that were changed in different seconds")
    middle = later[len(later) // 2]
    return str(objects[middle].get("InvoiceID")), stamps[middle] // SECOND * SECOND


def _since_pivot(xero: LiveXero) -> list[Json]:
    return xero.get("Invoices", _SORTED, _pivot(xero)[1]).objects("Invoices")


def _pagination(xero: LiveXero) -> Finding:
    reply = _sorted_page(xero)
    reply.objects("Invoices")
    found = [reply.pagination(name) for name in ("page", "pageSize", "pageCount", "itemCount")]
    return Finding(None not in found and found[1] == 100, "page, pageSize, pageCount, itemCount of a page of Invoices")


def _order(xero: LiveXero) -> Finding:
    stamps = _stamps(_sorted_page(xero).objects("Invoices"))
    if len(stamps) < 2:
        raise NotTestedError("needs two invoices")
    return Finding(all(one <= other for one, other in pairwise(stamps)), "one page")


def _honoured(xero: LiveXero) -> Finding:
    second = _pivot(xero)[1]
    return Finding(
        all(stamp >= second for stamp in _stamps(_since_pivot(xero))), "asked for what changed since an invoice"
    )


def _inclusive(xero: LiveXero) -> Finding:
    invoice = _pivot(xero)[0]
    found = any(str(item.get("InvoiceID")) == invoice for item in _since_pivot(xero))
    return Finding(found, "asked with the second of an invoice in the header")


def _nothing_changed(xero: LiveXero) -> Finding:
    reply = xero.get("Invoices", {"page": 1, "pageSize": 1}, now() + DAY)
    if reply.status == requests.codes.not_modified:
        return Finding(held=False, reason="304 to a header in the future")
    objects = reply.objects("Invoices")
    return Finding(
        not objects, "a header in the future leaves nothing" if not objects else "a header in the future is ignored"
    )


def _statuses(xero: LiveXero) -> Finding:
    known, unfiltered = _count(xero, "Invoices", Statuses=_ALL), _count(xero, "Invoices")
    return Finding(unfiltered <= known, "compared the count of all invoices with the count of those statuses")


def _deleted_invoices(xero: LiveXero) -> Finding:
    if not _count(xero, "Invoices", Statuses="DELETED"):
        raise NotTestedError("there is no deleted invoice")
    return Finding(_count(xero, "Invoices") >= _count(xero, "Invoices", Statuses=_ALL), "compared the counts")


def _beyond_the_end(xero: LiveXero) -> Finding:
    count = _count(xero, "Invoices")
    if not count:
        raise NotTestedError("there are no invoices")
    reply = xero.get("Invoices", {"page": count + 1, "pageSize": 1})
    if reply.status != requests.codes.ok:
        return Finding(held=False, reason=f"Xero answered {reply.status}")
    return Finding(not reply.objects("Invoices"), "asked for the page after the last one")


def _manual_journals(xero: LiveXero) -> Finding:
    count = _count(xero, "ManualJournals")
    if not 1 < count <= MOST_AT_ONCE:
        raise NotTestedError(f"needs from 2 to {MOST_AT_ONCE:,} manual journals")
    objects = xero.get("ManualJournals", {"page": 1, "pageSize": 1, "order": ORDER}).objects("ManualJournals")
    return Finding(len(objects) > 1, "more than the page came" if len(objects) > 1 else "the page came alone")


def _quotes(xero: LiveXero) -> Finding:
    first, second = (xero.get("Quotes", {"page": page, "pageSize": 1}).objects("Quotes") for page in (1, 2))
    if len(first) > 1:
        return Finding(held=True, reason="more quotes came than were asked for")
    if not second:
        raise NotTestedError("needs two quotes")
    return Finding(held=False, reason="one quote a page, as asked for")


def _deleted_transactions(xero: LiveXero) -> Finding:
    deleted = _count(xero, "BankTransactions", where='Status=="DELETED"')
    if not deleted:
        raise NotTestedError("there is no deleted bank transaction")
    authorised = _count(xero, "BankTransactions", where='Status=="AUTHORISED"')
    return Finding(_count(xero, "BankTransactions") >= authorised + deleted, "compared the counts")


def _deleted_transfers(xero: LiveXero) -> Finding:
    whole = xero.get("BankTransfers", {"includeDeleted": "true"}).objects("BankTransfers")
    plain = xero.get("BankTransfers").objects("BankTransfers")
    if len(whole) < len(plain):
        return Finding(held=False, reason="fewer transfers came with the parameter")
    if not any(item.get("Status") == "DELETED" for item in whole):
        raise NotTestedError("there is no deleted bank transfer, or the parameter does nothing")
    return Finding(held=True, reason="more came with it" if len(whole) > len(plain) else "they come without it too")


PROBES = (
    Probe("Paged lists carry pagination, and pageSize is honoured", relied=True, find=_pagination),
    Probe("Invoices come in the order of UpdatedDateUTC", relied=True, find=_order),
    Probe("Invoices honours If-Modified-Since", relied=True, find=_honoured),
    Probe("If-Modified-Since of Invoices includes its own second", relied=False, find=_inclusive),
    Probe("Nothing changed is an empty list, not a 304", relied=False, find=_nothing_changed),
    Probe("Every invoice has a status that the connector asks for", relied=True, find=_statuses),
    Probe("An unfiltered list holds DELETED invoices", relied=False, find=_deleted_invoices),
    Probe("A page beyond the end is empty", relied=False, find=_beyond_the_end),
    Probe("ManualJournals with an order ignore the pages", relied=False, find=_manual_journals),
    Probe("Quotes ignore pageSize", relied=False, find=_quotes),
    Probe("An unfiltered list holds DELETED bank transactions", relied=True, find=_deleted_transactions),
    Probe("includeDeleted brings DELETED bank transfers", relied=True, find=_deleted_transfers),
)
