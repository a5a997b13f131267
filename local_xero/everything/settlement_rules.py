"""How payments, refunds and allocations are posted.

What stands on receivables or payables is cleared with the value with which it was posted: after each settlement as much is
cleared as the share that is settled by then, so that a document that is settled whole stands at exactly zero. What the money,
or the other side of an allocation, is worth beyond that is a realised currency gain.
"""

from __future__ import annotations

from decimal import Decimal

from local_xero.everything.document_rules import Chart, control_of, document_lines
from local_xero.everything.facts import BASE, Allocation, Document, Payment, Settlement
from local_xero.ledger import ZERO, Line, cents


def share(whole: Decimal, document: Document, settlement: Settlement) -> Decimal:
    """Return what a settlement takes of a value that the document was posted with: settled now less settled before."""
    live = document.live
    # A deleted settlement is posted as if it were the only one; its reversal takes it back.
    earlier = live[: live.index(settlement)] if settlement in live else []
    before = sum((s.amount for s in earlier), ZERO)
    after = before + settlement.amount
    return cents(whole * after / document.total) - cents(whole * before / document.total)


def cleared(document: Document, settlement: Settlement, chart: Chart) -> Line:
    """Take a settlement's share off receivables or payables."""
    control = control_of(document, chart)
    stands = sum((line.net for line in document_lines(document, chart) if line.account == control), ZERO)
    return Line(control, -share(stands, document, settlement))


def taken_back(prepayment: Document, settlement: Settlement, chart: Chart) -> list[Line]:
    """Take a settlement's share off the lines of a prepayment and off its tax.

    Each is rounded by itself; the first line takes the odd cent, so that the parts add up to the share of the money.
    """
    money, *others = document_lines(prepayment, chart)
    parts = [
        Line(
            line.account,
            -share(line.net, prepayment, settlement),
            -share(line.tax, prepayment, settlement),
            line.tax_type,
            line.description,
            line.tracking,
        )
        for line in others
    ]
    first, *rest = parts
    net = share(money.net, prepayment, settlement) - sum((line.net for line in rest), ZERO)
    return [Line(first.account, net, first.tax, first.tax_type, first.description, first.tracking), *rest]


def _with_gain(lines: list[Line], chart: Chart) -> list[Line]:
    """Add the realised gain (a credit) or loss that balances the lines."""
    gain = -sum((line.net for line in lines), ZERO)
    return [*lines, Line(chart["fx"], gain)] if gain else lines


def money_value(payment: Payment) -> Decimal:
    """Return what the money is worth: what the bank moved if that is the base currency, else at the rate of the day."""
    return payment.bank_amount if payment.account.currency == BASE else cents(payment.amount / payment.rate)


def payment_lines(payment: Payment, chart: Chart) -> list[Line]:
    """Post a payment of an invoice or a bill, or the refund of a credit note, a prepayment or an overpayment."""
    document = payment.document
    if document.is_prepayment:
        money = Line(payment.account, -document.sign * money_value(payment))
        return _with_gain([money, *taken_back(document, payment, chart)], chart)
    off = cleared(document, payment, chart)
    money = Line(payment.account, money_value(payment) * (1 if off.net < 0 else -1))
    return _with_gain([money, off], chart)


def allocation_lines(allocation: Allocation, chart: Chart) -> list[Line]:
    """Post an allocation; empty where both sides have the same value on the same account."""
    invoice = cleared(allocation.invoice, allocation, chart)
    if allocation.credit.is_prepayment:
        return _with_gain([*taken_back(allocation.credit, allocation, chart), invoice], chart)
    net = invoice.net + cleared(allocation.credit, allocation, chart).net
    return _with_gain([Line(invoice.account, net)], chart) if net else []
