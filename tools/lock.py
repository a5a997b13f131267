"""``make lock``: renew ``requirements.lock``, the exact packages that the image is built from, each with its hashes.

What Airbyte's CDK requires and the connector never imports (pandas, nltk, Google's secret store …) is left out.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import source_xero_gl

LOCK = Path("requirements.lock")
IMAGE_PYTHON = "3.11"
"""Of the base image in ``Dockerfile``."""

HEADER = "# What the image is built from. Renew it with: make lock\n"
CDK = "airbyte-cdk"


def main() -> int:
    """Write the lock; return the exit status of uv, which resolves it."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as overrides:
        # An override that holds on no platform takes a requirement out.
        overrides.writelines(f"{name}; sys_platform == 'none'\n" for name in sorted(never_imported()))
        overrides.flush()
        options = ["--python-version", IMAGE_PYTHON, "--python-platform", "linux", "--generate-hashes", "--upgrade"]
        options += ["--overrides", overrides.name, "--no-header", "--no-annotate", "--quiet"]
        done = subprocess.run(
            [sys.executable, "-m", "uv", "pip", "compile", "setup.py", *options],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode == 0:
        LOCK.write_text(HEADER + done.stdout, encoding="utf-8")
    return done.returncode


def imported() -> set[str]:
    """Import every module of the connector; return the packages that are loaded then, by their names on PyPI.

    The command ``sync`` is left out: what it needs is in an extra of its own and never in the image.
    """
    for module in pkgutil.walk_packages(source_xero_gl.__path__, "source_xero_gl."):
        if not module.name.startswith("source_xero_gl.commands.sync."):
            importlib.import_module(module.name)
    owners = metadata.packages_distributions()
    # Modules like _distutils_hack, and namespaces without a file of their own, are loaded in every process, needed or not.
    files = {name for name, module in sys.modules.items() if getattr(module, "__file__", None)}
    modules = {name.partition(".")[0] for name in files if not name.startswith("_")}
    return {canonical(owner) for module in modules for owner in owners.get(module, [])}


def never_imported() -> set[str]:
    """Return the requirements of the CDK that no module of the connector loads."""
    return {canonical(line) for line in metadata.requires(CDK) or [] if "extra ==" not in line} - imported()


def canonical(requirement: str) -> str:
    """Return the name in a requirement as package indexes compare it: lower case, with hyphens."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


if __name__ == "__main__":
    sys.exit(main())
