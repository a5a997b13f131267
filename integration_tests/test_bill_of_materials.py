"""``make sbom``: the bill of materials of the packages in the image."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BILL = ROOT / "build" / "sbom.cdx.json"
VALID = """
import pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
print(JsonStrictValidator(SchemaVersion["V" + sys.argv[1].replace(".", "_")]).validate_str(pathlib.Path(sys.argv[2]).read_text()))
"""

pytestmark = pytest.mark.slow  # installs a package into an environment of its own


def made() -> str:
    """Write the bill, and return it."""
    environment = {**os.environ, "VENV": str(Path(sys.executable).parents[1])}
    subprocess.run(["make", "sbom"], cwd=ROOT, env=environment, capture_output=True, timeout=300, check=True)  # noqa: S607 - the make that is first on the path
    return BILL.read_text(encoding="utf-8")


def test_bill_of_materials_names_every_package_of_the_lock() -> None:
    """It is valid CycloneDX, with each package's version and all of its hashes, and the same whenever it is made."""
    text = made()
    assert made() == text
    bill = json.loads(text)
    line = [str(ROOT / ".tmp" / "sbom" / "bin" / "python"), "-c", VALID, bill["specVersion"], str(BILL)]
    assert subprocess.run(line, capture_output=True, text=True, timeout=120, check=True).stdout == "None\n"
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
    assert {part["name"]: part["version"] for part in bill["components"]} == pins
    told = {
        entry["content"]
        for part in bill["components"]
        for link in part["externalReferences"]
        for entry in link["hashes"]
    }
    assert told == {*re.findall(r"sha256:([0-9a-f]{64})", lock)}
