"""Start ``airbyte-ops`` with its look-ups in the network answered: ``python offline.py ARGUMENTS``, by the tool's own Python.

The answers are: the base image is on Docker Hub; this connector is in no registry, on Docker Hub and in Airbyte's repository
under no version. Links of the user's page are not looked up. Any other name in the network is refused.
"""

from __future__ import annotations

import importlib
import socket
import sys
from typing import Any, NoReturn

TOOL = "airbyte_ops_mcp"


def refuse(host: object, *_: object, **__: object) -> NoReturn:
    """Refuse to look up the address of a host."""
    raise OSError(f"{host} is not asked")


def answer_look_ups() -> None:
    """Replace the functions of the tool that ask the network."""

    def module(name: str) -> Any:
        return importlib.import_module(f"{TOOL}.{name}")

    metadata = module("metadata_validator")
    metadata.is_image_on_docker_hub = lambda *_, **__: True
    metadata.get_latest_version_on_dockerhub = lambda _: None
    module("connector_ops.utils").download_catalog = lambda _: {"sources": [], "destinations": []}
    module("connector_qa.checks.version").CheckVersionIncrement._get_master_metadata = lambda *_: None
    module("connector_qa.checks.documentation.documentation").CheckDocumentationLinks.validate_links = lambda *_: []
    socket.getaddrinfo = refuse


if __name__ == "__main__":
    answer_look_ups()
    sys.exit(importlib.import_module(f"{TOOL}.cli.app").main())
