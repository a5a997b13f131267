"""The documents say what the code does: tables, settings, sentences, versions, links, commands and examples are compared."""

from __future__ import annotations

import ast
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from source_xero_gl.engine.flat import REFERENCES, FlatStream
from source_xero_gl.engine.reading import engine_stream
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.readers.changes.state import changes_state
from source_xero_gl.readers.changes.windows import Cut
from source_xero_gl.readers.journals.reader import ByNumber
from source_xero_gl.readers.journals.state import journal_state
from source_xero_gl.readers.passes import in_one_call
from source_xero_gl.readers.reports.month_ends import month_ends
from source_xero_gl.settings.settings import JournalSettings, parse_settings
from source_xero_gl.settings.specification import connection_specification
from source_xero_gl.streams import LEDGER_EXTRAS, LEDGER_STREAMS, STREAMS
from source_xero_gl.streams.journals import CashJournals
from source_xero_gl.xero.error_table import TABLE
from source_xero_gl.xero.scopes import SCOPES

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "source_xero_gl"
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "sources" / "xero-gl.md"
BEHAVIOUR = ROOT / "docs" / "behaviour.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PLATFORMS = ROOT / "docs" / "platforms.md"
OTHER_TOOL = ROOT / "docs" / "coming-from-another-tool.md"
AT_THE_TOP = [ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
DOCUMENTS = [README, *AT_THE_TOP, *sorted((ROOT / "docs").rglob("*.md"))]
BESIDE_THE_CODE = [ROOT / folder / "README.md" for folder in ("benchmarks", "dbt", "local_xero")]
EACH_DOCUMENT = pytest.mark.parametrize(
    "path", DOCUMENTS + BESIDE_THE_CODE, ids=lambda path: path.relative_to(ROOT).as_posix()
)
BOTH = pytest.mark.parametrize("path", [README, PAGE], ids=lambda path: path.name)

BY_NAME = {stream.name: stream for stream in STREAMS}
NAME = "Xero General Ledger"
NOTHING = "\N{EN DASH}"
"""The text of a table's cell that has nothing to say."""

HEADERS = [
    f"# {NAME}",
    "## Prerequisites",
    "## Setup guide",
    f"## Set up {NAME}",
    "### For Airbyte Cloud:",
    "### For Airbyte Open Source:",
    f"## Set up the {NAME} connector in Airbyte",
    "### For Airbyte Cloud:",
    "### For Airbyte Open Source:",
    "## Supported sync modes",
    "## Supported Streams",
    "## IP allow list",
    "### Performance considerations",
    "## Data type map",
    "## Limitations & Troubleshooting",
    "### Tutorials",
    "## Changelog",
]
"""Airbyte's order of headers for a source, as its own check has it (`make qa`)."""

FIXED = """\
This page contains the setup guide and reference information for the [NAME]\
(https://docs.airbyte.com/integrations/sources/xero-gl) source connector.
---
1. [Log into your Airbyte Cloud](https://cloud.airbyte.com/workspaces) account.
2. Click Sources and then click + New source.
3. On the Set up the source page, select NAME from the Source type dropdown.
4. Enter a name for the NAME connector.
---
1. Navigate to the Airbyte Open Source dashboard.
---
The NAME source connector supports the following [sync modes](https://docs.airbyte.com/cloud/core-concepts/#connection-sync-modes):
---
Now that you have set up the NAME source connector, check out the following NAME tutorials:
---
## IP allow list

If you use Airbyte Cloud and your organization restricts access to specific IPs, add the [Airbyte Cloud IP addresses]\
(https://docs.airbyte.com/platform/operating-airbyte/ip-allowlist) to your allow list.

---
## Changelog

<details>
  <summary>Expand to review</summary>
""".replace("NAME", NAME).split("\n---\n")
"""Sentences that Airbyte gives for the page of a source."""


def text(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """Return a document without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```$", "", text(path), flags=re.DOTALL | re.MULTILINE)


def tables(path: Path, first: str) -> list[list[list[str]]]:
    """Return the bodies of the tables whose first column is called ``first``."""
    found: list[list[list[str]]] = []
    for block in re.split(r"\n\s*\n", prose(path)):
        rows = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in block.splitlines() if "|" in line]
        if rows and rows[0][0].startswith(first):
            found.append(rows[2:])
    return found


def table(path: Path, first: str) -> list[list[str]]:
    """Return the one table whose first column is called ``first``."""
    (only,) = tables(path, first)
    return only


def codes(cell: str) -> list[str]:
    """Return what is set as code in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def headings(path: Path) -> list[str]:
    """Return the headings of a document."""
    return re.findall(r"^#{1,4} .+$", prose(path), flags=re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a document."""
    titles = [heading.lstrip("#").strip().lower() for heading in headings(path)]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def settings() -> dict[str, dict[str, Any]]:
    """Return the settings of the specification by path, the sign-in as one."""
    found: dict[str, dict[str, Any]] = {}
    for name, setting in connection_specification()["properties"].items():
        inner = setting.get("properties", {})
        found.update({f"{name}.{key}": field for key, field in inner.items()} or {name: setting})
    return found


def texts_of_the_code() -> Iterator[str]:
    """Yield every text of the package, with ``…`` for what is filled in when it is shown."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(text(path))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.sub(r"\{\w+\}", "…", node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
                yield re.sub(r"\{\w+\}", "…", "".join(parts))


def blocks(path: Path, language: str) -> list[str]:
    """Return a document's blocks of code in a language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", text(path), re.DOTALL | re.MULTILINE)


def asked_scopes() -> tuple[set[str], set[str]]:
    """Return the scopes that the sign-in of a platform always asks for, and those that it may leave out."""
    flow = yaml.safe_load(text(PACKAGE / "spec.yaml"))["advanced_auth"]["oauth_config_specification"]
    asked = flow["oauth_connector_input_specification"]
    always, optional = ({scope["scope"] for scope in asked[name]} for name in ("scopes", "optional_scopes"))
    return always, optional


def suggested_streams() -> list[str]:
    """Return the streams that a platform chooses unless a person chooses others."""
    names: list[str] = yaml.safe_load(text(ROOT / "metadata.yaml"))["data"]["suggestedStreams"]["streams"]
    return names


def selected(query: str, **tables: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return what a query of the documents finds in tables."""
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    try:
        for name, rows in tables.items():
            columns = ", ".join(rows[0])
            database.execute(f"create table {name} ({columns})")
            places = ", ".join(f":{column}" for column in rows[0])
            database.executemany(f"insert into {name} values ({places})", rows)  # noqa: S608 - no input: the names are constants of this project
        return [dict(row) for row in database.execute(query)]
    finally:
        database.close()


def examples() -> list[Any]:
    """Return the JSON examples of all documents, as parameters of a test."""
    found = []
    for path in DOCUMENTS:
        for number, block in enumerate(blocks(path, "json")):
            found.append(pytest.param(block, id=f"{path.name}-{number}"))
    return found


def test_streams_of_the_readme_are_those_of_the_code() -> None:
    """The README lists every stream with its key and its cursor, in the order of the code."""
    told = [(codes(row[0]), ["TenantID", *codes(row[2])], row[3].strip("`")) for row in table(README, "Stream")]
    assert told == [([stream.name], stream.primary_key, stream.cursor_field or NOTHING) for stream in STREAMS]


def test_streams_of_the_page_are_those_of_the_code() -> None:
    """The user page lists every stream with primary key, cursor and endpoint, and the calls that each of them takes."""
    streams, calls = tables(PAGE, "Stream")
    told = [(*codes(row[0]), codes(row[1]), codes(row[2])) for row in streams]
    assert told == [
        (stream.name, stream.primary_key, [stream.cursor_field] if stream.cursor_field else []) for stream in STREAMS
    ]
    assert [row[4].split("]")[0] for row in streams] == [f"[{stream.parent.path}" for stream in STREAMS]
    assert [codes(row[0])[0] for row in calls] == [stream.name for stream in STREAMS]


def test_every_stream_has_its_scope() -> None:
    """The table of scopes names every stream, and the scopes that the sign-in of a platform asks for."""
    rows = table(PAGE, "Needed for")
    named = [name for row in rows for name in codes(row[0])]
    assert sorted(named) == sorted(stream.name for stream in STREAMS)
    always, optional = asked_scopes()
    assert {scope for row in rows for scope in codes(row[1])} == always | optional
    assert [row[0] for row in rows if (row[3] == "always") != (codes(row[1])[0] in always)] == []
    assert {row[3] for row in rows} == {"always", "optional"}


def test_scopes_are_those_of_the_code() -> None:
    """The table of scopes gives each stream the scopes of which one is enough, the granular one first."""
    rows = table(PAGE, "Needed for")
    told = {name: [*codes(row[1]), *codes(row[2])] for row in rows for name in codes(row[0])}
    assert told == {stream.name: [*SCOPES[stream.parent.path]] for stream in STREAMS}


def test_sign_in_by_hand_asks_for_every_scope() -> None:
    """The address of the sign-in by hand names all scopes of the table, that of journals last, where it is easily removed."""
    (address,) = (line.strip() for line in blocks(PAGE, "text") if "authorize?" in line)
    (scopes,) = parse_qs(urlsplit(address).query)["scope"]
    always, optional = asked_scopes()
    assert sorted(scopes.split()) == sorted(always | optional)
    assert scopes.endswith(" accounting.journals.read")


def test_sync_modes_are_those_of_the_streams() -> None:
    """The user page gives each stream the sync modes that ``discover`` offers."""
    names = {"Full Refresh": "full_refresh", "Incremental": "incremental"}
    told = {codes(row[0])[0]: [names[mode] for mode in row[5].split(", ")] for row in tables(PAGE, "Stream")[0]}
    offered = {stream.name: engine_stream(stream).as_airbyte_stream().supported_sync_modes for stream in STREAMS}
    assert told == {name: [mode.value for mode in modes] for name, modes in offered.items()}


def test_header_fields_of_flat_tables_are_those_of_the_code() -> None:
    """The user page lists what each row of a flat table carries of its header."""
    told = {name: codes(row[1]) for row in table(PAGE, "Flat table") for name in codes(row[0])}
    flat = [stream for stream in STREAMS if isinstance(stream, FlatStream)]
    assert told == {
        stream.name: [
            column
            for field in stream.header
            if field != stream.tracking_field
            for column in REFERENCES.get(field, [field])
        ]
        for stream in flat
    }


def test_streams_without_a_cursor_have_a_reason() -> None:
    """The user page says of every stream that is read whole each time why it is."""
    told = [name for row in table(PAGE, "Read whole") for name in codes(row[0])]
    assert sorted(told) == sorted(stream.name for stream in STREAMS if stream.cursor_field is None)


def test_lists_that_may_be_too_long_are_told_apart() -> None:
    """The user page says which lists are read in windows when Xero refuses them, and how a single day is split."""
    rows = table(PAGE, "More than 100,000")
    told = {name: row[1] for row in rows for name in codes(row[0])}
    readers = {stream.name: stream.parent.reader for stream in STREAMS}
    lists = {
        name: reader
        for name, reader in readers.items()
        if isinstance(reader, ByChange) and reader.way is not in_one_call
    }
    windows = {name for name, reader in lists.items() if reader.cut}
    assert {name for name, how in told.items() if how.startswith("in windows by date")} == windows
    assert lists.keys() <= told.keys()
    for name, reader in lists.items():
        cut = reader.cut or Cut()
        assert ("by type" in told[name], "by status" in told[name]) == (bool(cut.types), bool(cut.statuses))


def test_worked_example_adds_up() -> None:
    """The example of a whole organisation's calls adds up, and leaves out no stream but those that it says."""
    *rows, total = table(PAGE, "What is read")
    for column in (1, 2):
        assert sum(int(row[column]) for row in rows) == int(total[column].strip("*"))
    told = [name for row in rows for name in codes(row[0])]
    off = {"reports.cash_basis", "reports.by_tracking", "reports.bank_summary"}
    left_out = {s.name for s in STREAMS if isinstance(s.parent, CashJournals) or s.parent.switch in off}
    assert sorted(told) == sorted(stream.name for stream in STREAMS if stream.name not in left_out)


def test_streams_of_a_ledger_without_journals_are_those_of_the_code() -> None:
    """The page lists the streams that are needed, then those that are optional, with their scopes; their calls add up."""
    *rows, total = table(PAGE, "Read for the ledger")
    optional = [row[0].startswith("optional") for row in rows]
    assert optional == sorted(optional)
    for names, extra in ((LEDGER_STREAMS, False), (LEDGER_EXTRAS, True)):
        told = [
            name for row, is_extra in zip(rows, optional, strict=True) if is_extra is extra for name in codes(row[0])
        ]
        assert sorted(told) == sorted(names)
    for row in rows:
        assert {SCOPES[BY_NAME[name].path][0] for name in codes(row[0])} == set(codes(row[1]))
    for column in (2, 3):
        assert sum(int(row[column]) for row in rows) == int(total[column].strip("*"))


def test_streams_of_other_connectors_lead_somewhere() -> None:
    """Whoever comes from another connector finds each of its streams once: a stream of ours, or why there is none."""
    rows = table(PAGE, "Their stream")
    assert len({row[0] for row in rows}) == len(rows)
    assert [name for row in rows for name in codes(row[3]) if name not in BY_NAME] == []
    assert {codes(row[0])[0] for row in rows if row[3] == NOTHING} == {"employees", "expense_claims", "receipts"}


def test_suggested_streams_need_no_optional_scope() -> None:
    """A sign-in with the scopes that are always asked for reads what is suggested, but for journals, which ``check`` probes."""
    always, _ = asked_scopes()
    others = [BY_NAME[name] for name in suggested_streams() if not isinstance(BY_NAME[name].parent.reader, ByNumber)]
    assert [stream.name for stream in others if SCOPES[stream.parent.path][0] not in always] == []


def test_files_for_fivetrans_package_are_the_examples() -> None:
    """The page shows the files of the example as they are, and the example finds its database as our own package does."""
    example, page = ROOT / "dbt" / "examples" / "fivetran", ROOT / "docs" / "dbt.md"
    assert blocks(page, "yaml") == [text(example / "packages.yml"), text(example / "dbt_project.yml")]
    assert text(example / "profiles.yml") == text(ROOT / "dbt" / "profiles.yml")


def test_current_invoice_lines_are_those_of_the_last_edit() -> None:
    """An invoice that was edited from five lines to three counts three; one that was voided without lines counts none."""
    edited, voided = {"tenantid": "t", "invoiceid": "edited"}, {"tenantid": "t", "invoiceid": "voided"}
    lines = [{**edited, "linenumber": n, "updateddateutc": 2 if n <= 3 else 1} for n in range(1, 6)]
    lines.append({**voided, "linenumber": 1, "updateddateutc": 1})
    invoices = [{**edited, "updateddateutc": 2}, {**voided, "updateddateutc": 2}]
    (query,) = (block for block in blocks(PAGE, "sql") if "invoice_line_items" in block)
    found = selected(query, invoice_line_items=lines, invoices=invoices)
    assert [(row["invoiceid"], row["linenumber"]) for row in found] == [("edited", 1), ("edited", 2), ("edited", 3)]


def test_current_report_lines_are_those_of_the_last_report() -> None:
    """A month that had three lines and has two now counts two; another month keeps its own."""
    month, other = {"tenantid": "t", "date": "2026-10-31"}, {"tenantid": "t", "date": "2026-09-30"}
    lines = [{**month, "linenumber": n, "updateddateutc": 2 if n <= 2 else 1} for n in range(1, 4)]
    lines.append({**other, "linenumber": 1, "updateddateutc": 1})
    (query,) = (block for block in blocks(PAGE, "sql") if "trial_balance_lines" in block)
    found = selected(query, trial_balance_lines=lines)
    assert [(row["date"], row["linenumber"]) for row in found] == [
        ("2026-10-31", 1),
        ("2026-10-31", 2),
        ("2026-09-30", 1),
    ]


@BOTH
def test_settings_are_those_of_the_specification(path: Path) -> None:
    """README and user page list every setting once, and no other."""
    assert sorted(codes(row[0])[0] for row in table(path, "Setting")) == sorted(settings())


def test_titles_and_defaults_are_those_of_the_form() -> None:
    """The user page gives each setting the title and the default of the form."""
    for row in table(PAGE, "Setting"):
        setting = settings()[codes(row[0])[0]]
        default = [json.dumps(setting["default"])] if "default" in setting else [NOTHING]
        assert row[1:3] == [setting["title"], *default]


def test_filters_that_leave_something_out_are_all_explained() -> None:
    """The user page says of every filter what is missing with it."""
    told = {codes(row[0])[0] for row in table(PAGE, "Filter")}
    filters = {name for name in settings() if name.startswith(("journals.", "invoices.", "reports."))}
    assert told == filters - {"invoices.reread_days"}


def test_prerequisites_name_every_required_setting() -> None:
    """Whatever a form requires stands under Prerequisites by its title."""
    section = text(PAGE).split("## Prerequisites")[1].split("\n## ")[0]
    credentials = connection_specification()["properties"]["credentials"]
    required = {credentials["title"]}
    for option in credentials["oneOf"]:
        required |= {option["properties"][name]["title"] for name in option["required"]}
    assert [title for title in sorted(required) if f"**{title}**" not in section] == []


def test_field_anchors_point_to_settings() -> None:
    """Each part of the page that a form scrolls to belongs to settings that exist."""
    fields = [name for names in re.findall(r'<FieldAnchor field="(.+?)">', text(PAGE)) for name in names.split(",")]
    kinds = [option["properties"]["auth_type"]["const"] for option in settings()["credentials"]["oneOf"]]
    expected = {f"credentials[{kind}]" for kind in kinds} | set(settings()) - {"credentials"}
    assert set(fields) == expected
    assert text(PAGE).count("<FieldAnchor") == text(PAGE).count("</FieldAnchor>")


def test_every_row_of_the_error_table_has_its_line() -> None:
    """Troubleshooting has a line for each row of the error table, with the beginning of its sentence, in the same order."""
    lines = [row[0] for row in tables(PAGE, "What you see")[0]]
    sentences = [re.sub(r"\{\w+\}", "…", row.sentence) for row in TABLE]
    assert len(lines) == len(sentences)
    for line, sentence in zip(lines, sentences, strict=True):
        assert sentence.startswith(line.removesuffix("…").rstrip())


def test_every_message_of_troubleshooting_is_one_of_the_code() -> None:
    """What the page says one sees is what the connector says, and every line says what to do."""
    known = list(texts_of_the_code())
    for row in [row for part in tables(PAGE, "What you see") for row in part]:
        assert len(row) == 3
        assert all(row)
        start = row[0].removesuffix("…").rstrip()
        assert any(start in sentence or start.removeprefix("… ") in sentence for sentence in known), row[0]


@BOTH
def test_environment_variables_are_those_of_the_code(path: Path) -> None:
    """README and user page list every variable that the connector reads, and no other."""
    read = set(re.findall(r'"(XERO_[A-Z_]+)"', text(PACKAGE / "settings" / "environment.py")))
    assert {name for row in table(path, "Environment variable") for name in codes(row[0])} == read


def test_version_is_the_same_everywhere() -> None:
    """Package, metadata, image, changelog and user page carry one version."""
    versions = {
        *re.findall(r'^VERSION = "(.+)"$', text(ROOT / "setup.py"), re.MULTILINE),
        yaml.safe_load(text(ROOT / "metadata.yaml"))["data"]["dockerImageTag"],
        *re.findall(r'^version = "(.+)"$', text(ROOT / "pyproject.toml"), re.MULTILINE),
        *re.findall(r'io\.airbyte\.version="(.+)"', text(ROOT / "Dockerfile")),
        re.findall(r"^## \[(\d.+)\]", text(ROOT / "CHANGELOG.md"), re.MULTILINE)[0],
        table(PAGE, "Version")[0][0],
        *re.findall(r"the tag `(.+?)`", text(PAGE)),
    }
    assert len(versions) == 1


def test_changelog_of_the_page_has_every_version() -> None:
    """The user page lists the versions of the changelog with their dates."""
    released = re.findall(r"^## \[(\d[^\]]*)\] - (\S+)$", text(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert [(row[0], row[1]) for row in table(PAGE, "Version")] == released


def test_headers_of_the_page_are_in_order() -> None:
    """The page has all headers of Airbyte's template in their order; the name is that of the metadata."""
    assert yaml.safe_load(text(ROOT / "metadata.yaml"))["data"]["name"] == NAME
    assert [heading for heading in headings(PAGE) if heading in HEADERS] == HEADERS


def test_page_has_the_fixed_sentences() -> None:
    """The page has the sentences that Airbyte prescribes, and every hidden part is closed."""
    assert [sentence for sentence in FIXED if sentence not in text(PAGE)] == []
    assert text(PAGE).count("<HideInUI>") == text(PAGE).count("</HideInUI>")
    for name in ("oss", "cloud"):
        assert text(PAGE).count(f"<!-- env:{name} -->") == text(PAGE).count(f"<!-- /env:{name} -->")


@EACH_DOCUMENT
def test_links_and_anchors_resolve(path: Path) -> None:
    """Each link within the project leads to a file, and to a heading of it where it names one."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", prose(path))
    for target, anchor in links:
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), anchor


@EACH_DOCUMENT
def test_web_addresses_use_tls(path: Path) -> None:
    """Documents send nobody to an address without TLS, but for loopback."""
    assert re.findall(r"\bhttp://(?!localhost|127\.0\.0\.1)\S+", text(path)) == []


@EACH_DOCUMENT
def test_commands_exist(path: Path) -> None:
    """Each make command that a document names is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = re.findall(r"`make ([a-z-]+)", prose(path))
    for block in re.findall(r"^ *```\w*\n(.*?)^ *```$", text(path), re.DOTALL | re.MULTILINE):
        named += re.findall(r"^ *(?:\$ )?make ([a-z-]+)", block, re.MULTILINE)
    assert [name for name in named if name not in targets] == []


def test_number_of_streams_is_told() -> None:
    """The README says how many streams there are, and how many are left for an app that may not read journals."""
    told = " ".join(text(README).split())
    others = [stream for stream in STREAMS if SCOPES[stream.parent.path] != SCOPES[BY_NAME["journals"].path]]
    assert f"[{len(STREAMS)} streams](#streams)" in told
    assert f"the other {len(others)} tables" in told


def test_first_screen_says_who_may_read_journals_and_what_is_not_verified() -> None:
    """A newcomer reads both before the first heading behind the title, beside each other."""
    first = " ".join(text(README).partition("\n## ")[0].split())
    assert "lets few apps read journals" in first
    assert "not verified against the live Xero" in first


def test_sample_for_pyairbyte_is_one_and_keeps_the_token() -> None:
    """README and the page of platforms show one sample; it has a callback, without which the refresh token is lost."""
    (sample,) = blocks(README, "python")
    assert blocks(PLATFORMS, "python") == [sample]
    assert "config_change_callback=rotated" in sample


def test_settings_for_those_who_come_from_another_tool_exist() -> None:
    """The page for them names settings that exist, by the titles of the form."""
    named = re.findall(r"\*\*([^*]+)\*\* \(`([a-z_.]+)`\)", text(OTHER_TOOL))
    assert len(named) > 5
    assert [(title, name) for title, name in named if settings().get(name, {}).get("title") != title] == []


@pytest.mark.parametrize("block", examples())
def test_examples_are_what_they_show(block: str) -> None:
    """Each JSON example parses; configs are accepted, an ellipsis filled in, and states come back as they were read."""
    example = json.loads(block.replace("\N{HORIZONTAL ELLIPSIS}", "filled-in"))
    if "credentials" in example:
        parse_settings(example)
    elif "JournalNumber" in example:
        assert journal_state(example, JournalSettings()).as_blob(example["TenantID"]) == example
    elif "Date" in example:
        assert month_ends(example, None).as_blob(example["TenantID"]) == example
    else:
        assert changes_state(example, None).as_blob(example["TenantID"]) == example


@pytest.mark.parametrize(
    ("cursor", "nested"),
    [("JournalNumber", ["backfill", "missing"]), ("UpdatedDateUTC", ["backfill", "windows"]), ("Date", [])],
)
def test_table_of_a_state_names_every_key(cursor: str, nested: list[str]) -> None:
    """Behind the example of a state every key of it is explained."""
    shown = [json.loads(block) for block in blocks(BEHAVIOUR, "json")]
    state = next(block for block in shown if cursor in block)
    explained = next(part for part in tables(BEHAVIOUR, "Key") if codes(part[0][0]) == [cursor])
    names = {name for row in explained for name in codes(f"{row[0]} {row[1]}")}
    parts = [state]
    for name in nested:
        parts += state[name] if isinstance(state[name], list) else [state[name]]
    assert {key for part in parts for key in part} <= names


def test_behaviours_are_numbered_and_say_why() -> None:
    """Behaviours are numbered from one without a gap, and each says why it matters."""
    points = re.split(r"^(?=\d+\. \*\*)", text(BEHAVIOUR), flags=re.MULTILINE)[1:]
    assert [int(point.split(".")[0]) for point in points] == list(range(1, len(points) + 1))
    assert [point[:40] for point in points if point.count("*Why:*") != 1] == []


def test_every_module_has_its_concept() -> None:
    """The architecture names every module of the package, and no other."""
    modules = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"}
    assert {codes(row[0])[0] for row in table(ARCHITECTURE, "Module")} == modules


@EACH_DOCUMENT
def test_files_that_are_named_exist(path: Path) -> None:
    """A path in a document leads to a file or folder of the project."""
    folders = (
        "source_xero_gl|local_xero|demo|tools|unit_tests|integration_tests|schemas|docs|dbt|deploy|benchmarks|\\.ci"
    )
    named = re.findall(rf"`((?:{folders})/[\w./-]*)`", text(path))
    expected = {"unit_tests/integration/", "docs/integrations/sources/xero-gl.md"}  # of Airbyte's repository
    assert [name for name in named if not (ROOT / name).exists() and name not in expected] == []
