"""All lists of a generated company."""

from __future__ import annotations

from random import Random

from local_xero import credit_documents, payment_documents, settings_records
from local_xero.cash_documents import CashDocuments
from local_xero.order_documents import OrderDocuments
from local_xero.wire import Wire
from local_xero.year_end import YearEnd


def contents(company: YearEnd, seed: int) -> dict[str, list[Wire]]:
    """Write the records of every list but the organisation's.

    Args:
        company: after its run.
        seed: of the random numbers that decide what journals leave open.
    """
    rng = Random(f"documents {seed}")
    lists = {
        "Accounts": [account.wire(number) for number, account in enumerate(company.chart.values())],
        "TrackingCategories": company.tracking,
        "Contacts": company.contacts,
        "Invoices": [invoice.wire() for invoice in company.invoices],
        "TaxRates": settings_records.tax_rates(),
        "Currencies": settings_records.currencies(),
    }
    if not company.accrual.journals or not company.contacts:
        return lists
    cash, orders = CashDocuments(company, rng), OrderDocuments(company, rng)
    transfers = cash.bank_transfers()
    batches = payment_documents.batch_payments(company, rng)
    return lists | {
        "BankTransfers": transfers,
        "BankTransactions": cash.bank_transactions(transfers),
        "ManualJournals": cash.manual_journals(),
        "BatchPayments": batches,
        "Payments": payment_documents.payments(company, batches),
        "CreditNotes": credit_documents.credit_notes(company, rng),
        "Prepayments": credit_documents.prepayments(company, rng),
        "Overpayments": credit_documents.overpayments(company, rng),
        "PurchaseOrders": orders.purchase_orders(),
        "Quotes": orders.quotes(),
        "RepeatingInvoices": orders.repeating_invoices(),
        "LinkedTransactions": orders.linked_transactions(),
        "Items": settings_records.items(rng),
        "Users": settings_records.users(rng),
        "BrandingThemes": settings_records.branding_themes(rng),
        "ContactGroups": settings_records.contact_groups(company.contacts, rng),
        "Budgets": settings_records.budgets(company, rng),
    }
