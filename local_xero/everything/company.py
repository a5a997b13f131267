"""The books of the company ``everything``."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from local_xero import settings_records
from local_xero.company import Company, from_records, organisation_record
from local_xero.everything import bank_cases, credit_cases, trade_cases
from local_xero.everything.bookkeeping import Entry, entries, post
from local_xero.everything.facts import Document, Facts, Payment
from local_xero.everything.story import MONTHS, Story
from local_xero.everything.undocumented import CONVERSION, undocumented
from local_xero.everything.wire_documents import credit, id_field, invoice
from local_xero.everything.wire_money import (
    bank_transaction,
    batch,
    manual_journal,
    nested_batch,
    payment,
    transfer,
    transfer_sides,
)
from local_xero.ledger import Ledger
from local_xero.wire import Wire

_LISTS = {"CreditNoteID": "CreditNotes", "PrepaymentID": "Prepayments", "OverpaymentID": "Overpayments"}


def everything(organisation: str, name: str, seed: int = 1, gaps: float = 0.03) -> Company:
    """Build a company whose journals are posted from its documents.

    Args:
        organisation: becomes the OrganisationID; with the seed it decides amounts and rates.
        name: the organisation's name.
        seed: decides IDs and events: organisations of one seed have the same IDs.
        gaps: share of journal numbers that are never used.
    """
    story, invisible = told(organisation, seed)
    ledger = Ledger(Random(f"everything's journals {seed}"), gaps)
    numbers = post([*invisible, *entries(story.facts, story.chart)], ledger)
    lists = document_lists(story.facts) | _settings(story, seed)
    company = from_records({**lists, "Organisation": [organisation_record(organisation, name)]})
    company.journals.add(ledger.journals)
    company.undocumented = numbers
    for kind, hidden in numbers.items():
        if kind != CONVERSION:
            company.journals.hide(hidden)
    return company


def told(organisation: str, seed: int = 1) -> tuple[Story, list[Entry]]:
    """Tell what the company does in all months; beside it the entries that no document explains."""
    story = Story(seed, organisation)
    for month in range(MONTHS):
        for case in (*trade_cases.CASES, *credit_cases.CASES, *bank_cases.CASES):
            case(story, month)
    return story, undocumented(story)


def document_lists(facts: Facts) -> dict[str, list[Wire]]:
    """Write the lists of documents."""
    lists: dict[str, list[Wire]] = {name: [] for name in ("Invoices", *_LISTS.values())}
    for number, document in enumerate(facts.documents):
        if document.kind in ("ACCREC", "ACCPAY"):
            lists["Invoices"].append(invoice(document, number))
        elif not _is_plain_money(document):
            lists[_LISTS[id_field(document)]].append(credit(document, number))
    batches = _batches(facts)
    in_batch = {part["PaymentID"]: nested_batch(whole) for whole in batches for part in whole["Payments"]}
    paid = [payment(p, number) | in_batch.get(p.key, {}) for number, p in enumerate(facts.payments)]
    money = [bank_transaction(d, number) for number, d in enumerate(facts.documents) if d.bank]
    return lists | {
        "Payments": paid,
        "BatchPayments": batches,
        "BankTransactions": [*money, *(side for moved in facts.transfers for side in transfer_sides(moved))],
        "BankTransfers": [transfer(moved, number) for number, moved in enumerate(facts.transfers)],
        "ManualJournals": [manual_journal(journal) for journal in facts.manual_journals],
    }


def _is_plain_money(document: Document) -> bool:
    return document.kind in ("RECEIVE", "SPEND")


def _batches(facts: Facts) -> list[Wire]:
    groups: dict[str, list[Payment]] = {}
    for paid in facts.payments:
        if paid.batch:
            groups.setdefault(paid.batch, []).append(paid)
    return [batch(members) for members in groups.values()]


def _settings(story: Story, seed: int) -> dict[str, list[Wire]]:
    """Write the lists that change rarely."""
    rng = Random(f"everything's settings {seed}")
    items = settings_records.items(rng)
    stock = {"UnitPrice": Decimal("20.0000"), "TaxType": "INPUT2", "COGSAccountCode": story.chart["stock_cost"].code}
    items = [i | {"PurchaseDetails": stock} if i["IsTrackedAsInventory"] else i for i in items]
    return {
        "Accounts": [account.wire(number) for number, account in enumerate(story.chart.values())],
        "TrackingCategories": story.tracking,
        "Contacts": story.contacts,
        "TaxRates": settings_records.tax_rates(),
        "Currencies": [*settings_records.currencies(), {"Code": "AUD", "Description": "Australian Dollar"}],
        "Items": items,
        "Users": settings_records.users(rng),
        "BrandingThemes": settings_records.branding_themes(rng),
        "ContactGroups": settings_records.contact_groups(story.contacts, rng),
    }
