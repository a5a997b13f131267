"""Shared by the platforms' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_tests.platforms.airbyte_stub import AirbyteStub, airbyte_stub
from integration_tests.platforms.image import why_not
from integration_tests.protocol import Json


@pytest.fixture
def stub(catalog: Json) -> Iterator[AirbyteStub]:
    """Serve Airbyte's API, for a connector with our streams."""
    with airbyte_stub() as served:
        served.offered = {s["name"]: "incremental" in s["supported_sync_modes"] for s in catalog["streams"]}
        yield served


@pytest.fixture(scope="session")
def image() -> None:
    """Skip where the image cannot be run, with the reason."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
