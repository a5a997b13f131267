"""Budgets. See https://developer.xero.com/documentation/api/accounting/budgets."""

from __future__ import annotations

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.budgets import BudgetWindows


class Budgets(XeroStream):
    """Budgets, each with its lines for every month."""

    name = "budgets"
    path = "Budgets"
    records_key = "Budgets"
    key = ("BudgetID",)
    reader = BudgetWindows()
