"""The command line: options, questions, the end."""

from __future__ import annotations

import getpass
import io
import os
import queue
import signal
import stat
import sys
import threading
import webbrowser
from pathlib import Path

import pytest

from source_xero_gl import run
from source_xero_gl.commands.connect import command, prompts
from source_xero_gl.commands.connect.guard import door_to
from source_xero_gl.commands.connect.summary import summary
from source_xero_gl.commands.connect.verdict import Verdict
from source_xero_gl.xero.errors import XeroError
from unit_tests.commands.connect.fake_login import PORT, Browser


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Give the pipe that answers come through."""
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stdin", pipe)
    return pipe


def answer(pipe: io.StringIO, *lines: str) -> None:
    """Put answers into the pipe."""
    pipe.write("".join(f"{line}\n" for line in lines))
    pipe.seek(0)


def test_the_script_hands_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """``source-xero-gl connect …`` runs the command with the rest of the line and ends with its status."""
    monkeypatch.setattr(sys, "argv", ["source-xero-gl", "connect", "--port", "x"])
    with pytest.raises(SystemExit) as ended:
        run.main()
    assert ended.value.code == 2


def test_help_names_the_address_to_register(capsys: pytest.CaptureFixture[str]) -> None:
    """The help says which redirect URI the app must have, and the default port is the documented one."""
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])
    assert ended.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "http://localhost:N/callback must be a redirect URI" in text
    assert command.DEFAULT_PORT == 8722


@pytest.mark.parametrize("port", ["-1", "65536", "1e3", "eight", "\u0661"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything but a number from 0 to 65535 is a usage error."""
    with pytest.raises(SystemExit):
        command.main([f"--port={port}"])
    assert "must be a number from 0 to 65535" in capsys.readouterr().err


def test_a_wrong_variable_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An operator's variable that is wrong is one sentence on stderr and status 1."""
    monkeypatch.setenv("XERO_LOGIN_URL", "http://evil.example")
    assert command.main(["--config", str(tmp_path / "config.json")]) == 1
    assert "XERO_LOGIN_URL" in capsys.readouterr().err


def test_the_pages_end_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After 15 minutes without a step the command ends with status 1."""
    browser = Browser(tmp_path / "config.json")
    monkeypatch.setattr(command, "_POLL_SECONDS", 0.0)
    browser.site._last_step -= command.IDLE_SECONDS + 1
    command._wait(browser.site, browser.onboarding, browser.guard, tmp_path / "door")
    assert summary(browser.onboarding) == 1
    assert "Nothing has happened for 15 minutes" in capsys.readouterr().out


def test_requests_of_strangers_do_not_prolong_the_pages(tmp_path: Path) -> None:
    """What is refused is no step."""
    browser = Browser(tmp_path / "config.json")
    browser.site._last_step -= 1000
    browser.send("GET", "/?key=wrong")
    browser.send("GET", "/", host="evil.example")
    assert browser.site.idle_seconds > 999
    browser.open()
    assert browser.site.idle_seconds < 999


@pytest.mark.parametrize(
    ("verdict", "status", "words"),
    [
        (Verdict(), 0, "The check succeeded"),
        (Verdict("Xero says no."), 1, "the check failed. Xero says no."),
        (None, 1, "Nothing was finished"),
    ],
)
def test_the_status_tells_how_it_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verdict: Verdict | None, status: int, words: str
) -> None:
    """Status 0 means a config that works; the last words name the file, quoted for a shell."""
    onboarding = Browser(tmp_path / "my config.json").onboarding
    onboarding.verdict = verdict
    assert summary(onboarding) == status
    text = capsys.readouterr().out
    assert words in text
    assert ("my config.json'" in text) == (status == 0)


@pytest.mark.parametrize("names", [(), ("DISPLAY",), ("BROWSER",)])
def test_no_text_browser_takes_the_terminal(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]) -> None:
    """On a Linux machine without a screen nothing is opened, unless the user has named a browser."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name in names:
        monkeypatch.setenv(name, ":0")
    assert command._has_browser() == bool(names)


def test_control_characters_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that was chosen to move the cursor is shown without doing so."""
    prompts.say("Twin\x1b[2J\x07 \N{LATIN SMALL LETTER O WITH MACRON}")
    assert capsys.readouterr().out == "Twin?[2J? \N{LATIN SMALL LETTER O WITH MACRON}\n"


def test_questions_insist(answers: io.StringIO) -> None:
    """A number that is not in the list and an answer that is neither yes nor no are asked for again."""
    answer(answers, "0", "3", "\u0662", "9" * 50, "", "2", "perhaps", "N", "")
    assert prompts.ask_choice("Which?", ["a", "b"], None) == 1
    assert prompts.ask_whether("Sure?", default=True) is False
    assert prompts.ask("Name", "default") == "default"
    with pytest.raises(XeroError, match="input ended"):
        prompts.ask("Name")


def test_secrets_are_not_echoed(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a secret is asked for without showing it."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda question: f" s3cret for {question}")
    assert prompts.ask_secret("Client secret") == "s3cret for Client secret (not shown):"


def test_the_browser_is_opened_beside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page that leads to the address is opened without waiting for the browser: its command line shows no key."""
    opened: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(command, "_has_browser", lambda: True)
    monkeypatch.setattr(webbrowser, "open", opened.put)
    browser = Browser(tmp_path / "config.json")
    with door_to(browser.guard, tmp_path) as door:
        command._invite(browser.guard, browser.onboarding, door)
        assert opened.get(timeout=10) == door.as_uri()
        assert f"url={browser.guard.address}" in door.read_text(encoding="utf-8")
        assert stat.S_IMODE(door.stat().st_mode) == 0o600
    assert browser.guard.address in capsys.readouterr().out
    assert not door.exists()


def test_the_page_with_the_key_goes_when_it_was_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a browser has come in, nothing on the disk holds the key any more."""
    browser = Browser(tmp_path / "config.json")
    monkeypatch.setattr(command, "_POLL_SECONDS", 0.0)
    with door_to(browser.guard, tmp_path) as door:
        browser.open()
        browser.site._last_step -= command.IDLE_SECONDS + 1
        monkeypatch.setattr(command, "_LINGER_SECONDS", 0.0)
        command._wait(browser.site, browser.onboarding, browser.guard, door)
        assert not door.exists()


def test_the_hint_names_the_real_port(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a window the port to forward is the one that is served, also where ``--port 0`` took a free one."""
    monkeypatch.setattr(command, "_has_browser", lambda: False)
    browser = Browser(tmp_path / "config.json")
    command._invite(browser.guard, browser.onboarding, tmp_path / "door")
    assert f"ssh -L {PORT}:localhost:{PORT} " in capsys.readouterr().out


def test_a_terminal_that_cannot_show_a_letter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a terminal with another encoding, what it cannot show becomes a question mark, and the command goes on."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", out)
    path = tmp_path / "K\u014dwhai"
    path.mkdir()
    assert command.main(["--no-browser", "--config", str(path)]) == 1
    out.seek(0)
    assert "K?whai" in out.read()


def test_an_unforeseen_error_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake of our own ends the command with a sentence that repeats none of its text, and with status 1."""

    def fail(*_: object) -> None:
        raise ValueError("Ledger Holdings")

    monkeypatch.setattr(command, "_on_terminal", fail)
    assert command.main(["--no-browser", "--config", str(tmp_path / "config.json")]) == 1
    text = capsys.readouterr().err
    assert "did not foresee" in text
    assert "Ledger" not in text


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_a_step_on_the_terminal_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[BaseException]
) -> None:
    """Ctrl-C and SIGTERM, also twice, end the command only when the step under way has."""
    onboarding = Browser(tmp_path / "config.json").onboarding
    done: list[bool] = []
    waiting = threading.Thread.join

    def step() -> None:
        onboarding.stop.wait(10)
        for signum in (signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), signum)
        done.append(True)

    def interrupted(thread: threading.Thread, timeout: float | None = None) -> None:
        if not onboarding.stop.is_set():
            raise kind
        waiting(thread, timeout)

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(kind):
        command._finish(onboarding.stop, step)
    assert done
    assert "Finishing the step under way" in capsys.readouterr().out


def test_the_page_of_a_killed_run_is_removed(tmp_path: Path) -> None:
    """What a run that was killed has left beside the config is gone after the next one, and nothing else is."""
    browser = Browser(tmp_path / "config.json")
    (tmp_path / "connect-mine.html").write_text("mine", encoding="utf-8")
    left = tmp_path / f"connect-{PORT}.html"
    left.symlink_to(tmp_path / "connect-mine.html")
    with door_to(browser.guard, tmp_path) as door:
        assert door == left
        assert not door.is_symlink()
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["mine"]
