"""The secret scan of ``make lint`` finds what must not be there, and ``make audit`` never passes for want of an answer."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / ".ci"
BOUND_SECONDS = 120

Main = Callable[[list[dict[str, object]] | None], int]


def made_up(length: int) -> str:
    """Return what looks like one of Xero's secrets; it stands in no file."""
    return base64.urlsafe_b64encode(hashlib.sha512(b"planted").digest()).decode()[:length]


def token() -> str:
    """Return what looks like an access token."""
    parts = [{"alg": "RS256", "typ": "JWT"}, {"scope": "accounting.journals.read", "jti": made_up(24)}]
    return ".".join(
        [*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "c2ln"]
    )


def scan(root: Path) -> tuple[int, str]:
    """Run the scan on a directory; return its exit status and its report."""
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / "secret_scan.py"), str(root)],
        capture_output=True,
        text=True,
        timeout=BOUND_SECONDS,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def needs_scanner() -> None:
    """Skip a test where the library of the scan is missing."""
    pytest.importorskip("detect_secrets")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("settings.json", f'{{"client_secret": "{made_up(48)}"}}'),
        ("test_x.py", f'TOKENS = ["{made_up(43)}"]'),
        ("notes.md", f"The token was {token()} then."),
        ("run.sh", f"export XERO_ACCESS_TOKEN={token()}"),
        ("key.pem", "-----BEGIN RSA PRIVATE " + "KEY-----"),
        ("a.yml", f"url: https://joe:{made_up(12)}@example.com/"),
    ],
    ids=["client secret", "refresh token", "access token", "environment", "private key", "address"],
)
def test_a_planted_secret_is_found(tmp_path: Path, name: str, line: str) -> None:
    """Each kind of secret that this project handles fails the scan, which names the place and not the secret."""
    needs_scanner()
    (tmp_path / name).write_text(f"\n{line}\n", encoding="utf-8")
    status, report = scan(tmp_path)
    assert status == 1
    assert report.startswith(f"{name}:2: ")
    assert not [text for text in (made_up(12), token()) if text in report]


def test_what_has_a_reason_passes(tmp_path: Path) -> None:
    """A made-up secret passes with a reason; without one the scan fails, and also when the text has gone."""
    needs_scanner()
    (tmp_path / "a.py").write_text(f'SECRET = "{made_up(48)}"\n', encoding="utf-8")
    (tmp_path / ".ci").mkdir()
    allowed = tmp_path / ".ci" / "secrets-allowed.yml"
    sha1 = hashlib.sha1(made_up(48).encode(), usedforsecurity=False).hexdigest()
    allowed.write_text(f"- reason: made up\n  sha1: {sha1}\n  files: [a.py]\n", encoding="utf-8")
    assert scan(tmp_path) == (0, "No secrets in 1 files.\n")
    (tmp_path / "a.py").write_text("SECRET = None\n", encoding="utf-8")
    status, report = scan(tmp_path)
    assert (status, "remove the entry" in report) == (1, True)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_only_tracked_files_are_looked_at(tmp_path: Path) -> None:
    """A file with credentials that git ignores is nobody's business; without a file to look at the scan fails."""
    needs_scanner()
    (tmp_path / "config.json").write_text(f'{{"client_secret": "{made_up(48)}"}}', encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)  # noqa: S607 - git is found where the person has it
    assert scan(tmp_path) == (1, "No file was looked at.\n")
    (tmp_path / "a.py").write_text("A = 1\n", encoding="utf-8")
    subprocess.run(["git", "-C", str(tmp_path), "add", "a.py"], check=True)  # noqa: S607 - git is found where the person has it
    assert scan(tmp_path) == (0, "No secrets in 1 files.\n")


def script(name: str) -> ModuleType:
    """Return a script as a module."""
    spec = importlib.util.spec_from_file_location(f"ci_{name}", SCRIPTS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> Main:
    """Return the audit of two packages, with a stand-in for pip-audit that gives an answer, None for a crash."""
    module = script("audit")
    monkeypatch.setattr(module, "_installed", lambda: ["requests==2.32.0", "orjson==3.10.7"])

    def run(answer: list[dict[str, object]] | None) -> int:
        text = "" if answer is None else json.dumps({"dependencies": answer})
        code = f"import sys; print({text!r}); sys.exit('ConnectionError: no route' if not {text!r} else 0)"
        return int(module.main("pypi", [sys.executable, "-c", code]))

    return run


GOOD = {"name": "orjson", "version": "3.10.7", "vulns": []}
WEAK = {"name": "requests", "version": "2.32.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.32.4"]}]}
UNKNOWN = {"name": "requests", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ([{**WEAK, "vulns": []}, GOOD], 0, "No known weaknesses in 2 packages"),
        ([WEAK, GOOD], 1, "requests 2.32.0: PYSEC-1, fixed in 2.32.4"),
        ([UNKNOWN, {**UNKNOWN, "name": "orjson"}], 2, "none of 2 packages could be looked up"),
        ([UNKNOWN, GOOD], 2, "1 of 2 packages could not be looked up"),
        ([], 2, "none of 2 packages could be looked up"),
        (None, 2, "nothing could be looked up at pypi: ConnectionError: no route"),
    ],
    ids=["good", "weak", "unknown", "one unknown", "no answer", "no network"],
)
def test_an_audit_without_an_answer_fails(
    audit: Main, capsys: pytest.CaptureFixture[str], answer: list[dict[str, object]] | None, status: int, words: str
) -> None:
    """Only an audit that has looked up every package and found nothing passes; every other one says why it does not."""
    assert audit(answer) == status
    assert words in capsys.readouterr().out


def test_an_audit_covers_what_is_installed() -> None:
    """The packages of this environment are on the list with their versions, this connector's dependencies among them."""
    names = {package.split("==")[0].lower() for package in script("audit")._installed()}
    assert {"airbyte-cdk", "orjson", "pendulum", "requests", "tenacity"} <= names
