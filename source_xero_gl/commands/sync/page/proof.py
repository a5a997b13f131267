"""Whether a ledger agrees with Xero: counts, a sentence, and a map of accounts by months."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from source_xero_gl.commands.sync.page import wording
from source_xero_gl.commands.sync.page.books import Books, Cell, months_until
from source_xero_gl.readers.months import month_of

MAP_MONTHS = 36
"""How many months the map shows; counts and the table behind it are of all."""

_KINDS = ("ASSET", "LIABILITY", "EQUITY", "REVENUE", "EXPENSE")
_MARKS = {"AGREES": "", "DIFFERS": "≠", "SET APART": "~", "OPENING": "o", "NOT COMPARED": "?"}
_HELD = {
    None: "amounts that no document explains",
    "conversion balances": "the conversion balances",
    "currency revaluation": "currency revaluations",
    "bank account in a foreign currency": "revalued money in foreign banks",
    "owed in several currencies": "revalued debts in foreign currencies",
}
"""How the sentence names the reasons of the models that do not read well in it; the others it names as they are."""


_WORDS = {
    "AGREES": "agrees to the cent",
    "DIFFERS": "differs",
    "SET APART": "with a difference that has a reason",
    "OPENING": "opening balance",
    "NOT COMPARED": "not compared",
}
_REBUILT_WORDS = _WORDS | {"DIFFERS": "must be explained", "SET APART": "not explained by documents"}


@dataclass(frozen=True)
class Square:
    """A square of the map. Its mark says without colours what its state says; the title is there where it does not agree."""

    state: str
    mark: str
    title: str


@dataclass(frozen=True)
class AccountRow:
    """One account.

    Attributes:
        squares: of the months of the map; None where it has nothing in a month.
        by_style: how many cells of all months have a state, by the state's class.
        reasons, largest: of what does not agree.
    """

    label: str
    squares: Sequence[Square | None]
    by_style: Mapping[str, int]
    reasons: Sequence[str]
    largest: Decimal


class Proof:
    """The comparison of one organisation's ledger with Xero's trial balances.

    A ledger of journals is compared balance by balance. A rebuilt one takes what it cannot explain from Xero, so that its
    balances agree: there each cell says whether documents explain what an account moved by in a month.
    """

    def __init__(self, books: Books) -> None:
        self._cells = books.cells
        self._has_journals = books.has_journals
        self._last = books.last
        self.states = Counter(cell.state for cell in books.cells)
        self.compared = sum(self.states[state] for state in ("AGREES", "SET APART", "DIFFERS"))

    @property
    def legend(self) -> Sequence[tuple[str, str, str, int]]:
        """Class, mark, words and number of the states that there are."""
        return [
            (_style(state), _MARKS[state], words, self.states[state])
            for state, words in self._words.items()
            if self.states[state]
        ]

    @property
    def _words(self) -> dict[str, str]:
        return _WORDS if self._has_journals else _REBUILT_WORDS

    @property
    def kind(self) -> str:
        """``bad``: there are differences without a reason; ``none``: nothing was compared; ``part``; ``good``."""
        if self.states["DIFFERS"]:
            return "bad"
        if not self.compared:
            return "none"
        return "part" if self.states["SET APART"] and not self._has_journals else "good"

    @property
    def title(self) -> str:
        """The answer in a few words."""
        return {
            "bad": "Does not agree with Xero",
            "none": "Not compared with Xero",
            "part": "Agrees with Xero, but documents do not explain everything",
            "good": "Agrees with Xero",
        }[self.kind]

    @property
    def short(self) -> str:
        """The answer in two or three words, for the list of organisations."""
        return {
            "bad": self._differing,
            "none": "not compared",
            "part": f"{self.states['SET APART']:,} unexplained",
            "good": "agrees",
        }[self.kind]

    @property
    def _differing(self) -> str:
        number = self.states["DIFFERS"]
        return f"{number:,} {'differs' if number == 1 else 'differ'}"

    @property
    def sentence(self) -> str:
        """The counts of account-months."""
        if not self.compared:
            return "There is no month end at which both Xero's trial balance and a ledger were read."
        parts = [f"{self.states['AGREES']:,} of {self.compared:,} account-months agree to the cent"]
        if differ := self.states["DIFFERS"]:
            parts.append(self._differing if self._has_journals else f"{differ:,} {self._words['DIFFERS']}")
        parts += self._set_apart()
        if opening := self.states["OPENING"]:
            parts.append(f"{opening:,} {'is an opening balance' if opening == 1 else 'are opening balances'}")
        if unknown := self.states["NOT COMPARED"]:
            parts.append(f"{unknown:,} {'is' if unknown == 1 else 'are'} not compared, for want of a trial balance")
        return "; ".join(parts) + "."

    def _set_apart(self) -> list[str]:
        reasons = Counter(cell.reason for cell in self._cells if cell.state == "SET APART").most_common()
        names = [(_HELD.get(reason) or wording.plain(reason), number) for reason, number in reasons]
        if len(names) == 1:
            ((name, number),) = names
            return [f"{number:,} {'holds' if number == 1 else 'hold'} {name}"]
        listed = ", ".join(f"{name} ({number:,})" for name, number in names)
        return [f"{self.states['SET APART']:,} {self._words['SET APART']}: {listed}"] if names else []

    @cached_property
    def months(self) -> Sequence[dt.date]:
        """The month ends of the map."""
        if self._last is None or not self._cells:
            return ()
        last = max(self._last, *(cell.month for cell in self._cells if cell.state != "NOT COMPARED"), dt.date.min)
        first = min(cell.month for cell in self._cells)
        return months_until(last, max(1, min(MAP_MONTHS, month_of(last).since(month_of(first)) + 1)))

    @property
    def is_cut(self) -> bool:
        """Whether there are cells of months before those of the map."""
        return any(cell.month < self.months[0] for cell in self._cells) if self.months else False

    @cached_property
    def rows(self) -> Sequence[AccountRow]:
        """The accounts in the order of the statements."""
        accounts: dict[str, list[Cell]] = {}
        for cell in self._cells:
            accounts.setdefault(cell.account_id, []).append(cell)
        return [self._row(cells) for cells in sorted(accounts.values(), key=_place)]

    def _row(self, cells: Sequence[Cell]) -> AccountRow:
        by_month = {cell.month: cell for cell in cells}
        odd = [cell for cell in cells if cell.state in ("DIFFERS", "SET APART")]
        label = wording.account(cells[0].code, cells[0].name)
        return AccountRow(
            label=label,
            squares=[self._square(label, by_month[day]) if day in by_month else None for day in self.months],
            by_style=Counter(_style(cell.state) for cell in cells),
            reasons=sorted({wording.plain(cell.reason) or "no reason known" for cell in odd}),
            largest=max((cell.amount for cell in odd), key=abs, default=Decimal(0)),
        )

    def _square(self, label: str, cell: Cell) -> Square:
        title = ""
        if cell.state != "AGREES":
            reason = f" ({wording.plain(cell.reason)})" if cell.reason else ""
            words = f"{self._words[cell.state]}, {wording.cents(cell.amount)}{reason}"
            title = f"{label}, {wording.month(cell.month)}: {words}"
        return Square(_style(cell.state), _MARKS[cell.state], title)


def _place(cells: Sequence[Cell]) -> tuple[int, str, str]:
    cell = cells[0]
    place = _KINDS.index(cell.kind) if cell.kind in _KINDS else len(_KINDS)
    return place, cell.code or "\uffff", cell.name or ""


def _style(state: str) -> str:
    return state.lower().replace(" ", "-")
