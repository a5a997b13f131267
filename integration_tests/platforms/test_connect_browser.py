"""``connect`` in headless Chromium against the local Xero's consent page.

Needs the Python package playwright and Debian's package chromium (or another Chromium or Chrome on the path).
Screenshots of each page, light and dark, wide and narrow, go to the folder that SCREENSHOTS names, else to a temporary one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration_tests.connect_process import Connect
from integration_tests.connector import Connector
from local_xero.process import XeroServerProcess

playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_CHROMIUM = "there is no Chromium on the path: make test-platforms installs it"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)

WIDE, NARROW = 1100, 320
TWINS = [
    {"tenantName": "Fernside Supplies"},
    {"tenantName": "K\u014dwhai & <Co>"},
    {"tenantName": "K\u014dwhai & <Co>"},
]
START, END, SINCE = "journals.starting_at_journal_id", "journals.ending_at_journal_id", "invoices.modified_since"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run a browser for the module."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            # Chromium's sandbox does not start for root; the browser sees two local servers alone.
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
            # Playwright turns the cache of pages off that people's browsers have: there Back shows a page as it was.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, xero: XeroServerProcess) -> Iterator[BrowserContext]:
    """Give a fresh browser profile; a request to anywhere but this computer fails its test."""
    profile = chromium.new_context(viewport={"width": WIDE, "height": 900}, reduced_motion="reduce")
    strangers: list[str] = []
    profile.on("request", lambda request: strangers.append(request.url))
    yield profile
    profile.close()
    assert not [url for url in strangers if not url.startswith(("http://localhost:", xero.url, "data:"))]


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Give a window; what breaks the pages' own policy, or a script that fails, fails its test."""
    window, faults = context.new_page(), []
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield window
    assert faults == []


@pytest.fixture
def connect(tmp_path: Path, xero: XeroServerProcess) -> Iterator[Connect]:
    """Run the command."""
    with Connect(tmp_path / "config.json", xero.environment()) as command:
        yield command


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of screenshots."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def photograph(page: Page, album: Path, name: str, title: str) -> None:
    """Wait for a page of that title and take it in four ways; none may be wider than its window."""
    page.get_by_role("heading", name=title, level=1).wait_for()
    page.wait_for_load_state("load")
    for scheme in ("light", "dark"):
        for width, size in ((NARROW, "narrow"), (WIDE, "wide")):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width}"
            page.screenshot(path=album / f"{name}-{scheme}-{size}.png", full_page=True)


def enter_app(page: Page, xero: XeroServerProcess) -> None:
    """Fill in the first page and press its button."""
    page.get_by_label("Client ID").fill(xero.line["client_id"])
    page.get_by_label("Client secret").fill(xero.line["client_secret"])
    page.get_by_role("button", name="Connect to Xero").click()


def test_the_whole_way_with_every_detour(
    connect: Connect, page: Page, xero: XeroServerProcess, connector: Connector, album: Path
) -> None:
    """Wrong app, denied consent, wrong filters, refused check: each page helps, and the way ends with a file that works."""
    xero.control("tenants", {"tenants": TWINS})
    page.goto(connect.address)
    photograph(page, album, "1-app", "Connect to Xero")
    page.get_by_label("Client ID").fill("with blanks")
    page.get_by_role("button", name="Connect to Xero").click()
    page.get_by_role("alert").wait_for()
    photograph(page, album, "2-app-wrong", "Connect to Xero")
    enter_app(page, xero)
    page.get_by_role("button", name="Cancel").click()
    photograph(page, album, "3-denied", "Access was not allowed")
    page.get_by_role("link", name="Connect again").click()
    enter_app(page, xero)
    page.get_by_label("Organisation data of").select_option(index=1)
    page.get_by_role("button", name="Allow access").click()
    _choose(page, album)
    xero.control("switches", {"journals_entitled": False})
    page.get_by_role("button", name="Save and check").click()
    photograph(page, album, "6-check-failed", "Saved, but the check failed")
    xero.control("switches", {"journals_entitled": True})
    page.get_by_role("button", name="Check again").click()
    photograph(page, album, "7-done", "Connected to")
    page.get_by_role("button", name="Finish").click()
    photograph(page, album, "8-ended", "All done")
    assert connect.ended() == 0
    assert connector.check(connect.config).outcome()[0] == "SUCCEEDED"


def _choose(page: Page, album: Path) -> None:
    """Choose an organisation and filters, wrong ones first."""
    photograph(page, album, "4-choose", "Choose what to read")
    assert page.get_by_role("radio").nth(1).is_checked()
    fields = {name: page.locator(f"[name='{name}']") for name in (START, END, SINCE)}
    fields[START].fill("500")
    fields[END].fill("10")
    page.get_by_label("Calls per minute").fill("61")
    page.get_by_role("button", name="Save and check").click()
    page.get_by_role("alert").wait_for()
    assert page.locator("[aria-invalid=true]").count() == 2
    page.get_by_role("link", name="Calls per minute must be").click()
    assert page.evaluate("document.activeElement.name") == "calls_per_minute"
    photograph(page, album, "5-choose-wrong", "Choose what to read")
    fields[START].fill("")
    page.get_by_label("Calls per minute").fill("")
    fields[SINCE].fill("2026-01-01")


def test_back_from_xeros_error_page(connect: Connect, page: Page, xero: XeroServerProcess, album: Path) -> None:
    """Xero shows its own error page; the browser's Back leads to the offer to connect without journals, which works."""
    xero.control("switches", {"forbidden_scopes": ["accounting.journals.read"]})
    page.goto(connect.address)
    page.get_by_label("Client ID").fill("with blanks")
    page.get_by_role("button", name="Connect to Xero").click()
    enter_app(page, xero)
    page.get_by_text("Invalid scope for client").wait_for()
    page.evaluate("history.back()")
    page.get_by_role("button", name="Connect without journals").wait_for()
    photograph(page, album, "9-back", "Connect to Xero")
    page.get_by_role("button", name="Connect without journals").click()
    page.get_by_role("button", name="Allow access").click()
    page.get_by_role("button", name="Save and check").click()
    page.get_by_role("heading", name="Connected to").wait_for()
    assert connect.kept()["journals"] == {"include": False}


def test_the_page_that_opens_the_browser(chromium: Browser, tmp_path: Path) -> None:
    """The file that the browser is handed leads to the pages: the address with the key is in no command line."""
    config, asked = tmp_path / "config.json", tmp_path / "asked"
    context = chromium.new_context()
    page = context.new_page()
    opener = tmp_path / "browser"
    opener.write_text(f'#!/bin/sh\necho "$@" > {asked}.part && mv {asked}.part {asked}\n', encoding="utf-8")
    opener.chmod(0o700)
    with Connect(config, {}, browser=opener):
        for _ in range(100):
            if asked.exists():
                break
            page.wait_for_timeout(100)
        address = asked.read_text(encoding="utf-8").strip()
        assert address.startswith("file://")
        page.goto(address)
        page.get_by_role("heading", name="Connect to Xero", level=1).wait_for()
        page.wait_for_timeout(1500)
        assert not list(tmp_path.glob("connect-*"))
    context.close()


def test_without_javascript(connect: Connect, chromium: Browser, xero: XeroServerProcess) -> None:
    """Everything but the copy buttons works without JavaScript."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(connect.address)
    enter_app(page, xero)
    page.get_by_role("button", name="Allow access").click()
    page.get_by_role("button", name="Save and check").click()
    page.get_by_role("heading", name="Connected to").wait_for()
    assert page.get_by_role("button", name="Copy").count() == 0
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("heading", name="All done").wait_for()
    context.close()
    assert connect.ended() == 0


def test_with_the_keyboard_alone(connect: Connect, page: Page, xero: XeroServerProcess) -> None:
    """From the first page to the last with Tab, Space, Enter and letters; where the focus is can be seen."""
    page.goto(connect.address)
    page.get_by_label("Client ID").focus()
    page.keyboard.type(xero.line["client_id"])
    page.keyboard.press("Tab")
    page.keyboard.type(xero.line["client_secret"])
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert not page.get_by_label("Read journals").is_checked()
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Allow access").press("Enter")
    page.locator(f"[name='{START}']").press("Enter")
    page.get_by_role("heading", name="Connected to").wait_for()
    assert connect.kept()["journals"] == {"include": False}


def test_secrets_are_masked_until_they_are_wanted(
    connect: Connect, context: BrowserContext, page: Page, xero: XeroServerProcess
) -> None:
    """Secrets are dots; Show shows one, Copy copies one, and the page that follows holds none."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(connect.address)
    enter_app(page, xero)
    page.get_by_role("button", name="Allow access").click()
    page.get_by_role("button", name="Save and check").click()
    secret = page.get_by_label("Client Secret")
    assert secret.get_attribute("type") == "password"
    row = page.locator("dd").filter(has=secret)
    row.get_by_role("button", name="Copy").click()
    row.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == xero.line["client_secret"]
    row.get_by_role("button", name="Show").click()
    assert secret.get_attribute("type") == "text"
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("heading", name="All done").wait_for()
    assert xero.line["client_secret"] not in page.content()


def test_the_focus_goes_to_what_is_wrong(connect: Connect, page: Page, xero: XeroServerProcess) -> None:
    """After an error the focus is on its summary, so that a screen reader reads it and Tab goes on from there."""
    focused = "document.activeElement.getAttribute('role')"
    page.goto(connect.address)
    assert page.evaluate(focused) is None
    page.get_by_role("button", name="Connect to Xero").click()
    page.get_by_text("Client ID is missing").wait_for()
    assert page.evaluate(focused) == "alert"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "client_id"
    enter_app(page, xero)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("heading", name="Access was not allowed").wait_for()
    assert page.evaluate(focused) == "alert"


def test_dates_are_picked(connect: Connect, page: Page, xero: XeroServerProcess) -> None:
    """A filter by date is a date field, whose value the settings take as it is; one half filled in is not sent."""
    page.goto(connect.address)
    enter_app(page, xero)
    page.get_by_role("button", name="Allow access").click()
    field = page.locator(f"[name='{SINCE}']")
    assert field.get_attribute("type") == "date"
    field.press("0")
    field.press("1")
    page.get_by_role("button", name="Save and check").click()
    assert field.evaluate("field => field.validity.badInput")
    assert page.get_by_role("heading", name="Choose what to read").is_visible()
    field.fill("2026-01-31")
    page.get_by_role("button", name="Save and check").click()
    page.get_by_role("heading", name="Connected to").wait_for()
    assert connect.kept()["invoices"] == {"modified_since": "2026-01-31"}


def test_streams_that_are_refused_are_named(connect: Connect, page: Page, xero: XeroServerProcess, album: Path) -> None:
    """Where the user may not read reports, the last page does not say that everything can be read: it names the streams."""
    page.goto(connect.address)
    page.get_by_label("Read journals").uncheck()
    enter_app(page, xero)
    page.get_by_role("button", name="Allow access").click()
    xero.control("switches", {"journals_permission": False})
    page.get_by_role("button", name="Save and check").click()
    photograph(page, album, "10-missing", "Connected to")
    told = page.get_by_role("status").inner_text()
    assert "every stream can be read" not in told
    assert all(name in told for name in ("journal_lines", "trial_balance_lines", "manual_journals"))
    assert "invoices" not in told


def test_several_organisations_with_the_keyboard_alone(
    tmp_path: Path, page: Page, xero: XeroServerProcess, connector: Connector, album: Path
) -> None:
    """In a folder the way goes on to the next organisation: with Tab and Enter, at 320 pixels, each page with one main button."""
    xero.control("tenants", {"tenants": TWINS})
    folder = tmp_path / "books"
    with Connect(folder, xero.environment(), "--folder", str(folder)) as connect:
        page.set_viewport_size({"width": NARROW, "height": 900})
        page.goto(connect.address)
        enter_app(page, xero)
        page.get_by_role("button", name="Allow access").press("Enter")
        page.get_by_role("button", name="Save and check").press("Enter")
        photograph(page, album, "11-connected", "Connected to Fernside Supplies")
        assert page.locator("button.primary").all_inner_texts() == ["Connect another organisation"]
        page.get_by_role("status").wait_for()
        page.get_by_role("link", name="Skip to the content").focus()
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText") == "Connect another organisation":
                break
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        photograph(page, album, "12-choose-another", "Choose what to read")
        group = page.get_by_role("group", name="Organisation")
        assert group.get_by_role("radio").count() == 2
        group.get_by_role("radio").first.press("Space")
        page.get_by_role("button", name="Save and check").press("Enter")
        page.get_by_role("heading", name="Connected to K\u014dwhai & <Co>").wait_for()
        page.get_by_role("button", name="Sign in for one more").press("Enter")
        page.get_by_label("Organisation data of").select_option(index=2)
        page.get_by_role("button", name="Allow access").press("Enter")
        page.get_by_role("button", name="Save and check").press("Enter")
        page.get_by_role("heading", name="Connected to K\u014dwhai & <Co>").wait_for()
        photograph(page, album, "13-all-connected", "Connected to K\u014dwhai & <Co>")
        assert page.get_by_role("list").filter(has_text="kowhai-co").get_by_role("listitem").count() == len(TWINS)
        page.get_by_role("button", name="Finish").press("Enter")
        assert connect.ended() == 0
    configs = [path for path in folder.glob("*.json") if not path.name.endswith(".tokens.json")]
    assert len(configs) == len(TWINS)
    assert {connector.check(path).outcome()[0] for path in configs} == {"SUCCEEDED"}
