"""The package: built, it holds all that the connector needs; installed into an empty environment, it runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from integration_tests.connector import bare_environment
from integration_tests.protocol import run
from integration_tests.report_months import SWITCHES
from source_xero_gl.streams import STREAMS

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "source_xero_gl", "schemas", "dbt")
INSTALL_SECONDS = 420.0

pytestmark = pytest.mark.slow  # builds both distributions, and downloads the dependencies: a minute or more


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


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build what is released, the wheel from the source distribution; give the folder."""
    folder = tmp_path_factory.mktemp("built")
    sources = copied_sources(folder / "sources")
    # Without isolation: setuptools is there, and need not be fetched.
    line = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(sources)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder / "dist"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Path:
    """Install the wheel into an environment with the dependencies of this one; give the folder of its commands."""
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder)
    python = folder / "bin" / "python"
    done = pip(Path(sys.executable), "--python", str(python), "install", "--no-deps", *map(str, built.glob("*.whl")))
    assert done.returncode == 0, done.stderr[-2000:]
    (site,) = folder.glob("lib/*/site-packages")
    (site / "dependencies.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    return python.parent


def told(commands: Path, *arguments: str) -> str:
    """Run a command of the installed wheel, in a folder without the sources; return what it says."""
    line = [str(commands / "source-xero-gl"), *arguments]
    done = subprocess.run(
        line, cwd=commands, env=bare_environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_both_distributions_are_fit_for_pypi(built: Path) -> None:
    """There is a wheel and a source distribution, and twine has nothing against them, no warning either."""
    files = sorted(built.iterdir())
    assert [path.name.split("-")[0] for path in files] == ["source_xero_gl"] * 2
    line = [sys.executable, "-m", "twine", "check", "--strict", *map(str, files)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("PASSED") == 2


def test_the_wheel_alone_runs_every_command(alone: Path) -> None:
    """``spec``, ``discover`` and the help of each command need nothing of the repository."""
    where = "import source_xero_gl; print(source_xero_gl.__file__)"
    found = subprocess.run([str(alone / "python"), "-c", where], cwd=alone, capture_output=True, text=True, check=True)
    assert Path(found.stdout).is_relative_to(alone.parent)
    config = alone / "config.json"
    credentials = {"auth_type": "access_token", "access_token": "none"}
    config.write_text(json.dumps({"credentials": credentials, "reports": SWITCHES}), encoding="utf-8")
    assert '"SPEC"' in told(alone, "spec")
    assert told(alone, "discover", "--config", str(config)).count('"json_schema"') == len(STREAMS)
    for command in ("connect", "find-journal", "estimate", "sync"):
        assert command in told(alone, command, "--help")


def test_the_wheel_brings_the_ledger(alone: Path) -> None:
    """The dbt package is whole, as a folder beside the code, without anything that dbt leaves in a clone."""
    (package,) = alone.parent.glob("lib/*/site-packages/source_xero_gl")
    there = {path.relative_to(package).as_posix() for path in (package / "dbt").rglob("*.*") if path.is_file()}
    assert not (package / "dbt").is_symlink()
    ledger = [path for part in ("macros", "models", "tests") for path in (ROOT / "dbt" / part).rglob("*.*")]
    assert {"dbt/dbt_project.yml", *(path.relative_to(ROOT).as_posix() for path in ledger)} <= there
    assert not [name for name in there if "target" in name or "logs" in name]


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
