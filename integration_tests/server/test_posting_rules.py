"""The journals of the company ``everything`` follow accounting rules: cases whose figures were worked out by hand.

Rates are foreign units for one New Zealand dollar; debits are positive.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from local_xero.everything.accounts import accounts
from local_xero.everything.bookkeeping import entries, post
from local_xero.everything.document_rules import document_lines, manual_lines, transfer_lines
from local_xero.everything.facts import (
    Allocation,
    Document,
    EnteredLine,
    Facts,
    ManualJournal,
    Payment,
    Settlement,
    Transfer,
)
from local_xero.everything.settlement_rules import allocation_lines, payment_lines
from local_xero.ledger import Ledger, Line, UnbalancedError

CHART = accounts(1)
TAX = {"sales": "OUTPUT2", "received": "OUTPUT2", "office": "INPUT2", "prepaid": "INPUT2"}


def day(number: int) -> dt.date:
    """Name a day of one month."""
    return dt.date(2025, 5, number)


def entered(key: str, amount: str, tax: str = "0.00") -> EnteredLine:
    """Enter a line on an account."""
    kind = TAX.get(key, "NONE") if Decimal(tax) else "NONE"
    return EnteredLine(f"line {key} {amount}", CHART[key], Decimal(amount), Decimal(tax), kind)


def document(kind: str, *lines: EnteredLine, mode: str = "Exclusive", rate: str = "1", **more: Any) -> Document:
    """Enter a document; a rate makes it one in US dollars."""
    currency = "NZD" if rate == "1" else "USD"
    bank = CHART["foreign" if currency == "USD" else "bank"] if kind.startswith(("RECEIVE", "SPEND")) else None
    return Document(
        kind=kind,
        key=kind,
        number="",
        contact={},
        mode=mode,
        lines=list(lines),
        currency=currency,
        rate=Decimal(rate),
        bank=bank,
        **({"day": day(1)} | more),
    )


def settle(settlement: Settlement, *documents: Document) -> None:
    """Say to documents what settles them."""
    for one in documents:
        one.settlements.append(settlement)


def paid(of: Document, on: int, amount: str, rate: str = "1", moved: str = "", account: str = "bank") -> Payment:
    """Pay a part of a document, or pay it back; ``moved`` is what the bank says, by default the amount. IDs fall as days rise."""
    payment = Payment(
        key=f"payment {99 - on}", day=day(on), amount=Decimal(amount), document=of, rate=Decimal(rate),
        account=CHART[account], bank_amount=Decimal(moved or amount),
    )  # fmt: skip
    settle(payment, of)
    return payment


def allocated(credit: Document, invoice: Document, on: int, amount: str) -> Allocation:
    """Set a part of a credit against an invoice."""
    made = Allocation(key=f"allocation {on}", day=day(on), amount=Decimal(amount), credit=credit, invoice=invoice)
    settle(made, credit, invoice)
    return made


def amounts(lines: list[Line]) -> dict[str, str]:
    """Add the lines up by account, without those that come to nothing; they must balance."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.account.key] = sums.get(line.account.key, Decimal(0)) + line.net
    assert sum(sums.values()) == 0
    return {key: str(net) for key, net in sums.items() if net}


class TestDocuments:
    """Invoices, bills, credit notes, money spent and received."""

    def test_an_invoice_debits_receivables_with_the_sum_of_its_lines(self) -> None:
        """100.00 + 15.00 tax and 20.00 without tax: 135.00 are owed."""
        invoice = document("ACCREC", entered("sales", "100.00", "15.00"), entered("interest", "20.00"))
        expected = {"receivable": "135.00", "sales": "-100.00", "interest": "-20.00", "gst": "-15.00"}
        assert amounts(document_lines(invoice, CHART)) == expected

    def test_an_inclusive_bill_posts_its_lines_without_tax(self) -> None:
        """115.00 contain 15.00 of tax."""
        bill = document("ACCPAY", entered("office", "115.00", "15.00"), mode="Inclusive")
        assert amounts(document_lines(bill, CHART)) == {"payable": "-115.00", "office": "100.00", "gst": "15.00"}

    def test_a_negative_line_takes_away_from_the_others(self) -> None:
        """100.00 less 30.00, tax 15.00 less 4.50: 80.50 are owed."""
        lines = entered("sales", "100.00", "15.00"), entered("interest", "-30.00", "-4.50")
        expected = {"receivable": "80.50", "sales": "-100.00", "interest": "30.00", "gst": "-10.50"}
        assert amounts(document_lines(document("ACCREC", *lines), CHART)) == expected

    def test_a_no_tax_document_knows_no_tax_whatever_its_lines_say(self) -> None:
        """100.00, and a tax of 15.00 that does not count."""
        invoice = document("ACCREC", entered("sales", "100.00", "15.00"), mode="NoTax")
        assert amounts(document_lines(invoice, CHART)) == {"receivable": "100.00", "sales": "-100.00"}

    def test_what_a_person_adds_to_the_total_goes_to_rounding(self) -> None:
        """Lines of 100.00 + 15.00, total overwritten with 115.05 on an invoice and 114.93 on a bill."""
        invoice = document("ACCREC", entered("sales", "100.00", "15.00"), overwritten=Decimal("0.05"))
        expected = {"receivable": "115.05", "sales": "-100.00", "gst": "-15.00", "rounding": "-0.05"}
        assert amounts(document_lines(invoice, CHART)) == expected
        bill = document("ACCPAY", entered("office", "100.00", "15.00"), overwritten=Decimal("-0.07"))
        expected = {"payable": "-114.93", "office": "100.00", "gst": "15.00", "rounding": "-0.07"}
        assert amounts(document_lines(bill, CHART)) == expected

    def test_foreign_lines_are_converted_one_by_one_and_the_control_account_takes_their_sum(self) -> None:
        """10.01 / 0.6 = 16.6833, 20.02 / 0.6 = 33.3667, tax 1.50 / 0.6 = 2.50 and 3.00 / 0.6 = 5.00; sum 57.55.

        The total of 34.53 / 0.6 = 57.55 as well; 16.68 + 33.37 + 7.50.
        """
        invoice = document(
            "ACCREC", entered("sales", "10.01", "1.50"), entered("interest", "20.02", "3.00"), rate="0.6"
        )
        expected = {"receivable": "57.55", "sales": "-16.68", "interest": "-33.37", "gst": "-7.50"}
        assert amounts(document_lines(invoice, CHART)) == expected

    def test_the_rate_divides_and_halves_round_away_from_zero(self) -> None:
        """1000 / 0.6095 = 1640.689; 2.01 / 2 = 1.005, to 1.01, and -2.01 / 2 to -1.01."""
        dollars = document("SPEND", entered("office", "1000.00"), rate="0.6095")
        assert amounts(document_lines(dollars, CHART)) == {"foreign": "-1640.69", "office": "1640.69"}
        for kind, sign in (("RECEIVE", ""), ("SPEND", "-")):
            half = document(kind, entered("office", "2.01"), rate="2")
            assert amounts(document_lines(half, CHART))["foreign"] == f"{sign}1.01"

    @pytest.mark.parametrize(
        ("kind", "control", "sign"), [("ACCRECCREDIT", "receivable", "-"), ("ACCPAYCREDIT", "payable", "")]
    )
    def test_a_credit_note_is_an_invoice_turned_around(self, kind: str, control: str, sign: str) -> None:
        """100.00 + 15.00."""
        note = document(kind, entered("sales", "100.00", "15.00"))
        assert amounts(document_lines(note, CHART))[control] == f"{sign}115.00"

    def test_a_voided_invoice_is_posted_and_taken_back_on_its_date(self) -> None:
        """Drafts, submitted and deleted ones post nothing at all."""
        documents = [
            document("ACCREC", entered("sales", "100.00"), status=status)
            for status in ("DRAFT", "SUBMITTED", "DELETED", "VOIDED")
        ]
        ledger = Ledger(Random(1), 0.0)
        post(entries(Facts(documents=documents), CHART), ledger)
        nets = [journal["JournalLines"][0]["NetAmount"] for journal in ledger.journals]
        assert nets == [Decimal("100.00"), Decimal("-100.00")]
        assert len({journal["JournalDate"] for journal in ledger.journals}) == 1


class TestPayments:
    """What stands on receivables and payables is cleared with the value with which it was posted."""

    def test_three_foreign_parts_clear_an_invoice_to_exactly_zero(self) -> None:
        """100.00 at 0.60 stand at 166.67. Shares: 166.67 x 0.10 = 16.667; x 0.50 = 83.335; x 1.

        So 16.67, then 83.34 - 16.67 = 66.67, then 166.67 - 83.34 = 83.33. Money: 10.00 / 0.625 = 16.00, 40.00 / 0.50 = 80.00,
        50.00 / 0.60 = 83.33.
        """
        invoice = document("ACCREC", entered("sales", "100.00"), mode="NoTax", rate="0.60")
        parts = [
            paid(invoice, 5, "10.00", "0.625", "16.00"),
            paid(invoice, 6, "40.00", "0.50", "80.00"),
            paid(invoice, 7, "50.00", "0.60", "83.33"),
        ]
        assert [amounts(payment_lines(part, CHART)) for part in parts] == [
            {"bank": "16.00", "receivable": "-16.67", "fx": "0.67"},
            {"bank": "80.00", "receivable": "-66.67", "fx": "-13.33"},
            {"bank": "83.33", "receivable": "-83.33"},
        ]
        assert invoice.open == 0

    def test_a_bill_is_paid_the_other_way_around(self) -> None:
        """600.00 at 0.60 stand at -1000.00; paid at 0.64 with 937.50: a gain of 62.50."""
        bill = document("ACCPAY", entered("office", "600.00"), rate="0.60")
        payment = paid(bill, 5, "600.00", "0.64", "937.50")
        assert amounts(payment_lines(payment, CHART)) == {"bank": "-937.50", "payable": "1000.00", "fx": "-62.50"}

    def test_money_on_a_foreign_account_is_worth_its_amount_at_the_rate_of_the_day(self) -> None:
        """300.00 of 600.00 at 0.60: 500.00 are cleared; 300.00 / 0.625 = 480.00 came in."""
        invoice = document("ACCREC", entered("sales", "600.00"), rate="0.60")
        payment = paid(invoice, 5, "300.00", "0.625", account="foreign")
        assert amounts(payment_lines(payment, CHART)) == {"foreign": "480.00", "receivable": "-500.00", "fx": "20.00"}

    def test_what_the_bank_moved_counts_where_the_rate_does_not_give_it(self) -> None:
        """1,000,000.00 at 0.609500 stand at 1640689.09; the bank moved 1640690.20, 0.609500 as a rate of six decimals."""
        invoice = document("ACCREC", entered("sales", "1000000.00"), rate="0.6095")
        payment = paid(invoice, 5, "1000000.00", "0.609500", "1640690.20")
        expected = {"bank": "1640690.20", "receivable": "-1640689.09", "fx": "-1.11"}
        assert amounts(payment_lines(payment, CHART)) == expected

    def test_a_credit_note_is_paid_back(self) -> None:
        """60.00 of 120.00 at 0.60 stand at -100.00; 60.00 / 0.64 = 93.75 went out: a gain of 6.25."""
        note = document("ACCRECCREDIT", entered("sales", "120.00"), rate="0.60")
        refund = paid(note, 5, "60.00", "0.64", "93.75")
        assert amounts(payment_lines(refund, CHART)) == {"bank": "-93.75", "receivable": "100.00", "fx": "-6.25"}

    def test_a_deleted_payment_is_taken_back_and_counts_for_no_other(self) -> None:
        """The payment that follows clears the invoice as if it were the first: 100.00 / 0.8 = 125.00."""
        invoice = document("ACCREC", entered("sales", "100.00"), rate="0.8")
        wrong, right = paid(invoice, 5, "100.00", "0.8", "125.00"), paid(invoice, 6, "100.00", "0.5", "200.00")
        wrong.deleted = True
        assert amounts(payment_lines(right, CHART)) == {"bank": "200.00", "receivable": "-125.00", "fx": "-75.00"}
        assert invoice.open == 0


class TestAllocations:
    """Credits that are set against invoices."""

    def test_in_base_currency_a_credit_note_posts_nothing_more(self) -> None:
        """Both sides are on one account."""
        invoice, note = (
            document("ACCREC", entered("sales", "90.00")),
            document("ACCRECCREDIT", entered("sales", "70.00")),
        )
        assert allocation_lines(allocated(note, invoice, 5, "30.00"), CHART) == []

    def test_a_part_of_a_foreign_credit_note_at_another_rate_is_a_gain_or_a_loss(self) -> None:
        """The note: 100.00 / 0.64 = 156.25; 40.00 of it: 62.50. The invoice: 300.00 / 0.60 = 500.00; 40.00 of it: 66.67.

        Receivables: -66.67 + 62.50 = -4.17, a loss of 4.17. Then 60.00: 93.75 of the note; of the invoice
        500 x 100 / 300 = 166.67, less 66.67 = 100.00: a loss of 6.25.
        """
        invoice = document("ACCREC", entered("sales", "300.00"), rate="0.60")
        note = document("ACCRECCREDIT", entered("sales", "100.00"), rate="0.64")
        first, second = allocated(note, invoice, 5, "40.00"), allocated(note, invoice, 6, "60.00")
        assert amounts(allocation_lines(first, CHART)) == {"receivable": "-4.17", "fx": "4.17"}
        assert amounts(allocation_lines(second, CHART)) == {"receivable": "-6.25", "fx": "6.25"}

    def test_a_suppliers_credit_note_has_the_opposite_sign(self) -> None:
        """Note 100.00 / 0.64 = 156.25, bill 100.00 / 0.60 = -166.67; payables: +166.67 - 156.25 = 10.42, a gain."""
        bill = document("ACCPAY", entered("office", "100.00"), rate="0.60")
        note = document("ACCPAYCREDIT", entered("office", "100.00"), rate="0.64")
        lines = allocation_lines(allocated(note, bill, 5, "100.00"), CHART)
        assert amounts(lines) == {"payable": "10.42", "fx": "-10.42"}


class TestAdvances:
    """Prepayments stand on their own accounts, with tax; overpayments on receivables and payables."""

    def test_a_prepayment_is_income_in_advance_with_its_tax(self) -> None:
        """115.00 received."""
        ahead = document("RECEIVE-PREPAYMENT", entered("received", "100.00", "15.00"))
        assert amounts(document_lines(ahead, CHART)) == {"bank": "115.00", "received": "-100.00", "gst": "-15.00"}

    def test_an_allocation_takes_its_share_of_lines_and_tax_back(self) -> None:
        """115.00 (100.00 + 15.00), 38.33 used: 38.33 / 115 = 0.3333; 33.33 of the line and 5.00 of the tax.

        The rest, 76.67: 66.67 and 10.00.
        """
        ahead = document("RECEIVE-PREPAYMENT", entered("received", "100.00", "15.00"))
        invoice = document("ACCREC", entered("sales", "500.00", "75.00"))
        first, second = allocated(ahead, invoice, 5, "38.33"), allocated(ahead, invoice, 6, "76.67")
        expected = {"received": "33.33", "gst": "5.00", "receivable": "-38.33"}
        assert amounts(allocation_lines(first, CHART)) == expected
        expected = {"received": "66.67", "gst": "10.00", "receivable": "-76.67"}
        assert amounts(allocation_lines(second, CHART)) == expected
        assert (ahead.open, invoice.open) == (Decimal(0), Decimal("460.00"))

    def test_the_first_line_takes_the_odd_cent(self) -> None:
        """Three lines of 10.00, 10.00 used: 3.33 each; the first has 10.00 - 6.66 = 3.34."""
        lines = (entered(key, "10.00") for key in ("prepaid", "rent", "fees"))
        ahead = document("SPEND-PREPAYMENT", *lines, mode="NoTax")
        bill = document("ACCPAY", entered("office", "200.00"))
        used = amounts(allocation_lines(allocated(ahead, bill, 5, "10.00"), CHART))
        assert used == {"prepaid": "-3.34", "rent": "-3.33", "fees": "-3.33", "payable": "10.00"}

    def test_a_foreign_allocation_gains_the_difference_of_the_rates(self) -> None:
        """115.00 at 0.50: 200.00 + 30.00 tax. Used whole for a bill of 230.00 at 0.46 (500.00): 250.00 are cleared.

        20.00 more than was spent: a gain.
        """
        ahead = document("SPEND-PREPAYMENT", entered("prepaid", "100.00", "15.00"), rate="0.50")
        bill = document("ACCPAY", entered("office", "200.00", "30.00"), rate="0.46")
        lines = amounts(allocation_lines(allocated(ahead, bill, 5, "115.00"), CHART))
        assert lines == {"payable": "250.00", "prepaid": "-200.00", "gst": "-30.00", "fx": "-20.00"}

    def test_a_refund_takes_its_share_of_the_prepayment_back(self) -> None:
        """57.50 of 115.00 paid back: 50.00 and 7.50. At a rate of 0.50, paid back at 0.46: 125.00 for 115.00, a loss."""
        ahead = document("RECEIVE-PREPAYMENT", entered("received", "100.00", "15.00"))
        assert amounts(payment_lines(paid(ahead, 5, "57.50"), CHART)) == {
            "bank": "-57.50", "received": "50.00", "gst": "7.50",
        }  # fmt: skip
        dollars = document("RECEIVE-PREPAYMENT", entered("received", "100.00", "15.00"), rate="0.50")
        assert amounts(payment_lines(paid(dollars, 5, "57.50", "0.46", account="foreign"), CHART)) == {
            "foreign": "-125.00", "received": "100.00", "gst": "15.00", "fx": "10.00",
        }  # fmt: skip

    def test_an_overpayment_stands_on_receivables_until_it_is_paid_back(self) -> None:
        """100.00 at 0.50 stand at -200.00. 40.00 paid back at 0.64: 62.50 for 80.00, a gain of 17.50; the rest 120.00."""
        over = document("RECEIVE-OVERPAYMENT", entered("receivable", "100.00"), mode="NoTax", rate="0.50")
        assert amounts(document_lines(over, CHART)) == {"foreign": "200.00", "receivable": "-200.00"}
        part = paid(over, 5, "40.00", "0.64", "62.50")
        assert amounts(payment_lines(part, CHART)) == {"bank": "-62.50", "receivable": "80.00", "fx": "-17.50"}
        rest = paid(over, 6, "60.00", "0.50", "120.00")
        assert amounts(payment_lines(rest, CHART)) == {"bank": "-120.00", "receivable": "120.00"}

    def test_a_suppliers_overpayment_comes_back(self) -> None:
        """100.00 spent too much, 30.00 came back."""
        over = document("SPEND-OVERPAYMENT", entered("payable", "100.00"), mode="NoTax")
        assert amounts(document_lines(over, CHART)) == {"bank": "-100.00", "payable": "100.00"}
        assert amounts(payment_lines(paid(over, 5, "30.00"), CHART)) == {"bank": "30.00", "payable": "-30.00"}

    def test_an_overpayment_at_another_rate_gains_when_it_is_used(self) -> None:
        """50.00 of 100.00 at 0.50: 100.00; of an invoice of 80.00 at 0.64 (125.00): 78.13; receivables +21.87, a gain."""
        over = document("RECEIVE-OVERPAYMENT", entered("receivable", "100.00"), mode="NoTax", rate="0.50")
        invoice = document("ACCREC", entered("sales", "80.00"), rate="0.64")
        lines = amounts(allocation_lines(allocated(over, invoice, 5, "50.00"), CHART))
        assert lines == {"receivable": "21.87", "fx": "-21.87"}


class TestMoneyAndManualJournals:
    """Transfers and manual journals."""

    @pytest.mark.parametrize(
        ("source", "target", "paid_", "received", "rates", "value"),
        [
            ("bank", "card", "50.00", "50.00", ("1", "1"), "50.00"),
            ("bank", "foreign", "100.00", "61.00", ("1", "0.61"), "100.00"),
            # 100.00 / 0.61 = 163.93, but what came in counts
            ("foreign", "bank", "100.00", "163.99", ("0.61", "1"), "163.99"),
            # 100.00 / 0.61 = 163.93; the other side, 152.00 / 0.927, would be 163.97
            ("foreign", "australian", "100.00", "152.00", ("0.61", "0.927"), "163.93"),
        ],
    )
    def test_a_transfer_has_one_value(
        self, source: str, target: str, paid_: str, received: str, rates: tuple[str, str], value: str
    ) -> None:
        """Of the side in base currency; of the side that pays, where none is."""
        moved = Transfer(
            key="transfer", day=day(1), source=CHART[source], target=CHART[target], paid=Decimal(paid_),
            received=Decimal(received), paid_rate=Decimal(rates[0]), received_rate=Decimal(rates[1]),
        )  # fmt: skip
        assert amounts(transfer_lines(moved)) == {target: value, source: f"-{value}"}

    @pytest.mark.parametrize(
        ("mode", "debit", "office"), [("Exclusive", "100.00", "100.00"), ("Inclusive", "115.00", "100.00")]
    )
    def test_a_manual_journal_posts_its_tax_once(self, mode: str, debit: str, office: str) -> None:
        """115.00 with 15.00 of tax, against a loan."""
        lines = [entered("office", debit, "15.00"), entered("loan", "-115.00")]
        journal = ManualJournal(key="manual", day=day(1), mode=mode, lines=lines)
        assert amounts(manual_lines(journal, CHART)) == {"office": office, "gst": "15.00", "loan": "-115.00"}

    def test_a_manual_journal_without_tax_posts_its_lines_as_they_are(self) -> None:
        """A tax that its lines say counts for nothing."""
        lines = [entered("office", "115.00", "15.00"), entered("loan", "-115.00")]
        journal = ManualJournal(key="manual", day=day(1), mode="NoTax", lines=lines)
        assert amounts(manual_lines(journal, CHART)) == {"office": "115.00", "loan": "-115.00"}


def test_a_journal_that_does_not_balance_cannot_be_posted() -> None:
    """A manual journal of 100.00 against 99.99 is refused."""
    lines = [entered("office", "100.00"), entered("loan", "-99.99")]
    journal = ManualJournal(key="manual", day=day(1), mode="NoTax", lines=lines)
    with pytest.raises(UnbalancedError):
        post(entries(Facts(manual_journals=[journal]), CHART), Ledger(Random(1), 0.0))
