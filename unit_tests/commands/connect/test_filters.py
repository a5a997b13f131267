"""The form's fields against the settings parser."""

from __future__ import annotations

from typing import Any

import pytest

from source_xero_gl.commands.connect.filters import FIELDS, faults, with_filters
from source_xero_gl.settings.settings import parse_settings

START, END, SINCE = (
    f"journals.{name}" for name in ("starting_at_journal_id", "ending_at_journal_id", "modified_since")
)
CREDENTIALS = {"credentials": {"auth_type": "access_token", "access_token": "none"}}


def entered(**texts: str) -> dict[str, Any]:
    """Give the config after texts were entered; a double underscore stands for a dot."""
    return with_filters(CREDENTIALS, {name.replace("__", "."): text for name, text in texts.items()})


def test_every_field_of_the_form_reaches_the_settings() -> None:
    """What is entered in each field is what the connector then filters by."""
    texts = [(START, "5"), (END, "9"), (SINCE, "2026-01-01"), ("invoices.modified_since", "2026-01-02T03:04:05Z")]
    texts += [("reports.starting_on", "2025-04-01"), ("calls_per_minute", "30")]
    assert [name for name, _ in texts] == [field.name for field in FIELDS]
    config = with_filters(CREDENTIALS, dict(texts))
    assert faults(config) == {}
    settings = parse_settings(config)
    assert (settings.journals.starting_at, settings.journals.ending_at, settings.calls_per_minute) == (5, 9, 30)
    assert settings.journals.modified_since == 1_767_225_600_000  # 2026-01-01T00:00:00Z
    assert [field.value(config) for field in FIELDS] == [text for _, text in texts]


def test_empty_fields_filter_nothing_and_keep_the_rest() -> None:
    """A field that is emptied leaves the config; settings that the form does not show stay."""
    old: dict[str, Any] = {
        "journals": {"include": False, "starting_at_journal_id": 5},
        "invoices": {"modified_since": "2026-01-01", "reread_days": 7},
        "reports": {"starting_on": "2025-01-01"},
        "daily_call_reserve": 100,
        "_note": "mine",
    }
    new = with_filters({**CREDENTIALS, **old}, {START: " ", END: ""})
    kept = {"journals": {"include": False}, "invoices": {"reread_days": 7}, "daily_call_reserve": 100, "_note": "mine"}
    assert new == {**CREDENTIALS, **kept}
    assert old["journals"] == {"include": False, "starting_at_journal_id": 5}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (START, "0", "Starting at Journal ID must be a whole number from 1"),
        (START, "1.5", "but is 1.5"),
        (START, "abc", 'but is the text "abc"'),
        (START, "9" * 200, "Starting at Journal ID"),
        (END, "6a0a8fb5-8a9c-4b5e-8c1d-3c0b8f0a1b2c", "is a GUID; Journal ID is the number"),
        (SINCE, "01/02/2026", "must be YYYY-MM-DD"),
        (SINCE, "2026-02-30", "does not exist"),
        ("invoices.modified_since", "<b>", "must be YYYY-MM-DD"),
        ("reports.starting_on", "2026-01-01T00:00:00Z", "must be YYYY-MM-DD"),
        ("calls_per_minute", "61", "from 1 to 60"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(name: str, text: str, words: str) -> None:
    """Each wrong value gets the parser's sentence at its own field, and the sentence speaks of no path."""
    found = faults(with_filters(CREDENTIALS, {name: text}))
    assert list(found) == [name]
    assert words in found[name]
    assert name not in found[name]


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Two wrong fields and a start above the end are three sentences."""
    texts = {START: "9", END: "5", "reports.starting_on": "soon", "calls_per_minute": "0"}
    found = faults(with_filters(CREDENTIALS, texts))
    assert set(found) == {START, "reports.starting_on", "calls_per_minute"}
    assert (
        found[START]
        == "Starting at Journal ID is 9, above Ending at Journal ID, which is 5; lower the start or raise the end."
    )


def test_what_no_field_shows_is_told_all_the_same() -> None:
    """A wrong setting of the old file that is not in the form is told above the form."""
    assert list(faults({**CREDENTIALS, "daily_call_reserve": -1})) == [""]


def test_sections_of_another_type_are_replaced() -> None:
    """A section of the old file that is no object does not stop the form."""
    assert with_filters({**CREDENTIALS, "journals": 5}, {START: "7"})["journals"] == {"starting_at_journal_id": 7}
