"""The environment variables of PyAirbyte, which reads them once, when it is loaded."""

from __future__ import annotations

import os
from pathlib import Path

from source_xero_gl.commands.sync.workplace import Workplace


def quiet_environment(place: Workplace, private: Path) -> None:
    """Set the environment variables for PyAirbyte, which reads them once, when it is loaded.

    Its temporary files hold the settings, and every user of the machine may read them: they go to ``private``, a private folder.
    """
    os.environ.update(
        {
            "AIRBYTE_OFFLINE_MODE": "1",  # no registry, no usage reports
            "DO_NOT_TRACK": "1",
            "NO_LIVE_PROGRESS": "1",
            "AIRBYTE_PROJECT_DIR": str(place.folder),
            "AIRBYTE_LOGGING_ROOT": str(place.folder / "logs"),
            "AIRBYTE_TEMP_DIR": str(private),
            "PYTHONWARNINGS": "ignore",  # libraries warn of old Python versions
        }
    )
