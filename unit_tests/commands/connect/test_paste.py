"""What is shown for Airbyte's form."""

from __future__ import annotations

from source_xero_gl.commands.connect.paste import Entry, entries


def test_entries_are_named_as_in_the_form() -> None:
    """Each setting has its title, secrets are marked, and what the connector keeps itself is left out."""
    config = {
        "credentials": {
            "auth_type": "oauth2.0",
            "client_id": "app",
            "client_secret": "s",
            "refresh_token": "r",
            "access_token": "a",
            "token_expiry_date": "2026-01-01T00:00:00Z",
        },
        "tenant": "Fernside",
        "journals": {"include": True, "starting_at_journal_id": 5},
    }
    assert entries(config) == [
        Entry("Authentication", "OAuth 2.0"),
        Entry("Client ID", "app"),
        Entry("Client Secret", "s", secret=True),
        Entry("Refresh Token", "r", secret=True),
        Entry("Tenant", "Fernside"),
        Entry("Journals: Read journals", "on"),
        Entry("Journals: Starting at Journal ID", "5"),
    ]


def test_a_custom_connection_has_its_own_fields() -> None:
    """A custom connection is named so, and has two fields."""
    config = {"credentials": {"auth_type": "custom_connection", "client_id": "app", "client_secret": "s"}}
    assert [entry.value for entry in entries(config)] == ["Custom Connection", "app", "s"]
