"""``ledger.html`` of two organisations that the connector read and dbt built, in headless Chromium.

Needs the Python package playwright and Debian's package chromium (or another Chromium or Chrome on the path), and PyAirbyte.
Screenshots and a printed page go to the folder that SCREENSHOTS names, else to a temporary one.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from integration_tests.true_books import land_true_books
from integration_tests.warehouse import Warehouse, duckdb_warehouse
from local_xero.process import XeroServerProcess
from source_xero_gl.commands.sync.databases import DuckDbFile
from source_xero_gl.commands.sync.page import write_page

playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the path: make test-platforms installs it"),
    pytest.mark.skipif(
        importlib.util.find_spec("airbyte") is None,
        reason="PyAirbyte is not installed: it supports Python 3.10 to 3.12",
    ),
]

HOSTILE = "<script>document.title = 'x'</script><b style='position:fixed'>\u202eK\u014dwhai"
LARGEST = 3_000_000
WIDE, NARROW = 1100, 400


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Read two organisations, one without journals, give an account a hostile name, and build the ledger."""
    folder = tmp_path_factory.mktemp("ledger")
    (folder / "landed").mkdir()
    with XeroServerProcess("everything", tenants=2, calls_per_minute=6000) as xero:
        books = land_true_books(xero, folder / "landed", kinds=("payroll",))
    built = duckdb_warehouse(books.database, folder)
    rebuilt = min(books.journals)
    built.execute(f"update accounts set name = '{HOSTILE.replace(chr(39), chr(39) * 2)}' where code = '200'")  # noqa: S608 - no input: the text is a constant above
    assert built.dbt("run", "--vars", f"{{xero_gl_rebuilt_tenants: ['{rebuilt}']}}").failures == {}
    return built


@pytest.fixture(scope="module")
def address(warehouse: Warehouse) -> str:
    """Write the page."""
    target = warehouse.folder / "ledger.html"
    write_page(DuckDbFile(Path(warehouse.settings["XERO_GL_DUCKDB"])), target)
    assert target.stat().st_size < LARGEST
    return target.as_uri()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run a browser for the module."""
    with playwright.sync_playwright() as driver:
        # Chromium's sandbox does not start for root; the browser sees one file of ours alone.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """Open the page, offline; a request, a breach of its policy, or a failing script fails the test."""
    profile = chromium.new_context(viewport={"width": WIDE, "height": 900}, offline=True)
    window, faults = profile.new_page(), []
    window.on("request", lambda request: faults.append(request.url) if request.url != address else None)
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("console", lambda line: faults.append(line.text))
    window.goto(address)
    yield window
    profile.close()
    assert [fault for fault in faults if not fault.startswith("data:")] == []


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of screenshots."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def visible(page: Page) -> str:
    """Return the heading of the organisation that is shown: exactly one is."""
    (heading,) = [text for text in page.locator("h1").all() if text.is_visible()]
    return str(heading.inner_text())


def test_counts_and_figures_are_those_of_the_database(page: Page, warehouse: Warehouse) -> None:
    """The proof, the map and net assets of each organisation, counted in SQL a second time."""
    organisations = warehouse.rows(
        "select tenantid, has_journals from xero_gl_steps.int_xero_gl__organisations order by lower(name), tenantid"
    )
    assert sorted(journals for _, journals in organisations) == [False, True]
    for place, (tenant, has_journals) in enumerate(organisations, start=1):
        page.locator(f"#choose-{place}").check()
        if has_journals:
            sql = "select count(*) filter (difference = 0), count(*) from xero_gl.trial_balance_proof where tenantid = '{}'"
        else:
            sql = "select exact, account_months from xero_gl.ledger_coverage where tenantid = '{}'"
        ((agree, compared),) = warehouse.rows(sql.format(tenant))
        shown = page.locator(f"#organisation-{place}")
        assert f"{agree:,} of {compared:,} account-months agree to the cent" in shown.locator(".proof").inner_text()
        ((assets,),) = warehouse.rows(
            "select sum(balance) from xero_gl.balance_sheet_by_month where accountclass in ('ASSET', 'LIABILITY')"  # noqa: S608 - no input: the ID is the local Xero's
            f" and tenantid = '{tenant}' and monthend = (select max(monthend) from xero_gl.balance_sheet_by_month)"
        )
        row = shown.get_by_role("row", name="Net assets").first
        assert row.locator("td").first.inner_text() == f"{assets:,.2f}".replace("-", "\N{MINUS SIGN}")


def test_the_chooser_works_with_the_keyboard_alone(page: Page) -> None:
    """Tab goes past the link to the content to the chooser, an arrow shows the next organisation."""
    first = visible(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert visible(page) != first
    page.keyboard.press("ArrowUp")
    assert visible(page) == first


def test_a_table_behind_the_map_opens_with_the_keyboard(page: Page) -> None:
    """Every chart has its figures in a table; each that can scroll takes the focus."""
    summary = page.locator("summary:visible")
    summary.focus()
    page.keyboard.press("Enter")
    table = page.locator("details:visible table")
    assert table.is_visible()
    for region in page.get_by_role("region").all():
        assert region.get_attribute("tabindex") == ("0" if "wide" in (region.get_attribute("class") or "") else None)
    for picture in page.get_by_role("img").all():
        assert len(picture.get_attribute("aria-label") or "") > 20


def test_a_hostile_name_is_text(page: Page) -> None:
    """An account's name with a script, a style and a mark that turns the text is read as it is, but for the mark."""
    assert page.title() == "Ledger from Xero"
    assert page.locator("article script, article b").count() == 0
    assert page.get_by_role("row", name=HOSTILE.replace("\u202e", " ")).first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_window_is_too_narrow_for_the_page(
    page: Page, album: Path, scheme: Literal["light", "dark"], width: int
) -> None:
    """Nothing but the tables scrolls sideways; texts of charts keep their size."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.screenshot(path=album / f"ledger-{scheme}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(15, 20, 26)" if scheme == "dark" else "rgb(244, 246, 248)"
    )
    size = page.locator(".chart text >> visible=true").first.evaluate(
        "text => parseFloat(getComputedStyle(text).fontSize)"
    )
    assert size >= 10


def test_printed_every_column_is_on_the_paper(page: Page, album: Path) -> None:
    """On A4, landscape, no table is wider than the paper; the chooser is left out, and what is folded is shown."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1032, "height": 700})  # 273 mm at 96 dots per inch
    page.pdf(path=album / "ledger.pdf", prefer_css_page_size=True, print_background=True)
    widths = page.locator(".wide table >> visible=true").evaluate_all(
        "tables => tables.map(table => table.offsetWidth)"
    )
    assert widths
    assert max(widths) <= 1032
    assert not page.locator("fieldset").is_visible()
    assert page.locator("details:visible table").is_visible()
