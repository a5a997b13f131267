"""The page of PyPI: the README without links that lead nowhere, and what stands beside it."""

from __future__ import annotations

import re

import pytest

from unit_tests.setup_arguments import ROOT, setup_arguments

REPOSITORY = "https://git.example/books/xero"
LINKS = re.compile(r"\]\(([^)\s]+)\)")
BLOB = f"{REPOSITORY}/blob/v"


def within(repository: str) -> list[str]:
    """Return the targets of the page's links that lead to no other site."""
    page = str(setup_arguments(repository)["long_description"])
    return [target for target in LINKS.findall(page) if not re.match(r"https?://", target)]


@pytest.mark.parametrize("repository", ["", REPOSITORY])
def test_no_link_of_the_page_is_relative(repository: str) -> None:
    """A link within the repository leads to the file there, or goes when nobody has said where that is."""
    assert len(LINKS.findall((ROOT / "README.md").read_text(encoding="utf-8"))) > 20
    assert within(repository) == []


def test_links_lead_to_files_of_this_version() -> None:
    """Each link that was relative names the version's tag, and a file that is there."""
    arguments = setup_arguments(REPOSITORY)
    tag = f"{BLOB}{arguments['version']}/"
    ours = [target for target in LINKS.findall(arguments["long_description"]) if target.startswith(REPOSITORY)]
    assert len(ours) > 20
    assert [target for target in ours if not target.startswith(tag)] == []
    assert [path for target in ours if not (ROOT / (path := target.removeprefix(tag).partition("#")[0])).exists()] == []


def test_words_stay_without_an_address() -> None:
    """Nothing of the README is lost but the addresses of its links."""
    plain = re.sub(r"\[([^\[\]]+)\]\([^)\s]+\)", r"\1", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert re.sub(r"\[([^\[\]]+)\]\([^)\s]+\)", r"\1", setup_arguments()["long_description"]) == plain


def test_pages_beside_the_description_are_of_the_repository() -> None:
    """Source, documentation, changelog, issues and security have addresses where the repository's is known."""
    assert setup_arguments()["project_urls"] == {}
    addresses = setup_arguments(REPOSITORY)["project_urls"]
    assert list(addresses) == ["Source", "Documentation", "Changelog", "Issues", "Security"]
    files = [url.split("/", 7)[7] for url in addresses.values() if url.startswith(BLOB)]
    assert files == ["docs/sources/xero-gl.md", "CHANGELOG.md"]
    assert all((ROOT / name).is_file() for name in files)


def test_the_licence_is_an_expression_and_no_classifier() -> None:
    """PyPI takes one or the other."""
    arguments = setup_arguments()
    assert arguments["license_expression"] == "MIT"
    assert not [name for name in arguments["classifiers"] if name.startswith("License")]
    assert {"airbyte", "xero", "general-ledger"} <= {*arguments["keywords"]}
