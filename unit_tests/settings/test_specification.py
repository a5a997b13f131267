"""The specification: Airbyte's conventions for forms, and the description of the OAuth flow."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from airbyte_cdk.models.airbyte_protocol_serializers import ConnectorSpecificationSerializer
from airbyte_cdk.test.standard_tests import _spec_lint as spec_lint
from jsonschema import Draft7Validator

import source_xero_gl
from source_xero_gl.xero.scopes import SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC: dict[str, Any] = yaml.safe_load(Path(source_xero_gl.__file__).with_name("spec.yaml").read_text(encoding="utf-8"))
FORM: dict[str, Any] = SPEC["connectionSpecification"]
SIGN_IN: list[dict[str, Any]] = FORM["properties"]["credentials"]["oneOf"]
FLOW: dict[str, Any] = SPEC["advanced_auth"]["oauth_config_specification"]
SECRETS = {"client_secret", "refresh_token", "access_token"}


def sections() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object of the form that has settings."""
    yield "form", FORM
    for option in SIGN_IN:
        yield f"credentials[{option['properties']['auth_type']['const']}]", option
    for name in ("journals", "invoices", "reports"):
        yield name, FORM["properties"][name]


FIELDS = [
    pytest.param(name, field, id=f"{section}.{name}")
    for section, schema in sections()
    for name, field in schema["properties"].items()
]
OUTPUTS = [
    pytest.param(name, field, id=name)
    for part in ("complete_oauth_output_specification", "complete_oauth_server_output_specification")
    for name, field in FLOW[part]["properties"].items()
]


def test_it_is_what_the_protocol_takes() -> None:
    """The CDK reads the file and loses nothing of the OAuth description, and it is a JSON schema."""
    Draft7Validator.check_schema(FORM)
    loaded = ConnectorSpecificationSerializer.load(SPEC)
    dumped = ConnectorSpecificationSerializer.dump(loaded)
    shown = dumped["advanced_auth"]["oauth_config_specification"]["oauth_connector_input_specification"]
    assert {name: value for name, value in shown.items() if value is not None} == (
        FLOW["oauth_connector_input_specification"]
    )


def test_it_passes_the_lint_of_the_cdk() -> None:
    """Every secret is marked where the CDK masks it."""
    spec_lint.assert_spec_is_valid(ConnectorSpecificationSerializer.load(SPEC), connector_name="source-xero-gl")


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_field_has_a_title_and_says_where_its_value_comes_from(name: str, field: dict[str, Any]) -> None:
    """Every field can be filled in by someone who sees the form alone."""
    assert re.match(r"[A-Z]", field["title"]), name
    assert field["description"].rstrip().endswith("."), name
    assert field.get("multiline") is None, name


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_field_has_examples_that_it_accepts(name: str, field: dict[str, Any]) -> None:
    """Examples are valid; a secret, a section and a constant need none."""
    if field["type"] == "object" or name in SECRETS or "const" in field:
        assert "examples" not in field
        return
    assert field["examples"]
    assert not [error.message for example in field["examples"] for error in Draft7Validator(field).iter_errors(example)]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_secrets_and_nothing_else_are_marked(name: str, field: dict[str, Any]) -> None:
    """A platform hides secrets, and only secrets."""
    assert field.get("airbyte_secret", False) is (name in SECRETS and "const" not in field)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_pattern_is_described_in_words(name: str, field: dict[str, Any]) -> None:
    """A form shows what is expected, not a regular expression, and a pattern matches the whole text."""
    assert ("pattern" in field) == ("pattern_descriptor" in field), name
    assert re.fullmatch(r"\^.*\$", field.get("pattern", "^$")), name
    forms = {"modified_since": "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ", "starting_on": "YYYY-MM-DD"}
    assert name not in forms or field["pattern_descriptor"] == forms[name]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_whole_number_has_bounds(name: str, field: dict[str, Any]) -> None:
    """A number that makes no sense is refused by the form already."""
    if field["type"] == "integer":
        assert field["minimum"] <= field.get("default", field["minimum"]) <= field["maximum"], name


@pytest.mark.parametrize(("section", "schema"), [pytest.param(*item, id=item[0]) for item in sections()])
def test_fields_are_ordered_and_sections_open(section: str, schema: dict[str, Any]) -> None:
    """The order is the one of the file, without ties; a key that a platform adds does not break a form."""
    orders = [field["order"] for field in schema["properties"].values()]
    assert orders == list(range(len(orders))), section
    assert schema["additionalProperties"] is True


def test_the_sign_in_is_a_choice_with_oauth_first() -> None:
    """Each way of signing in has its own constant, and the button's way leads."""
    assert FORM["required"] == ["credentials"]
    assert FORM["properties"]["credentials"]["type"] == "object"
    assert [option["type"] for option in SIGN_IN] == ["object"] * 3
    kinds = [option["properties"]["auth_type"] for option in SIGN_IN]
    assert [kind["const"] for kind in kinds] == ["oauth2.0", "custom_connection", "access_token"]
    assert [kind["default"] for kind in kinds] == [kind["const"] for kind in kinds]
    assert [option["required"] for option in SIGN_IN] == [
        ["auth_type", "client_id", "refresh_token"],
        ["auth_type", "client_id", "client_secret"],
        ["auth_type", "access_token"],
    ]


def test_what_the_connector_keeps_itself_is_hidden() -> None:
    """The rotating parts of OAuth are in the form but not to be filled in."""
    fields = SIGN_IN[0]["properties"]
    assert [name for name, field in fields.items() if field.get("airbyte_hidden")] == [
        "access_token",
        "token_expiry_date",
    ]


def test_no_setting_can_redirect_a_request() -> None:
    """Addresses are the operator's, in the environment: a setting could send a secret elsewhere."""
    names = {name for _, schema in sections() for name in schema["properties"]}
    assert not [name for name in names if re.search("url|uri|host|endpoint|proxy", name)]


def test_the_button_appears_for_oauth() -> None:
    """The flow belongs to the first way of signing in."""
    predicate = (SPEC["advanced_auth"]["predicate_key"], SPEC["advanced_auth"]["predicate_value"])
    assert SPEC["advanced_auth"]["auth_flow_type"] == "oauth2.0"
    assert predicate == (["credentials", "auth_type"], SIGN_IN[0]["properties"]["auth_type"]["const"])


@pytest.mark.parametrize(("name", "field"), OUTPUTS)
def test_what_the_flow_returns_lands_in_a_field_of_the_form(name: str, field: dict[str, Any]) -> None:
    """A path that points nowhere would lose a token."""
    assert field["path_in_connector_config"] == ["credentials", name]
    assert SIGN_IN[0]["properties"][name]["type"] == field["type"]


def test_the_flow_takes_all_tokens_out_of_the_answer() -> None:
    """Xero's token answer names the life in seconds expires_in; the platform turns it into a date."""
    outputs = FLOW["complete_oauth_output_specification"]["properties"]
    sources = {name: field["path_in_oauth_response"] for name, field in outputs.items()}
    assert sources == {
        "access_token": ["access_token"],
        "refresh_token": ["refresh_token"],
        "token_expiry_date": ["expires_in"],
    }
    assert FLOW["oauth_connector_input_specification"]["extract_output"] == [path for [path] in sources.values()]


def test_the_flow_asks_as_xero_documents_it() -> None:
    """https://developer.xero.com/documentation/guides/oauth2/auth-flow: consent, then the code for tokens."""
    described = FLOW["oauth_connector_input_specification"]
    address, _, query = described["consent_url"].partition("?")
    assert address == "https://login.xero.com/identity/connect/authorize"
    assert query.split("&") == ["response_type=code"] + [
        f"{{{{{name}_param}}}}" for name in ("client_id", "redirect_uri", "scope", "state")
    ]
    assert described["access_token_url"] == "https://identity.xero.com/connect/token"
    assert described["access_token_headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    assert described["access_token_headers"]["Authorization"].startswith("Basic {{ ")
    assert described["access_token_params"]["grant_type"] == "authorization_code"


def scopes_of(key: str) -> list[str]:
    """Return the names of the scopes or optional scopes, which come as objects."""
    listed: list[dict[str, str]] = FLOW["oauth_connector_input_specification"][key]
    assert [item.keys() for item in listed] == [{"scope"}] * len(listed)
    return [item["scope"] for item in listed]


def test_what_every_sync_needs_is_asked_for() -> None:
    """The connection check reads the organisation and invoices; contacts and settings go with nearly every use."""
    assert scopes_of("scopes") == [
        "offline_access",
        "accounting.invoices.read",
        "accounting.settings.read",
        "accounting.contacts.read",
    ]
    assert FLOW["oauth_connector_input_specification"]["scopes_join_strategy"] == "space"


def test_the_scope_of_journals_is_optional() -> None:
    """Xero refuses the whole sign-in of an app that asks for Journals without being allowed to."""
    assert "accounting.journals.read" in scopes_of("optional_scopes")


def test_the_button_can_ask_for_every_scope_that_a_stream_needs() -> None:
    """The granular scope of each endpoint is asked for or can be chosen: newer apps have no broad ones."""
    granular = {scopes[0] for scopes in SCOPES.values()}
    assert granular == {*scopes_of("scopes"), *scopes_of("optional_scopes")} - {"offline_access"}


def test_no_scope_is_named_twice() -> None:
    """A scope is asked for or optional, and there is one of each."""
    every = scopes_of("scopes") + scopes_of("optional_scopes")
    assert len(every) == len(set(every))


def test_nothing_may_be_written() -> None:
    """A connector that reads asks for no scope that could change the books."""
    assert [scope for scope in scopes_of("scopes") + scopes_of("optional_scopes") if not scope.endswith(".read")] == [
        "offline_access"
    ]
