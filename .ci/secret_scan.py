"""Look for secrets in the files that git tracks: ``python .ci/secret_scan.py [directory]``.

Exit status: 0 when there is none but those that ``secrets-allowed.yml`` gives a reason for, 1 otherwise. Nothing is sent
anywhere, and no secret is printed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

ALLOWED = Path(".ci") / "secrets-allowed.yml"

PROCESSES = 2

SETTINGS: dict[str, list[dict[str, Any]]] = {
    "plugins_used": [
        {"name": "AWSKeyDetector"},
        {"name": "AzureStorageKeyDetector"},
        {"name": "Base64HighEntropyString", "limit": 4.5},  # Xero's client secrets and refresh tokens
        {"name": "BasicAuthDetector"},
        {"name": "GitHubTokenDetector"},
        {"name": "GitLabTokenDetector"},
        {"name": "HexHighEntropyString", "limit": 3.0},
        {"name": "JwtTokenDetector"},  # Xero's access tokens
        {"name": "KeywordDetector"},
        {"name": "NpmDetector"},
        {"name": "PrivateKeyDetector"},
        {"name": "PypiTokenDetector"},
        {"name": "SlackDetector"},
    ],
    # The usual ones of the library, but for the one that would try a secret out at the service it belongs to.
    "filters_used": [
        {"path": f"detect_secrets.filters.heuristic.{name}"}
        for name in (
            "is_indirect_reference",
            "is_likely_id_string",
            "is_not_alphanumeric_string",
            "is_potential_uuid",
            "is_prefixed_with_dollar_sign",
            "is_sequential_string",
            "is_templated_secret",
        )
    ],
}


def main(root: Path) -> int:
    """Look through the files below a directory; return the exit status."""
    files = list(_tracked(root))
    allowed = _allowed(root)
    collection = SecretsCollection(root=str(root))
    with transient_settings(SETTINGS):
        collection.scan_files(*files, num_processors=PROCESSES)
    found = {(name, secret.secret_hash): secret for name, secret in collection}
    for (name, mark), secret in sorted(found.items(), key=lambda item: (item[0][0], item[1].line_number)):
        if (name, mark) not in allowed:
            print(f"{name}:{secret.line_number}: {secret.type}, SHA-1 {mark}")
    for name, mark in sorted(allowed - found.keys()):
        print(f"{ALLOWED}: {name} no longer holds the text with the SHA-1 {mark}: remove the entry.")
    if not files:
        print("No file was looked at.")
    clean = bool(files) and found.keys() == allowed
    if clean:
        print(f"No secrets in {len(files)} files.")
    elif found.keys() - allowed:
        print(f"Take each secret out and revoke it, or, if it is made up, give the reason in {ALLOWED}.")
    return 0 if clean else 1


def _tracked(root: Path) -> Iterator[str]:
    """Yield what git tracks; where there is no git, every file outside of hidden and built directories."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z"],  # noqa: S607 - git is found where the person has it
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        paths = [root / name for name in listing.stdout.split("\0") if name]
    else:
        left_out = {"build", "dist", "secrets", "__pycache__"}
        parts = ((path, {*path.relative_to(root).parts}) for path in root.rglob("*"))
        paths = [
            path
            for path, names in parts
            if not names & left_out and not any(n.startswith(".") and n != ".ci" for n in names)
        ]
    for path in sorted(paths):
        # The list of what is allowed holds sums that look random; a secret would not parse there.
        if path.is_file() and not path.is_symlink() and path != root / ALLOWED:
            yield str(path.relative_to(root))


def _allowed(root: Path) -> set[tuple[str, str]]:
    """Return files and SHA-1 of texts that look like secrets; each stands in the list with a reason."""
    path = root / ALLOWED
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
    without = [entry for entry in entries if not str(entry.get("reason") or "").strip()]
    if without:
        raise SystemExit(f"{ALLOWED}: every entry needs a reason.")
    return {(file, entry["sha1"]) for entry in entries for file in entry["files"]}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
