"""The package: built, it holds all that the connector needs; installed into an empty environment, it runs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from integration_tests.connector import bare_environment
from integration_tests.protocol import run

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "source_xero_gl", "schemas", "dbt")
INSTALL_SECONDS = 420.0


def pip(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pip."""
    environment = {**bare_environment(), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    line = [str(python), "-m", "pip", *arguments]
    return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)


def copied_sources(folder: Path) -> Path:
    """Copy what is built, for builds leave traces beside their sources."""
    folder.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.mark.slow  # downloads and installs the dependencies: a minute or more
def test_package_installs_into_an_empty_environment(tmp_path: Path) -> None:
    """``pip install .`` in an empty environment is enough for ``spec``; schemas, pages and the dbt package are in the wheel."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    sources = copied_sources(tmp_path / "sources")
    built = pip(python, "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(sources))
    if "Could not find a version" in built.stderr or "Failed to establish a new connection" in built.stderr:
        pytest.skip("the package index cannot be reached")
    assert built.returncode == 0, built.stderr[-2000:]
    (wheel,) = tmp_path.glob("*.whl")
    names = {name.partition("/")[2] for name in zipfile.ZipFile(wheel).namelist()}
    wanted = {path.relative_to(ROOT).as_posix() for path in (ROOT / "schemas").rglob("*.json")}
    wanted |= {f"dbt/{name}" for name in ("dbt_project.yml", "profiles.yml")}
    ledger = [path for part in ("macros", "models", "tests") for path in (ROOT / "dbt" / part).rglob("*.*")]
    wanted |= {path.relative_to(ROOT).as_posix() for path in ledger}
    package = ROOT / "source_xero_gl"
    wanted |= {
        path.relative_to(package).as_posix()
        for path in (package / "commands").rglob("*.*")
        if "__pycache__" not in path.parts
    }
    assert {*wanted, "spec.yaml", "py.typed"} <= names
    installed = pip(python, "install", str(wheel))
    assert installed.returncode == 0, installed.stderr[-2000:]
    shutil.rmtree(sources)
    output = run([str(python.with_name("source-xero-gl")), "spec"], bare_environment())
    assert (output.status, len(output.of("SPEC"))) == (0, 1)
    missing = subprocess.run(
        [str(python.with_name("source-xero-gl")), "sync", "--config", "config.json"],
        env=bare_environment(),
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    assert (missing.returncode, "[sync]" in missing.stderr or "3.10 to 3.12" in missing.stderr) == (2, True)
