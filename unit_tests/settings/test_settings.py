"""Settings: each form that is accepted, and one sentence for each mistake."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_xero_gl.settings.settings import (
    AccessTokenCredentials,
    CustomConnectionCredentials,
    InvoiceSettings,
    JournalSettings,
    OAuthCredentials,
    ReportSettings,
    Settings,
    parse_settings,
)
from source_xero_gl.xero.errors import CONFIG, XeroError

SECRET = "s3cr3t-Xy-0123456789"
NEW_YEAR_2026 = 1_767_225_600_000  # date -u -d 2026-01-01 +%s000
OAUTH = {"auth_type": "oauth2.0", "client_id": "app", "client_secret": SECRET, "refresh_token": SECRET}
CUSTOM = {"auth_type": "custom_connection", "client_id": "app", "client_secret": SECRET}
TOKEN = {"auth_type": "access_token", "access_token": SECRET}


def with_token(**extra: Any) -> dict[str, Any]:
    """Return a config that signs in with an access token."""
    return {"credentials": TOKEN, **extra}


def fault_of(config: Any) -> str:
    """Return the sentence about a config that must be refused as a configuration error."""
    with pytest.raises(XeroError) as raised:
        parse_settings(config)
    assert raised.value.failure_type is CONFIG
    assert raised.value.message
    assert SECRET not in raised.value.message + str(raised.value.internal_message) + repr(raised.value)
    return raised.value.message


class TestWhatIsAccepted:
    """Every setting of the form arrives typed."""

    def test_a_config_with_credentials_alone_gets_every_default(self) -> None:
        """Nothing but the sign-in is required."""
        assert parse_settings(with_token()) == Settings(
            credentials=AccessTokenCredentials(SECRET),
            tenant=None,
            journals=JournalSettings(include=True, starting_at=None, ending_at=None, modified_since=None),
            invoices=InvoiceSettings(modified_since=None, reread_days=0),
            reports=ReportSettings(starting_on=None),
            reread_days=0,
            calls_per_minute=60,
            daily_call_reserve=0,
        )

    def test_every_setting_arrives(self) -> None:
        """Each key of the form reaches its own attribute."""
        config = {
            "credentials": CUSTOM,
            "tenant": "Demo Company (NZ)",
            "journals": {
                "include": False,
                "starting_at_journal_id": 10,
                "ending_at_journal_id": 20,
                "modified_since": "2026-01-01",
            },
            "invoices": {"modified_since": "2026-01-01T00:00:01.5Z", "reread_days": 7},
            "reports": {"starting_on": "2025-04-01"},
            "reread_days": 14,
            "calls_per_minute": 30,
            "daily_call_reserve": 500,
        }
        assert parse_settings(config) == Settings(
            credentials=CustomConnectionCredentials("app", SECRET),
            tenant="Demo Company (NZ)",
            journals=JournalSettings(include=False, starting_at=10, ending_at=20, modified_since=NEW_YEAR_2026),
            invoices=InvoiceSettings(modified_since=NEW_YEAR_2026 + 1500, reread_days=7),
            reports=ReportSettings(starting_on=date(2025, 4, 1)),
            reread_days=14,
            calls_per_minute=30,
            daily_call_reserve=500,
        )

    @pytest.mark.parametrize(
        ("given", "invoices", "others"),
        [
            ({"reread_days": 7}, 7, 7),
            ({"reread_days": 7, "invoices": {"reread_days": None}}, 7, 7),
            ({"reread_days": 7, "invoices": {"reread_days": 0}}, 0, 7),
            ({"reread_days": 7, "invoices": {"reread_days": 30}}, 30, 7),
            ({"invoices": {"reread_days": 30}}, 30, 0),
        ],
    )
    def test_the_days_of_invoices_win_over_those_of_all_lists(
        self, given: dict[str, Any], invoices: int, others: int
    ) -> None:
        """Invoices are read again as often as the other lists, unless they have days of their own, 0 included."""
        settings = parse_settings({"credentials": TOKEN, **given})
        assert (settings.invoices.reread_days, settings.reread_days) == (invoices, others)

    def test_oauth_keeps_the_stored_access_token_and_its_expiry(self) -> None:
        """A check and the read after it can share one access token."""
        stored = {"access_token": "stored", "token_expiry_date": "2026-01-01T00:30:00Z"}
        assert parse_settings({"credentials": OAUTH | stored}).credentials == OAuthCredentials(
            "app", SECRET, SECRET, "stored", NEW_YEAR_2026 + 30 * 60_000
        )

    def test_a_pkce_app_needs_no_secret(self) -> None:
        """The client secret of OAuth is optional."""
        credentials = parse_settings({"credentials": OAUTH | {"client_secret": ""}}).credentials
        assert credentials == OAuthCredentials("app", None, SECRET, None, None)

    @pytest.mark.parametrize("expiry", ["soon", "2026-02-30T00:00:00Z", "", None, 1_767_225_600, [], "9" * 500])
    def test_an_expiry_that_cannot_be_read_is_unknown(self, expiry: object) -> None:
        """The connector writes this field itself, so a user is never bothered with it: the token is renewed."""
        credentials = parse_settings({"credentials": OAUTH | {"token_expiry_date": expiry}}).credentials
        assert credentials == OAuthCredentials("app", SECRET, SECRET, None, None)

    @pytest.mark.parametrize("stored", ["two words", 5, "", None, {}, "\N{SNOWMAN}"])
    def test_a_stored_access_token_that_cannot_be_one_is_not_used(self, stored: object) -> None:
        """A hidden field cannot stop a sync that the refresh token can serve."""
        credentials = parse_settings({"credentials": OAUTH | {"access_token": stored}}).credentials
        assert credentials == OAuthCredentials("app", SECRET, SECRET, None, None)

    @pytest.mark.parametrize(
        "extra",
        [
            {"tenant": None, "journals": None, "invoices": None, "calls_per_minute": None, "daily_call_reserve": None},
            {"tenant": " ", "journals": {"modified_since": ""}, "invoices": {"modified_since": "  "}},
            {"journals": {"include": None, "starting_at_journal_id": None, "ending_at_journal_id": None}},
            {"reports": None},
            {"reports": {"starting_on": None}},
            {"reports": {"starting_on": " \n", "_note": 1}},
            {"_limit": 5, "__injected": {"a": 1}, "journals": {"_note": "x"}, "invoices": {}},
            {"credentials": {**TOKEN, "refresh_token": None, "client_id": "", "_x": 1}},
        ],
    )
    def test_null_and_blank_settings_count_as_not_given(self, extra: dict[str, Any]) -> None:
        """Forms send empty fields, platforms add keys with an underscore: both leave the defaults alone."""
        assert parse_settings(with_token() | extra) == Settings(AccessTokenCredentials(SECRET))

    def test_blanks_around_a_text_are_dropped(self) -> None:
        """What is pasted with a blank or a line end still works."""
        config = {"credentials": {"auth_type": " access_token", "access_token": f"{SECRET}\n"}, "tenant": "\tDemo "}
        assert parse_settings(config) == Settings(AccessTokenCredentials(SECRET), tenant="Demo")

    def test_a_whole_number_may_be_written_with_a_point(self) -> None:
        """JSON makes no difference between 5 and 5.0."""
        start = parse_settings(with_token(journals={"starting_at_journal_id": 5.0})).journals.starting_at
        assert (start, type(start)) == (5, int)

    def test_a_start_may_equal_the_end(self) -> None:
        """Both bounds are inclusive: one journal can be asked for."""
        config = with_token(journals={"starting_at_journal_id": 7, "ending_at_journal_id": 7})
        assert parse_settings(config).journals == JournalSettings(starting_at=7, ending_at=7)

    @pytest.mark.parametrize(
        ("text", "instant"),
        [
            ("1970-01-01", 0),
            ("2026-01-01", NEW_YEAR_2026),
            ("2024-02-29", 1_709_164_800_000),
            ("2026-01-01T00:00:00Z", NEW_YEAR_2026),
            ("2026-01-01T00:00:00.5Z", NEW_YEAR_2026 + 500),
            ("2026-01-01T23:59:59.999Z", NEW_YEAR_2026 + 86_399_999),
        ],
    )
    def test_both_forms_of_a_date_are_utc_instants(self, text: str, instant: int) -> None:
        """A bare date means midnight UTC."""
        assert parse_settings(with_token(invoices={"modified_since": text})).invoices.modified_since == instant

    @pytest.mark.parametrize(
        ("text", "day"),
        [("2024-02-29", date(2024, 2, 29)), ("1900-01-01", date(1900, 1, 1)), (" 2099-12-31\n", date(2099, 12, 31))],
    )
    def test_reports_start_on_a_day(self, text: str, day: date) -> None:
        """A month end is a calendar date, which no time zone moves."""
        assert parse_settings(with_token(reports={"starting_on": text})).reports == ReportSettings(day)

    def test_secrets_do_not_show(self) -> None:
        """Settings that are logged or stand in a traceback hold no secret."""
        every = (OAUTH | {"access_token": SECRET}, CUSTOM, TOKEN)
        shown = [repr(parse_settings({"credentials": credentials})) for credentials in every]
        assert not [text for text in shown if SECRET in text]


NUMBER = "must be a whole number from 1 to 2147483647, but is"
DATE = "must be YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ, but is"
HINT = "give a date from 1900 to 2099, a time in UTC with Z at the end."
INVOICES_SINCE = "invoices.modified_since (Modified since)"
START = "journals.starting_at_journal_id (Starting at Journal ID)"
INCLUDE = "journals.include (Read journals)"
REREAD = "invoices.reread_days (Read everything again every (days))"
OTHER_METHOD = "does not belong to this auth_type; remove it, or choose the auth_type that uses it."
END = "journals.ending_at_journal_id (Ending at Journal ID)"
STARTING_ON = "reports.starting_on (Starting on)"
LISTED = "credentials, tenant, journals, invoices, reports, reread_days, calls_per_minute or daily_call_reserve"
METHODS = "oauth2.0, custom_connection or access_token"


class TestSentences:
    """A setting that is wrong is named, with what is expected instead."""

    @pytest.mark.parametrize(
        ("number", "end"),
        [
            ("4711", 'the text "4711"; write it without quotes.'),
            ("", "an empty text; leave it out."),
            (True, "true."),
            (0, "0."),
            (-3, "-3."),
            (5.5, "5.5."),
            (2**31, "2147483648."),
            (10**300, "a number."),
            (float("nan"), "a number."),
            (float("inf"), "a number."),
            ([1], "a list."),
            ({"a": 1}, "an object."),
            ("first", 'the text "first".'),
            ("x" * 500, "a text of 500 characters."),
            (
                "3f2a7c1e-5b0d-4e86-9a41-6d7c8e9f0a1b",
                "a GUID; Journal ID is the number in Xero's Journal report, not the JournalID GUID.",
            ),
        ],
    )
    @pytest.mark.parametrize(("key", "name"), [("starting_at_journal_id", START), ("ending_at_journal_id", END)])
    def test_a_journal_id_is_a_number(self, key: str, name: str, number: object, end: str) -> None:
        """Whatever is not a positive whole number is refused, and a GUID is explained."""
        assert fault_of(with_token(journals={key: number})) == f"{name} {NUMBER} {end}"

    def test_a_start_above_the_end_names_both(self) -> None:
        """A window that holds nothing is a mistake, not an empty stream."""
        config = with_token(journals={"starting_at_journal_id": 20, "ending_at_journal_id": 10})
        assert fault_of(config) == f"{START} is 20, above {END}, which is 10; lower the start or raise the end."

    @pytest.mark.parametrize("section", ["journals", "invoices"])
    @pytest.mark.parametrize(
        "text",
        [
            "01/02/2026",
            "2026-1-1",
            "yesterday",
            "2026-01-01T10:00:00",
            "2026-01-01T10:00:00+13:00",
            "2026-01-01 10:00:00Z",
            "2026-01-01T10:00:00.1234Z",
            "2026-01-01t10:00:00z",
            "0001-01-01",
            "1899-12-31",
            "2100-01-01",
            "9999-12-31",
            "12026-01-01",
        ],
    )
    def test_a_date_has_one_of_two_forms(self, section: str, text: str) -> None:
        """Local offsets, other spellings and years out of reach are refused."""
        name = f"{section}.modified_since (Modified since)"
        assert fault_of(with_token(**{section: {"modified_since": text}})) == f'{name} {DATE} the text "{text}"; {HINT}'

    @pytest.mark.parametrize(
        "text", ["2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-01-01T25:00:00Z", "2026-01-01T10:60:00Z"]
    )
    def test_a_date_must_exist(self, text: str) -> None:
        """A day that no calendar has is not moved to the next one."""
        assert fault_of(with_token(invoices={"modified_since": text})) == (
            f'{INVOICES_SINCE} is "{text}", a day or time that does not exist; give one that does.'
        )

    @pytest.mark.parametrize(
        "text",
        [
            "01/04/2025",
            "2025-4-1",
            "2025-04",
            "20250401",
            "2025-W14-2",
            "1899-12-31",
            "2100-01-01",
            "2025-04-01T00:00:00Z",
            "2025-04-01 00:00:00",
        ],
    )
    def test_the_start_of_reports_has_one_form(self, text: str) -> None:
        """A time of day means nothing for a month end: it is refused, not cut off."""
        sentence = fault_of(with_token(reports={"starting_on": text}))
        assert sentence.startswith(f'{STARTING_ON} must be YYYY-MM-DD, but is the text "{text}"')

    @pytest.mark.parametrize("text", ["2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-04-00"])
    def test_the_start_of_reports_must_exist(self, text: str) -> None:
        """A day that no calendar has is not moved to the next one."""
        assert fault_of(with_token(reports={"starting_on": text})).startswith(f'{STARTING_ON} is "{text}", a day ')

    @pytest.mark.parametrize("digits", ["\uff12\uff10\uff12\uff16-01-01", "\u0662\u0660\u0662\u0666-01-01"])
    def test_a_date_has_ascii_digits(self, digits: str) -> None:
        """Digits of other scripts are not read as a date."""
        assert fault_of(with_token(journals={"modified_since": digits})).startswith(
            f"journals.modified_since (Modified since) {DATE} "
        )

    @pytest.mark.parametrize(
        ("extra", "sentence"),
        [
            (
                {"calls_per_minute": 0},
                "calls_per_minute (Calls per minute) must be a whole number from 1 to 60, but is 0.",
            ),
            (
                {"calls_per_minute": 61},
                "calls_per_minute (Calls per minute) must be a whole number from 1 to 60, but is 61.",
            ),
            (
                {"daily_call_reserve": -1},
                "daily_call_reserve (Daily calls to leave unused) must be a whole number from 0 to 4999, but is -1.",
            ),
            ({"invoices": {"reread_days": -1}}, f"{REREAD} must be a whole number from 0 to 3650, but is -1."),
            (
                {"journals": {"include": "false"}},
                f'{INCLUDE} must be true or false, but is the text "false"; write it without quotes.',
            ),
            ({"journals": {"include": 0}}, f"{INCLUDE} must be true or false, but is 0."),
            ({"journals": {"modified_since": 20260101}}, f"journals.modified_since (Modified since) {DATE} 20260101."),
            ({"reports": {"starting_on": 20250401}}, f"{STARTING_ON} must be YYYY-MM-DD, but is 20250401."),
            ({"reports": "2025-04-01"}, "reports (Reports) must be an object with settings by name, but is a text."),
            ({"tenant": 5}, "tenant (Tenant) must be a text, but is 5."),
            ({"tenant": ["a"]}, "tenant (Tenant) must be a text, but is a list."),
            ({"journals": []}, "journals (Journals) must be an object with settings by name, but is a list."),
            ({"invoices": "all"}, "invoices (Invoices) must be an object with settings by name, but is a text."),
        ],
    )
    def test_a_value_of_the_wrong_kind(self, extra: dict[str, Any], sentence: str) -> None:
        """The sentence says what the setting may be and what it was."""
        assert fault_of(with_token(**extra)) == sentence

    @pytest.mark.parametrize(
        ("extra", "sentence"),
        [
            ({"journals": {"start_id": 5}}, "journals.start_id {} journals.starting_at_journal_id?"),
            ({"journals": {"EndingAtJournalID": 5}}, "journals.EndingAtJournalID {} journals.ending_at_journal_id?"),
            ({"invoices": {"modified-since": "x"}}, "invoices.modified-since {} invoices.modified_since?"),
            ({"tenant_id": "x"}, "tenant_id {} tenant?"),
            ({"journal": {}}, "journal {} journals?"),
            ({"refresh_token": SECRET}, "refresh_token {} credentials.refresh_token?"),
            ({"modified_since": "2026-01-01"}, "modified_since {} journals.modified_since or invoices.modified_since?"),
            ({"invoices": {"include": True}}, "invoices.include {} journals.include?"),
            ({"starting_on": "2025-04-01"}, "starting_on {} reports.starting_on?"),
            ({"reports": {"start_on": "2025-04-01"}}, "reports.start_on {} reports.starting_on?"),
            (
                {"reports": {"modified_since": ""}},
                "reports.modified_since {} journals.modified_since or invoices.modified_since?",
            ),
            ({"report": {}}, "report {} reports?"),
        ],
    )
    def test_an_unknown_name_brings_the_nearest_known_one(self, extra: dict[str, Any], sentence: str) -> None:
        """A mistyped or misplaced filter would otherwise silently not filter."""
        assert fault_of(with_token(**extra)) == sentence.format("is not a setting; did you mean")

    @pytest.mark.parametrize(
        ("name", "shown"),
        [("zzzz", "zzzz"), ("zzzz\n", "(a name of 5 characters)"), (SECRET * 3, "(a name of 60 characters)")],
    )
    def test_an_unknown_name_like_no_other_brings_them_all(self, name: str, shown: str) -> None:
        """What is too long or too odd for a name is not repeated: it may be a value in the wrong place."""
        assert fault_of(with_token(**{name: None})) == f"{shown} is not a setting; remove it, or use {LISTED}."

    @pytest.mark.parametrize(("config", "kind"), [([], "a list"), (None, "null"), ("x", "a text"), (5, "a number")])
    def test_a_config_is_an_object(self, config: object, kind: str) -> None:
        """Any other JSON value is refused like a setting."""
        assert fault_of(config) == f"The config must be an object with settings by name, but is {kind}."


class TestSentencesAboutCredentials:
    """The real mistake is named, never a value."""

    @pytest.mark.parametrize(
        ("credentials", "sentence"),
        [
            (None, "credentials (Authentication) is required, but is missing or empty; fill it in."),
            (SECRET, "credentials (Authentication) must be an object with settings by name, but is a text."),
            ({}, f"credentials.auth_type (Authentication Type) must be {METHODS}, but is missing or empty."),
            ({"auth_type": "Client"}, f"credentials.auth_type (Authentication Type) must be {METHODS}."),
            ({"auth_type": ["oauth2.0"]}, f"credentials.auth_type (Authentication Type) must be {METHODS}."),
            (
                {"authtype": "oauth2.0", "client_id": "app", "refresh_token": SECRET},
                "credentials.authtype is not a setting; did you mean credentials.auth_type?",
            ),
            (
                {"auth_type": "oauth2.0", "client_id": "app", "refreshtoken": SECRET},
                "credentials.refreshtoken is not a setting; did you mean credentials.refresh_token?",
            ),
            (TOKEN | {"refresh_token": SECRET}, f"credentials.refresh_token {OTHER_METHOD}"),
            (CUSTOM | {"refresh_token": SECRET}, f"credentials.refresh_token {OTHER_METHOD}"),
        ],
    )
    def test_the_mistake_is_named(self, credentials: object, sentence: str) -> None:
        """The alternatives of the form do not complain on behalf of each other."""
        assert fault_of({"credentials": credentials}) == sentence

    @pytest.mark.parametrize("blank", [None, "", "  \n"])
    @pytest.mark.parametrize(
        ("complete", "key", "title"),
        [
            (OAUTH, "client_id", "Client ID"),
            (OAUTH, "refresh_token", "Refresh Token"),
            (CUSTOM, "client_id", "Client ID"),
            (CUSTOM, "client_secret", "Client Secret"),
            (TOKEN, "access_token", "Access Token"),
        ],
    )
    def test_a_required_credential_must_be_filled_in(
        self, complete: dict[str, str], key: str, title: str, blank: str | None
    ) -> None:
        """Null, blank and absent are the same mistake."""
        expected = (
            f"credentials.{key} ({title}) is required when auth_type is {complete['auth_type']}, "
            "but is missing or empty; fill it in."
        )
        absent = {name: value for name, value in complete.items() if name != key}
        assert {fault_of({"credentials": complete | {key: blank}}), fault_of({"credentials": absent})} == {expected}

    @pytest.mark.parametrize(
        ("value", "what"),
        [
            (f"{SECRET} {SECRET}", "has another form; copy it again, in full"),
            (f"{SECRET}\n{SECRET}", "has another form; copy it again, in full"),
            (f"{SECRET}\N{SNOWMAN}", "has another form; copy it again, in full"),
            (5, "is a number"),
            ([SECRET], "is a list"),
            ({SECRET: SECRET}, "is an object"),
            (True, "is a boolean"),
        ],
    )
    def test_a_credential_that_cannot_stand_in_a_header_is_refused(self, value: object, what: str) -> None:
        """The HTTP library would refuse it with an error that shows the secret."""
        assert fault_of({"credentials": CUSTOM | {"client_secret": value}}) == (
            f"credentials.client_secret (Client Secret) must be the text as Xero shows it, without blanks, but {what}."
        )


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(SECRET),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "auth_type",
        "client_id",
        "client_secret",
        "refresh_token",
        "access_token",
        "token_expiry_date",
        "_x",
        "include",
        "starting_at_journal_id",
        "ending_at_journal_id",
        "modified_since",
        "reread_days",
        "starting_on",
    ]
)
METHOD = st.sampled_from(["oauth2.0", "custom_connection", "access_token"])
SECTIONS = st.dictionaries(KEYS, JSON_VALUES, max_size=4) | JSON_VALUES
CREDENTIALS = st.builds(lambda kind, rest: {"auth_type": kind, **rest}, METHOD, st.dictionaries(KEYS, JSON_VALUES))
CONFIGS = st.fixed_dictionaries(
    {"credentials": CREDENTIALS | st.sampled_from([OAUTH, CUSTOM, TOKEN]) | SECTIONS},
    optional={
        "tenant": JSON_VALUES.filter(lambda value: value != SECRET),
        "journals": SECTIONS.filter(lambda value: SECRET not in json.dumps(value)),
        "invoices": SECTIONS.filter(lambda value: SECRET not in json.dumps(value)),
        "reports": SECTIONS.filter(lambda value: SECRET not in json.dumps(value)),
        "calls_per_minute": st.integers() | st.floats() | st.none(),
        "daily_call_reserve": st.integers() | st.text(),
    },
)


@settings(deadline=None, database=None)
@given(config=CONFIGS | JSON_VALUES)
def test_any_json_gives_settings_or_one_sentence(config: Any) -> None:
    """No config whatever ends in another exception, and no secret stands in the sentence."""
    try:
        parse_settings(config)
    except XeroError:
        assert fault_of(config).isprintable()


@pytest.mark.parametrize("name", ["\ud800", "a\nb", "\x00"])
@pytest.mark.parametrize("section", [None, "journals", "credentials"])
def test_a_sentence_can_always_be_printed(section: str | None, name: str) -> None:
    """Half a character or a line end in a name or a text does not break the line that reports it."""
    misnamed: dict[str, Any] = {section: {name: 1}} if section else {name: 1}
    found = [fault_of(with_token(**misnamed))]
    found += [fault_of(with_token(journals={"modified_since": f"x{name}x", "starting_at_journal_id": None}))]
    assert all(text.isprintable() and text.isascii() for text in found)
