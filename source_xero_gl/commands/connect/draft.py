"""The settings that the steps of ``connect`` have collected so far."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any


def section(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a section of a config, an empty one where there is none."""
    found = config.get(name)
    return found if isinstance(found, dict) else {}


class Draft:
    """A config that is being made.

    Attributes:
        config: the settings so far.
        stop: is set when the command ends: no other process is waited for then.
    """

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}
        self.stop = threading.Event()

    @property
    def credentials(self) -> dict[str, Any]:
        """The credentials, an empty dict where there are none."""
        return section(self.config, "credentials")

    @property
    def reads_journals(self) -> bool:
        """Whether journals are read."""
        return section(self.config, "journals").get("include", True) is not False

    def include_journals(self, *, included: bool) -> None:
        """Read journals or not; their filters stay."""
        self.config["journals"] = {**section(self.config, "journals"), "include": included}
