"""Load tests are left to ``make test-long``: large books, many syncs of each, three minutes in all."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.slow)
