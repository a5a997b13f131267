"""Shared by the platforms' tests."""

from __future__ import annotations

import pytest

from integration_tests.platforms.image import why_not


@pytest.fixture(scope="session")
def image() -> None:
    """Skip where the image cannot be run, with the reason."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
