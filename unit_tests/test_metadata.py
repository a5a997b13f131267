"""What Airbyte's registry and its acceptance tests read about the connector is complete, valid, and agrees with the code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
import yaml
from airbyte_cdk.models import AirbyteStateMessageSerializer
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.test.models.scenario import entry_key_problems

from source_xero_gl.engine.cursor import accept_state
from source_xero_gl.engine.flat import FlatStream
from source_xero_gl.readers.budgets import WINDOWS
from source_xero_gl.settings.environment import API_URL, IDENTITY_URL
from source_xero_gl.settings.settings import CustomConnectionCredentials, parse_settings
from source_xero_gl.streams import STREAMS
from source_xero_gl.streams.documents import LinkedTransactions
from source_xero_gl.streams.journals import CashJournals
from source_xero_gl.streams.reports import Budgets, ReportStream
from source_xero_gl.xero.errors import TRANSIENT, Action, XeroError
from source_xero_gl.xero.pacing import LONGEST_WAIT_SECONDS, MINUTE_SECONDS, WINDOW_SECONDS, retrying
from source_xero_gl.xero.transport import CALL_SECONDS
from unit_tests.fake_xero.client import FakeClient, fake_sync
from unit_tests.fake_xero.wire import TENANT
from unit_tests.setup_arguments import setup_arguments
from unit_tests.xero.fakes import InstantStop

ROOT = Path(__file__).resolve().parents[1]
METADATA: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yaml").read_text(encoding="utf-8"))
DATA: dict[str, Any] = METADATA["data"]
ACCEPTANCE: dict[str, Any] = yaml.safe_load((ROOT / "acceptance-test-config.yml").read_text(encoding="utf-8"))
SECTIONS: dict[str, Any] = ACCEPTANCE["acceptance_tests"]
BY_NAME = {stream.name: stream for stream in STREAMS}
XERO_HOSTS = {"developer.xero.com", "status.xero.com", "community.xero.com", "github.com"}


def metadata_model() -> Any:
    """Return Airbyte's published model, which exists up to Python 3.12."""
    module = "airbyte_connector_models.metadata.v0.connector_metadata_definition_v0"
    return pytest.importorskip(module).ConnectorMetadataDefinitionV0


def setup_value(name: str) -> str:
    """Return an argument of ``setup()``."""
    found = setup_arguments()[name]
    assert isinstance(found, str)
    return found


def test_metadata_fits_the_published_model() -> None:
    """Airbyte's registry takes the file."""
    model = metadata_model().model_validate(METADATA)
    assert str(model.data.definition_id) == DATA["definitionId"]


@pytest.mark.parametrize("place", [METADATA, DATA, DATA["externalDocumentationUrls"][0], DATA["connectorBuildOptions"]])
def test_the_model_refuses_what_it_does_not_know(place: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped key would not be overlooked: the model that the file is held to is strict."""
    monkeypatch.setitem(place, "maxSecondsBetweenMesages", 1)
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        metadata_model().model_validate(METADATA)


def test_name_and_version_are_those_of_the_package() -> None:
    """Package, image, changelog and metadata say the same name, version and licence."""
    newest = re.findall(r"^## \[(\d.+?)\] - (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [DATA["dockerImageTag"], setup_value("version")] == [newest[0][0]] * 2
    assert str(DATA["releaseDate"]) == newest[-1][1]
    assert DATA["remoteRegistries"]["pypi"] == {"enabled": True, "packageName": setup_value("name")}
    assert DATA["dockerRepository"].split("/")[1] == DATA["githubIssueLabel"] == setup_value("name")
    assert (
        DATA["license"]
        == setup_value("license_expression")
        == (ROOT / "LICENSE").read_text(encoding="utf-8").split()[0]
    )
    assert re.fullmatch(r"\d+\.\d+\.\d+", DATA["dockerImageTag"])


def test_definition_is_a_random_uuid() -> None:
    """No other connector has this ID, and no two forms of it are in use."""
    assert UUID(DATA["definitionId"]).version == 4
    assert str(UUID(DATA["definitionId"])) == DATA["definitionId"]


def test_language_and_cdk_are_tagged() -> None:
    """Airbyte's checks know that the connector is written in Python on the CDK, and by whom it is supported."""
    assert DATA["tags"] == ["language:python", "cdk:python"]
    assert (DATA["connectorType"], DATA["connectorSubtype"]) == ("source", "api")
    assert DATA["supportLevel"] == "community"


def test_base_image_is_pinned() -> None:
    """The image is built on Airbyte's Python base, by digest, so that a build can be repeated."""
    base = DATA["connectorBuildOptions"]["baseImage"]
    assert re.fullmatch(r"docker\.io/airbyte/python-connector-base:[\d.]+@sha256:[0-9a-f]{64}", base)


def test_test_suites_are_named() -> None:
    """Airbyte's pipelines find the suites; only the one against a real organisation needs credentials."""
    suites = {suite["suite"]: suite.get("testSecrets", []) for suite in DATA["connectorTestSuitesOptions"]}
    assert {name for name, needed in suites.items() if needed} == {"acceptanceTests"}
    assert {"unitTests", "integrationTests"} <= suites.keys()


def test_only_xero_may_be_reached() -> None:
    """The platform lets the connector talk to the API and the token endpoint, and to nothing else."""
    assert DATA["allowedHosts"] == {"hosts": [urlsplit(API_URL).hostname, urlsplit(IDENTITY_URL).hostname]}
    assert DATA["allowedHosts"]["hosts"] == ["api.xero.com", "identity.xero.com"]


def test_suggested_streams_are_cheap() -> None:
    """What a platform chooses unless a person chooses exists, has no flat table in it, and costs a few calls."""
    costly = (FlatStream, ReportStream, Budgets, LinkedTransactions, CashJournals)
    suggested = DATA["suggestedStreams"]["streams"]
    assert suggested == sorted({*suggested})
    assert [name for name in suggested if isinstance(BY_NAME[name], costly)] == []
    assert {"journals", "invoices"} <= {*suggested}


def test_documents_of_xero_are_official_and_without_a_version() -> None:
    """Each kind of document is linked once, at Xero, over TLS, by an address that does not age."""
    links = DATA["externalDocumentationUrls"]
    kinds = [link["type"] for link in links]
    urls = [urlsplit(link["url"]) for link in links]
    wanted = "api_reference api_release_history api_deprecations authentication_guide permissions_scopes rate_limits"
    assert {*wanted.split(), "status_page", "openapi_spec", "developer_community"} <= {*kinds}
    assert len({*kinds}) == len({link["url"] for link in links}) == len(links)
    assert {(url.scheme, url.hostname) for url in urls} == {("https", host) for host in XERO_HOSTS}
    assert [url.path for url in urls if re.search(r"\bv?\d+\.\d|/v\d", url.path) or url.query or url.fragment] == []
    assert [url.path for url in urls if url.hostname == "github.com"] == ["/XeroAPI/Xero-OpenAPI"]


def patience(action: Action) -> tuple[int, float]:
    """Return how many calls are made before a failure of that kind is final, and how many seconds are waited between them."""
    calls, stop = Mock(side_effect=XeroError(TRANSIENT, "", action=action)), InstantStop()
    with pytest.raises(XeroError):
        retrying(calls, stop)
    return calls.call_count, sum(stop.pauses)


def longest_silences() -> dict[str, float]:
    """Return how many seconds each kind of trouble can last for one answer before the connector says something.

    Every call may last as long as a call may.
    """
    tries, pauses = patience(Action.RETRY)
    slow_tries, slow_pauses = patience(Action.RETRY_SLOWLY)
    limited_tries, limited_pauses = patience(Action.WAIT)
    unreachable = tries * CALL_SECONDS + pauses
    return {
        "organisation offline": slow_tries * CALL_SECONDS + slow_pauses,
        # A longer Retry-After ends the sync.
        "rate limits": limited_tries * CALL_SECONDS + (limited_tries - 1) * LONGEST_WAIT_SECONDS + limited_pauses,
        # Also of the token endpoint: when its tries are used up, the call around it is not tried again.
        "Xero out of reach": unreachable,
        # A budget may take 21 windows until its row is there, and the setting one call a minute.
        "one call a minute": (2 * WINDOWS + 1) * WINDOW_SECONDS,
    }


def test_platform_waits_longer_than_the_connector(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait of the connector looks to a platform as if it hung: the limit is larger, by ten minutes at least."""
    monkeypatch.setattr("random.random", lambda: 1.0)  # the longest pauses that chance allows
    silences = longest_silences()
    # Six tries of 240 s with pauses of 1, 2, 4, 8 and 16 s and one more each.
    assert silences["Xero out of reach"] == 6 * 240 + 36
    # Six tries of 240 s, pauses of 30, 60, 120, 240 and 300 s and ten more each.
    assert silences["organisation offline"] == 6 * 240 + 800
    assert DATA["maxSecondsBetweenMessages"] - max(silences.values()) > 10 * MINUTE_SECONDS


def test_icon_is_a_square_drawing() -> None:
    """The icon is an SVG as wide as high, and brings nothing from elsewhere."""
    icon = ET.fromstring((ROOT / DATA["icon"]).read_text(encoding="utf-8"))  # noqa: S314 - our own file
    left, top, width, height = map(float, icon.attrib["viewBox"].split())
    assert icon.tag == "{http://www.w3.org/2000/svg}svg"
    assert (left, top, icon.attrib["width"]) == (0, 0, icon.attrib["height"])
    assert width == height
    assert [part.tag for part in icon.iter() if part.tag.endswith(("script", "image", "use", "foreignObject"))] == []


def test_every_section_of_the_acceptance_tests_is_there() -> None:
    """Each section has tests, or says why it has none."""
    assert (ACCEPTANCE["connector_image"], ACCEPTANCE["test_strictness_level"]) == (
        "airbyte/source-xero-gl:dev",
        "high",
    )
    wanted = (
        "spec connection discovery basic_read incremental full_refresh connector_attributes connector_documentation"
    )
    assert {*SECTIONS} == {*wanted.split()}
    assert [
        name for name, section in SECTIONS.items() if not section.get("tests") and not section["bypass_reason"]
    ] == []
    assert [test["status"] for test in SECTIONS["connection"]["tests"]] == ["succeed", "failed"]


@pytest.mark.parametrize("section", ["spec", "connection", "discovery", "basic_read", "full_refresh"])
def test_acceptance_tests_hold_no_key_that_nobody_reads(section: str) -> None:
    """Airbyte's standard tests take every entry as it stands."""
    assert [entry_key_problems(test, [section]) for test in SECTIONS[section]["tests"]] == [[]] * len(
        SECTIONS[section]["tests"]
    )


def test_streams_that_may_be_empty_exist() -> None:
    """Each stream that the acceptance tests excuse is one of ours, once, with a reason; the core is not excused."""
    empty = [stream for test in SECTIONS["basic_read"]["tests"] for stream in test["empty_streams"]]
    names = [stream["name"] for stream in empty]
    assert [name for name in names if name not in BY_NAME] == []
    assert len(names) == len({*names})
    assert all(stream["bypass_reason"] for stream in empty)
    assert not {"journals", "journal_lines", "invoices", "accounts", "organisations"} & {*names}


def test_files_of_the_acceptance_tests_exist() -> None:
    """Only the settings with credentials are missing: whoever runs the tests provides them, where git ignores them."""
    tests = [test for section in SECTIONS.values() for test in section.get("tests", [])]
    states = [test["future_state"]["future_state_path"] for test in tests if "future_state" in test]
    named = {path for test in tests for key, path in test.items() if key.endswith("_path")} | {*states}
    missing = {path for path in named if not (ROOT / path).is_file()}
    assert missing - {"secrets/config.json"} == set()
    assert len(states) == 1
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "secrets/config.json" in (ROOT / "acceptance-test-config.yml").read_text(encoding="utf-8").splitlines()[0]


def test_settings_that_must_fail_are_well_formed() -> None:
    """The connection test that must fail does so at Xero, because of its credentials, and not because of a typing error."""
    failing = SECTIONS["connection"]["tests"][1]["config_path"]
    settings = parse_settings(json.loads((ROOT / failing).read_text(encoding="utf-8")))
    assert isinstance(settings.credentials, CustomConnectionCredentials)


@pytest.mark.parametrize(
    "stream", [stream for stream in STREAMS if stream.cursor_field], ids=lambda stream: stream.name
)
def test_state_far_ahead_is_accepted(stream: Any) -> None:
    """Every incremental stream goes on from the state far ahead, and that is beyond all that Xero can have by now."""
    blobs = json.loads((ROOT / "integration_tests" / "future_state.json").read_text(encoding="utf-8"))
    states = ConnectorStateManager([AirbyteStateMessageSerializer.load(blob) for blob in blobs])
    state = states.get_stream_state(stream.name, None)
    accepted = accept_state(state, stream.name, stream.cursor_field, TENANT)
    assert accepted == state
    next(stream.parent.reader.batches(fake_sync(FakeClient()).list_of(stream.parent, []), accepted))
    assert state[stream.cursor_field] in (2**31 - 2, "2099-12-31T00:00:00.000Z", "2099-12-31")
