"""A copy of this tree inside what looks like Airbyte's repository."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "source-xero-gl"

_PAGE = Path("docs/sources/xero-gl.md")


def copy_to(folder: Path) -> Path:
    """Copy what git has or would add into ``folder``, which is emptied first; return the connector's folder.

    The copy says of itself that it has the highest service level, because Airbyte reads the user's page only then.

    Raises:
        SystemExit: this tree is no git repository.
    """
    shutil.rmtree(folder, ignore_errors=True)
    repository = folder / "airbyte"
    connector = repository / "airbyte-integrations" / "connectors" / NAME
    page = repository / "docs" / "integrations" / "sources" / _PAGE.name
    for name in _tracked():
        target = connector / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    page.parent.mkdir(parents=True)
    shutil.copy2(ROOT / _PAGE, page)
    metadata = connector / "metadata.yaml"
    text, count = re.subn(r"^(    sl: )\d+$", r"\g<1>300", metadata.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if count != 1:
        raise SystemExit("metadata.yaml names no service level (ab_internal.sl).")
    metadata.write_text(text, encoding="utf-8")
    # So that the tools do not take this repository, of which the copy is a folder, for Airbyte's.
    subprocess.run(["git", "init", "--quiet", str(repository)], check=True)  # noqa: S607 - git is found where the person has it
    return connector


def _tracked() -> list[str]:
    line = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit("Airbyte's checks take the files that git knows: run them in a clone.")
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).exists()]
