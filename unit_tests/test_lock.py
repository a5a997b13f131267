"""The lock of the image is complete, satisfies ``setup.py``, and names nothing but packages, versions and hashes."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from tools.lock import LOCK, canonical

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / LOCK).read_text(encoding="utf-8")
PINS: dict[str, str] = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", TEXT, re.MULTILINE))
LOADED = "from tools.lock import imported; print(*sorted(imported()))"


def test_lock_satisfies_the_ranges_of_setup() -> None:
    """Everything that ``setup.py`` requires is locked, at a version within its range."""
    required = [Requirement(line) for line in metadata.requires("source-xero-gl") or [] if "extra ==" not in line]
    assert required
    for requirement in required:
        assert requirement.specifier.contains(PINS[canonical(requirement.name)]), requirement


def test_lock_holds_all_that_the_connector_imports() -> None:
    """What a locked package requires is locked too, if one of the connector's modules loads it."""
    line = [sys.executable, "-c", LOADED]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    loaded = {*done.stdout.split()}
    required = {canonical(line) for name in PINS for line in _requirements(name) if "extra ==" not in line}
    assert {"airbyte-cdk", "requests", "orjson"} <= loaded & PINS.keys()
    assert loaded & required <= PINS.keys()


def test_every_locked_package_has_hashes_and_no_address() -> None:
    """A build takes exactly these files, from whatever index it is told to use."""
    entries = re.split(r"\n(?=\S)", TEXT.partition("\n")[2].strip())
    assert len(entries) == len(PINS) > 0
    for entry in entries:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+(?: \\\n    --hash=sha256:[0-9a-f]{64})+", entry), entry


def test_image_is_built_from_the_lock() -> None:
    """The Dockerfile installs the lock with its hashes, and resolves nothing by itself."""
    steps = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    installs = re.findall(r"pip install .*", steps)
    assert len(installs) == 2
    assert all("--no-deps" in step for step in installs)
    assert "--require-hashes" in installs[0]
    assert f"--requirement {LOCK}" in installs[0]
    assert "--no-build-isolation" in installs[1]


def _requirements(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # of another platform than this one
        return []
