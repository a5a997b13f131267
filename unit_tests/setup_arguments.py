"""What ``setup.py`` tells setuptools, without a build."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]


def setup_arguments(repository: str = "") -> dict[str, Any]:
    """Return the arguments of ``setup()``, for a repository at this address."""
    with mock.patch("setuptools.setup") as setup, mock.patch.dict(os.environ, REPOSITORY_URL=repository):
        runpy.run_path(str(ROOT / "setup.py"))
    return dict(setup.call_args.kwargs)
