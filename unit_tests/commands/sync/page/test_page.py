"""What ``ledger.html`` says of a ledger of which everything is known."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from source_xero_gl.commands.sync.databases import DuckDbFile
from source_xero_gl.commands.sync.page import Cost, NoLedgerError, write_page
from unit_tests.commands.sync.page.small_ledger import APRIL, BANK, MARCH, MAY, TENANT, SmallLedger

SECOND = "22222222-2222-4222-8222-222222222222"
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>&amp;\n\u202eevil\u2066{{ 7*7 }}</style>"
HARMLESS = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>&amp; evil {{ 7*7 }}</style>"


class Page(HTMLParser):
    """The page as a browser reads it: its texts, its elements with their attributes, the rows of its tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self._cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self._cell = tag in ("td", "th") or (self._cell and tag == "bdi")

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)
        if self._cell and self.rows:
            self.rows[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        """Note where a cell ends."""
        self._cell = self._cell and tag not in ("td", "th")

    @property
    def text(self) -> str:
        """All texts, each space once."""
        return " ".join(" ".join(self.texts).split())

    def row(self, label: str) -> list[str]:
        """Return the amounts of the one row with a label in a table of amounts."""
        (found,) = [row[1:] for row in self.rows if row and row[0] == label and len(row) > 1 and any(row[1:])]
        return found


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SmallLedger]:
    """Give a ledger without figures."""
    small = SmallLedger(tmp_path)
    yield small
    small.close()


def shown(ledger: SmallLedger, cost: Cost | None = None, as_at: dt.date | None = None) -> Page:
    """Write the page, and read it."""
    ledger.close()
    target = ledger.path.with_name("ledger.html")
    write_page(DuckDbFile(ledger.path), target, cost, as_at)
    return Page(target.read_text(encoding="utf-8"))


def test_a_ledger_that_agrees_says_so_first(ledger: SmallLedger) -> None:
    """All cells agree: the heading says it, the sentence counts them."""
    ledger.bank(APRIL, 10)
    ledger.proof(MARCH)
    ledger.proof(APRIL)
    page = shown(ledger)
    assert "Agrees with Xero 2 of 2 account-months agree to the cent." in page.text
    assert "≠" not in page.text


def test_one_cent_of_difference_is_seen(ledger: SmallLedger) -> None:
    """A difference without a reason is the first thing that the page says, and where it is."""
    ledger.bank(APRIL, 10)
    ledger.proof(MARCH)
    ledger.proof(APRIL, -0.01)
    page = shown(ledger)
    assert "Does not agree with Xero 1 of 2 account-months agree to the cent; 1 differs." in page.text
    titles = [attributes["title"] for tag, attributes in page.elements if tag == "td" and "title" in attributes]
    assert titles == ["090 Bank, Apr 2026: differs, \N{MINUS SIGN}0.01"]


def test_a_difference_with_a_reason_is_no_error(ledger: SmallLedger) -> None:
    """What Xero keeps out of its journals is named and does not spoil the verdict."""
    ledger.bank(APRIL, 10)
    ledger.proof(MARCH)
    ledger.proof(APRIL, 3, "bank account in a foreign currency")
    assert (
        "Agrees with Xero 1 of 2 account-months agree to the cent; 1 holds revalued money in foreign banks."
        in shown(ledger).text
    )


def test_what_was_not_compared_does_not_count_as_agreeing(ledger: SmallLedger) -> None:
    """A month without a trial balance is told, and is none of the compared ones."""
    ledger.bank(APRIL, 10)
    ledger.add("xero_gl.general_ledger", (TENANT, APRIL.replace(day=3), *BANK, 7))
    assert "Not compared with Xero There is no month end" in shown(ledger).text
    ledger.proof(MARCH)
    text = shown(ledger).text
    assert "1 of 1 account-months agree to the cent; 1 is not compared, for want of a trial balance." in text


def test_a_rebuilt_ledger_tells_what_documents_do_not_explain(ledger: SmallLedger) -> None:
    """The balances of a rebuilt ledger agree by how it is made: what counts is what documents explain."""
    ledger.organisation("Fernside Supplies", has_journals=False)
    ledger.bank(APRIL, 10)
    ledger.cell("OPENING", month=MARCH)
    ledger.cell("EXPLAINED")
    ledger.cell("UNEXPLAINED", "conversion balances", unexplained=5, month=MAY)
    ledger.proof(APRIL)
    text = shown(ledger).text
    assert "Agrees with Xero, but documents do not explain everything 1 of 2 account-months agree to the cent;" in text
    assert "1 holds the conversion balances; 1 is an opening balance." in text


@pytest.mark.parametrize(
    "wrong", ["a bank that must be explained", "a balance", "a balance in a month without documents"]
)
def test_a_rebuilt_ledger_that_is_wrong_does_not_agree(ledger: SmallLedger, wrong: str) -> None:
    """Money that no document explains, and a balance that is not Xero's, are errors also where documents look fine."""
    ledger.organisation("Fernside Supplies", has_journals=False)
    ledger.bank(APRIL, 10)
    if wrong == "a bank that must be explained":
        ledger.cell("UNEXPLAINED", unexplained=5, fails=True)
    else:
        ledger.cell("EXPLAINED", month=APRIL if wrong == "a balance" else MARCH)
        ledger.proof(APRIL, 1)
    text = shown(ledger).text
    assert "Does not agree with Xero" in text
    assert "; 1 must be explained." in text


def test_the_statements_have_the_ledgers_figures(ledger: SmallLedger) -> None:
    """Months come newest first; the total is of twelve months; profit is income less costs."""
    for month, sales, rent in ((MARCH.replace(year=2025), 1, 0), (MARCH, 700, 200), (APRIL, 300, 400)):
        ledger.sold(month, sales)
        ledger.rented(month, rent)
    ledger.bank(MARCH, 500)
    ledger.bank(APRIL, 400.5)
    page = shown(ledger)
    assert page.row("200 Sales")[:3] == ["1,000", "300", "700"]
    assert page.row("Profit")[:3] == ["400", "\N{MINUS SIGN}100", "500"]
    assert page.row("Net assets") == ["400.50", "500.00", "0.00"]
    assert "Profit, 12 months 400 Bank and cards 400 Owed to us" in page.text


def test_statements_go_back_a_year(ledger: SmallLedger) -> None:
    """Twelve months of profit, and the balance a year before the last."""
    ledger.sold(MAY.replace(year=2025), 5)
    ledger.sold(APRIL.replace(year=2025), 900)
    ledger.bank(APRIL.replace(year=2025), 30)
    ledger.bank(APRIL, 20)
    page = shown(ledger)
    assert page.row("200 Sales") == ["5", *["\N{EN DASH}"] * 11, "5"]
    assert page.row("Total Bank") == ["20.00", "0.00", "30.00"]


def test_the_chart_draws_income_costs_and_profit(ledger: SmallLedger) -> None:
    """A bar for each month with income, and one for each with costs; a line of twelve months."""
    ledger.bank(APRIL, 10)
    ledger.sold(MARCH, 100)
    ledger.sold(APRIL, 100)
    ledger.rented(APRIL, 50)
    page = shown(ledger)
    bars = [
        (attributes["class"], float(attributes["height"] or 0)) for tag, attributes in page.elements if tag == "rect"
    ]
    assert bars == [("income", 180), ("income", 180), ("costs", 90)]
    assert page.html.count('<line class="line profit"') == 2 * 11  # one of profit, one of cash


def test_the_page_ends_with_the_month_in_which_it_was_read(ledger: SmallLedger) -> None:
    """A document of a later month moves no statement; the month of the reading is said to be unfinished."""
    ledger.bank(MAY, 10)
    ledger.bank(MAY.replace(year=2031), 99)
    page = shown(ledger)
    assert page.row("Net assets")[0] == "10.00"
    assert "read from Xero on 20 May 2026, 08:30 UTC. May 2026 was not over then." in page.text


def test_ages_are_those_of_the_last_month_end(ledger: SmallLedger) -> None:
    """Each bucket is summed on its side, the largest contacts are named, and what is overdue is said."""
    ledger.bank(APRIL, 10)
    late = [(TENANT, APRIL, f"c{number}", f"Customer {number}", "older", number) for number in range(1, 8)]
    ledger.add("xero_gl.aged_receivables", *late, (TENANT, APRIL, "c7", "Customer 7", "current", 100))
    ledger.add(
        "xero_gl.aged_payables", *((TENANT, APRIL, "c", "Shop", bucket, 2) for bucket in ("current", "1-30", "61-90"))
    )
    ledger.add("xero_gl.aged_receivables", (TENANT, MARCH, "c9", "Customer 9", "older", 1000))
    page = shown(ledger)
    assert page.row("Customer 7") == ["107.00", "100.00", "0.00", "0.00", "0.00", "7.00"]
    assert page.row("2 others")[0] == "3.00"
    assert page.row("Total owed to us")[0] == "128.00"
    assert "Owed to us 128 28 overdue We owe 6 4 overdue" in page.text
    assert "Customer 9" not in page.text


def test_in_the_middle_of_a_month_ages_are_those_of_the_day(ledger: SmallLedger) -> None:
    """What is due later in the month is not overdue yet; after the last month, its end counts."""
    ledger.bank(MAY, 10)
    ledger.add("xero_gl.aged_receivables", (TENANT, MAY, "c", "Customer", "1-30", 7))
    ledger.add("xero_gl.aged_receivables", (TENANT, dt.date(2026, 5, 20), "c", "Customer", "current", 7))
    page = shown(ledger, as_at=dt.date(2026, 5, 20))
    assert page.row("Customer") == ["7.00", "7.00", "0.00", "0.00", "0.00", "0.00"]
    assert "20 May 2026, in NZD" in page.text
    assert shown(ledger, as_at=dt.date(2026, 6, 3)).row("Customer") == ["7.00", "0.00", "7.00", "0.00", "0.00", "0.00"]


def test_contacts_of_the_same_name_are_not_one(ledger: SmallLedger) -> None:
    """Names need not be unique; IDs are."""
    ledger.bank(APRIL, 10)
    ledger.add("xero_gl.aged_payables", *((TENANT, APRIL, contact, "Twin", "1-30", 4) for contact in ("one", "two")))
    assert [row[1] for row in shown(ledger).rows if row[0] == "Twin"] == ["4.00", "4.00"]


def test_a_long_ledger_has_a_map_of_its_last_months_and_counts_all(ledger: SmallLedger) -> None:
    """An old difference is in the sentence and the table, though the map has no room for it."""
    ledger.bank(APRIL, 10)
    ledger.proof(MARCH.replace(year=2019), 2)
    ledger.proof(APRIL)
    page = shown(ledger)
    assert "May 2023 to Apr 2026." in page.text
    assert "1 of 2 account-months agree to the cent; 1 differs." in page.text
    assert "Earlier months are in the counts and in the table." in page.text
    assert ["090 Bank", "1", "1", "2.00", "no reason known"] in page.rows


def test_late_postings_are_summed_by_month(ledger: SmallLedger) -> None:
    """Debits are the size of what was posted; without any, the page says so."""
    ledger.bank(APRIL, 10)
    assert "Nothing was posted into a month that was done." in shown(ledger).text
    for amount in (8, -8):
        ledger.add("xero_gl.late_postings", (TENANT, MARCH, "AFTER THE REPORT", True, amount, "2026-05-02 10:00:00"))
    assert shown(ledger).row("Mar 2026, locked") == ["after the report", "2", "8.00", "2 May 2026"]


def test_texts_of_a_ledger_stay_texts(ledger: SmallLedger) -> None:
    """Names with tags, quotes, line breaks, or marks that turn the direction of text are shown and do nothing."""
    ledger.organisation(HOSTILE)
    ledger.bank(APRIL, 10, name=HOSTILE)
    ledger.add("xero_gl.trial_balance_proof", (TENANT, APRIL, "b", "090", HOSTILE, "ASSET", 1, None))
    ledger.add("xero_gl.aged_payables", (TENANT, APRIL, "c", HOSTILE, "older", 3))
    page = shown(ledger)
    assert page.text.count(HARMLESS) >= 5
    assert {tag for tag, _ in page.elements} & {"script", "img", "iframe", "object", "a"} <= {"a"}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.html)


def test_the_policy_allows_the_one_style_and_nothing_else(ledger: SmallLedger) -> None:
    """No script, no address of another host, no style in an attribute; the hash is that of the style as it stands."""
    ledger.bank(APRIL, 10)
    page = shown(ledger)
    (policy,) = [attributes["content"] for _, attributes in page.elements if "http-equiv" in attributes]
    (style,) = re.findall("<style>(.*?)</style>", page.html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    expected = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    assert policy == expected
    assert not re.search(r"https?://|url\(|@import", page.html)
    assert not [attributes for _, attributes in page.elements if "style" in attributes]


def test_several_organisations_have_a_chooser_with_their_verdicts(ledger: SmallLedger) -> None:
    """The first is chosen; figures of one are not those of the other."""
    ledger.organisation("Albany Books", tenant=SECOND)
    ledger.bank(APRIL, 10)
    ledger.bank(APRIL, 77, tenant=SECOND)
    ledger.proof(APRIL, 1)
    ledger.proof(APRIL, tenant=SECOND)
    page = shown(ledger)
    assert (
        page.text.index("Albany Books agrees Fernside Supplies 1 differs")
        < page.text.index("77.00")
        < page.text.index("10.00")
    )
    radios = [attributes for tag, attributes in page.elements if tag == "input"]
    assert ["checked" in radio for radio in radios] == [True, False]


def test_an_organisation_without_a_ledger_is_shown_as_not_compared(ledger: SmallLedger) -> None:
    """A first sync of an empty organisation ends with a page."""
    assert "Fernside Supplies" in shown(ledger).text
    assert "Not compared with Xero" in shown(ledger).text


@pytest.mark.parametrize(
    ("cost", "sentence"),
    [
        (Cost(1234, 75, 3766), "The last sync made 1,234 calls to Xero in 1 min; 3,766 more are allowed today."),
        (Cost(1, 2.4), "The last sync made 1 call to Xero in 2 s."),
        (Cost(60, 61, 0), "The last sync made 60 calls to Xero in 1 min; 0 more are allowed today."),
    ],
)
def test_the_page_ends_with_what_the_sync_cost(ledger: SmallLedger, cost: Cost, sentence: str) -> None:
    """Calls and time; the calls left today where Xero said them."""
    assert sentence in shown(ledger, cost).text


def test_where_the_cost_is_not_known_none_is_shown(ledger: SmallLedger) -> None:
    """A page that was made by itself speaks of no sync."""
    assert "The last sync" not in shown(ledger).text


def test_only_the_owner_may_read_the_page(ledger: SmallLedger) -> None:
    """It holds a company's books."""
    shown(ledger)
    assert ledger.path.with_name("ledger.html").stat().st_mode & 0o777 == 0o600


def test_a_file_without_a_ledger_is_an_error_that_quotes_no_data(tmp_path: Path) -> None:
    """The sentence says what to do; no page is written."""
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    for database in (empty, tmp_path / "missing.duckdb"):
        with pytest.raises(NoLedgerError, match="Run dbt build on it"):
            write_page(DuckDbFile(database), tmp_path / "ledger.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.duckdb"]


def test_the_database_is_only_read(ledger: SmallLedger) -> None:
    """Another program may read it at the same time, and no file is left beside it."""
    ledger.close()
    before = ledger.path.read_bytes()
    with duckdb.connect(str(ledger.path), read_only=True):
        shown(ledger)
    assert ledger.path.read_bytes() == before
    assert sorted(path.name for path in ledger.path.parent.iterdir()) == ["ledger.html", "xero.duckdb"]
