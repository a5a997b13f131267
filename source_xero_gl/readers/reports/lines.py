"""The lines of a report. Pure: no network, no clock.

See https://developer.xero.com/documentation/api/accounting/reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from source_xero_gl.readers.batch import Object

_LINES = ("Row", "SummaryRow")
_ACCOUNT = ("account", "accountid")  # the first in most reports, the second where BankSummary names a bank account
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def report_lines(report: Object, columns: Sequence[str | None]) -> list[Object]:
    """Return the lines of a report, in its order and numbered from 1.

    Args:
        report: as Xero sent it.
        columns: names for the cells after the first one, which names the account; None leaves a cell out, as further cells are.

    Raises:
        AttributeError, TypeError: rows, cells or attributes have another form.
        ValueError: an amount is no number.
    """
    found = enumerate(_lines(report.get("Rows"), None, columns), start=1)
    return [{"LineNumber": number, **line, "UpdatedDateUTC": report.get("UpdatedDateUTC")} for number, line in found]


def header(report: Object) -> list[str]:
    """Return the titles of a report's columns, empty when it has none."""
    for row in report.get("Rows") or ():
        if row.get("RowType") == "Header":
            return [str(cell.get("Value") or "") for cell in row.get("Cells") or ()]
    return []


def figures(lines: Sequence[Object], columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the amounts of each account that has any other than zero, by AccountID."""
    found = {line["AccountID"]: tuple(str(line.get(column) or "") for column in columns) for line in lines}
    return {account: amounts for account, amounts in found.items() if account and any(map(is_amount, amounts))}


def is_amount(text: str) -> bool:
    """Tell whether a text is an amount other than zero."""
    return bool(text.strip("-0."))


def _lines(rows: Any, section: str | None, columns: Sequence[str | None]) -> Iterator[Object]:
    for row in rows or ():
        if row.get("RowType") == "Section":
            yield from _lines(row.get("Rows"), row.get("Title") or section, columns)
        elif row.get("RowType") in _LINES:
            yield _line(row, section, columns)


def _line(row: Object, section: str | None, columns: Sequence[str | None]) -> Object:
    cells = row.get("Cells") or [{}]
    values = [cell.get("Value") for cell in cells]
    return {
        "RowType": row["RowType"],
        "Section": section,
        "AccountID": next(filter(None, map(_account, cells)), None),
        "Account": values[0],
        **{column: _amount(value) for column, value in zip(columns, values[1:], strict=False) if column is not None},
    }


def _amount(value: object) -> object:
    if isinstance(value, str) and value and not _NUMBER.fullmatch(value):
        raise ValueError("not a number")
    return None if value == "" else value


def _account(cell: Object) -> str | None:
    attributes = cell.get("Attributes") or ()
    return next(
        (attribute.get("Value") for attribute in attributes if str(attribute.get("Id")).lower() in _ACCOUNT), None
    )
