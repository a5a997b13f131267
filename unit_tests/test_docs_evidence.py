"""``docs/evidence.md`` names tests and commands that exist, and says for each promise what was never tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split(" | ")]
    for line in (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("|") and "---" not in line
][1:]
TESTS = sorted(set(re.findall(r"`((?:unit|integration)_tests/[^`]*)`", " ".join(row[1] for row in ROWS))))


def test_every_promise_has_all_its_cells() -> None:
    """A promise without evidence, or without the way to repeat it, is none."""
    assert len(ROWS) > 10
    for promise, shown, found, repeat, never in ROWS:
        assert all((promise, shown, found, repeat, never)), promise


@pytest.mark.parametrize("name", TESTS)
def test_each_test_exists(name: str) -> None:
    """A folder, a module, or a function of a module."""
    path, _, function = name.partition("::")
    assert (ROOT / path).exists()
    assert not function or f"def {function}(" in (ROOT / path).read_text(encoding="utf-8")


def test_each_command_exists() -> None:
    """What is to be run again is a target of the Makefile or a benchmark."""
    for row in ROWS:
        for command in re.findall(r"`([^`]+)`", row[3]):
            words = command.split()
            if words[0] == "make":
                assert words[1] in TARGETS, command
            else:
                assert words[:3] == [".venv/bin/python", "-m", "benchmarks"], command
                assert all((ROOT / "benchmarks" / f"{word}.py").exists() for word in words[3:]), command
