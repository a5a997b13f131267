"""Profit and loss by the options of a tracking category: a column for each option, one for what has none, and the sum.

See https://developer.xero.com/documentation/api/accounting/reports#profit-and-loss.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from source_xero_gl.readers.batch import Object
from source_xero_gl.readers.errors import broken
from source_xero_gl.readers.reports.lines import header, report_lines
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.gate import Caller

UNASSIGNED = "Unassigned"
"""Title of the column for what has no option."""

TOTAL = "total"
"""Title of the last column, the sum of the others, in lower case."""


@dataclass(frozen=True)
class Category:
    """A tracking category.

    Attributes:
        options: name and ID of each, archived ones too.
    """

    category_id: str
    name: str | None
    options: tuple[tuple[str, str], ...]


def ask_for_categories(client: XeroClient, caller: Caller | None = None) -> Page:
    """Return the tracking categories and their options, archived ones too.

    See https://developer.xero.com/documentation/api/accounting/trackingcategories.
    """
    return client.page("TrackingCategories", "TrackingCategories", {"includeArchived": "true"}, caller=caller)


def active_categories(page: Page) -> list[Category]:
    """Return the categories that are in use: of an archived one Xero makes no report.

    Raises:
        ReadingError: system, when a category has no ID, or an option no ID or name.
    """
    try:
        return [_category(found) for found in page.objects if found.get("Status", "ACTIVE") == "ACTIVE"]
    except (AttributeError, KeyError, TypeError):
        raise broken("tracking categories with IDs, and options with IDs and names") from None


def option_lines(report: Object, category: Category) -> list[Object]:
    """Return a line for each line of a report and each option, numbered from 1; the sum of the options is left out.

    Raises:
        AttributeError, TypeError: rows, cells or attributes have another form.
        ValueError: an amount is no number.
        ReadingError: system, when a line has amounts of no column.
    """
    titles = header(report)[1:]
    places = [str(place) for place, _ in enumerate(titles)]  # columns go by their place, because titles may repeat
    whole = report_lines(report, [*places, str(len(places))])
    if any(line.get(str(len(places))) is not None for line in whole):
        raise broken("a title above each amount")
    if titles and _is_total(titles[-1]) and _is_sum(whole, places, category):
        del titles[-1], places[-1]
    ids = _option_ids(titles, category)
    lines = [
        {
            **{field: value for field, value in line.items() if not field.isdigit()},
            "TrackingCategoryID": category.category_id,
            "TrackingCategoryName": category.name,
            "TrackingOptionID": option_id,
            "TrackingOptionName": title,
            "Amount": line.get(place),
        }
        for line in whole
        for place, title, option_id in zip(places, titles, ids, strict=True)
    ]
    return [{**line, "LineNumber": number} for number, line in enumerate(lines, start=1)]


def _category(found: Object) -> Category:
    options = tuple((option["Name"], option["TrackingOptionID"]) for option in found.get("Options") or ())
    return Category(found["TrackingCategoryID"], found.get("Name"), options)


def _is_sum(lines: Sequence[Object], places: Sequence[str], category: Category) -> bool:
    """Tell whether the last column is Xero's, not that of an option of the same name."""
    if not any(_is_total(name) for name, _ in category.options):
        return True
    *others, last = places
    return all(sum(_decimal(line, place) for place in others) == _decimal(line, last) for line in lines)


def _is_total(title: str) -> bool:
    return title.strip().lower() == TOTAL


def _decimal(line: Object, place: str) -> Decimal:
    return Decimal(str(line.get(place) or 0))


def _option_ids(titles: Sequence[str], category: Category) -> list[str | None]:
    """Return the ID of each column's option, None where the title does not tell: columns have no ID of their own."""
    named = Counter(name for name, _ in category.options)
    ids = {name: option_id for name, option_id in category.options if named[name] == 1}
    # An option may have the name of the column for what has none, which comes after those of the options.
    own = len(titles) - 1 - titles[::-1].index(UNASSIGNED) if UNASSIGNED in titles else None
    shown = Counter(title for place, title in enumerate(titles) if place != own)
    return [ids.get(title) if place != own and shown[title] == 1 else None for place, title in enumerate(titles)]
