"""``connect`` as a process, with a browser made of requests: cookies, forms and redirects, and no JavaScript."""

from __future__ import annotations

import html
import json
import os
import queue
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import requests

from integration_tests.connector import COMMAND, bare_environment
from integration_tests.forked import Forked
from integration_tests.protocol import Json
from local_xero.process import XeroServerProcess

if TYPE_CHECKING:
    from typing_extensions import Self

PATIENCE_SECONDS = 60.0
_QUESTION = re.compile(
    r"(?m)^(Client ID|Client secret|Address|Number|(Journals|Invoices|Reports): [A-Z]|Calls|.*\([Yy]/[Nn]\)).*: \Z"
)
_ADDRESS = re.compile(r"http://localhost:\d+/\?key=\S+")


class Connect:
    """The command, running for as long as the ``with`` block lasts, its pages ready to be opened.

    Args:
        config: the file to write.
        environment: variables that point the command at a server.
        options: further options of the command.
        browser: program that is to open the address; None for no window.
    """

    def __init__(
        self, config: Path, environment: Mapping[str, str], *options: str, browser: Path | None = None
    ) -> None:
        self.config = config
        self._arguments = [
            "connect",
            "--port",
            "0",
            *([] if "--folder" in options else ["--config", str(config)]),
            *options,
        ]
        self._environment = {**without_windows(environment), **({"BROWSER": str(browser)} if browser else {})}
        self._lines: queue.Queue[str] = queue.Queue()
        self.output = ""
        self.address = ""

    def __enter__(self) -> Self:
        """Start the command and wait for its address."""
        self._folder = tempfile.TemporaryDirectory(prefix="connect-")
        pipe = Path(self._folder.name) / "output"
        os.mkfifo(pipe)
        self.process = Forked(self._arguments, self._environment, pipe, pipe)
        self.process.start()
        self._output = pipe.open(encoding="utf-8")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.address = self.next_address()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the command, should it still run."""
        self.process.send_signal(signal.SIGTERM)
        self.ended()
        self._folder.cleanup()

    @property
    def origin(self) -> str:
        """Address of the pages, without a path."""
        return self.address.partition("/?")[0]

    def next_address(self) -> str:
        """Wait for the next address that the terminal shows."""
        while True:
            found = _ADDRESS.search(self._lines.get(timeout=PATIENCE_SECONDS))
            if found:
                return found[0]

    def kept(self) -> Json:
        """Read the config file."""
        return kept(self.config)

    def ended(self) -> int:
        """Wait for the end and give the exit status; ``output`` is then complete."""
        status = self.process.ended(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        self._output.close()
        return status

    def _read(self) -> None:
        for line in self._output:
            self.output += line
            self._lines.put(line)


class Browser:
    """A browser without JavaScript."""

    def __init__(self, xero: XeroServerProcess) -> None:
        self._xero = xero
        self._session = requests.Session()
        self.page = ""
        self.address = ""

    def open(self, address: str) -> str:
        """Open an address, redirects followed, and give the page."""
        return self._shown(self._session.get(address, headers={"Accept": "text/html"}, timeout=PATIENCE_SECONDS))

    def send(self, action: str, **fields: str) -> str:
        """Fill in the page's form of that action and send it; a double underscore in a name stands for a dot."""
        forms = re.findall(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', self.page, re.DOTALL)
        (form,) = [inner for target, inner in forms if target == action]
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
        data = {html.unescape(name): html.unescape(value) for name, value in hidden}
        data |= {name.replace("__", "."): value for name, value in fields.items()}
        address = requests.compat.urljoin(self.address, action)
        headers = {"Accept": "text/html"}
        return self._shown(self._session.post(address, data=data, headers=headers, timeout=PATIENCE_SECONDS))

    def allow(self, tenant_id: str = "") -> str:
        """Press Allow on Xero's page."""
        return self.send("/identity/connect/consent", tenant=tenant_id, decision="allow")

    def _shown(self, answer: requests.Response) -> str:
        self.page, self.address = answer.text, answer.url
        return self.page


def without_windows(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of a command that is to open no window."""
    windows = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return {k: v for k, v in {**bare_environment(), **environment}.items() if k not in windows}


def answered(
    config: Path, environment: Mapping[str, str], options: Sequence[str], answers: Sequence[str]
) -> tuple[int, str]:
    """Run the command without a browser on answers from a pipe; Xero's page is visited where an answer says ``visit``.

    Returns:
        Exit status and output.
    """
    where = [] if "--folder" in options else ["--config", str(config)]
    line = [*COMMAND, "connect", "--no-browser", *where, *options]
    with subprocess.Popen(
        line,
        env=without_windows(environment),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdin
        output = ""
        for answer in answers:
            output += _until_asked(process)
            process.stdin.write((_visited(output) if answer == "visit" else answer) + "\n")
            process.stdin.flush()
        rest, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, output + rest


def _until_asked(process: subprocess.Popen[str]) -> str:
    """Read up to the end of a question."""
    text = ""
    while process.stdout and not _QUESTION.search(text):
        character = os.read(process.stdout.fileno(), 1).decode("utf-8", "replace")
        if not character:
            break
        text += character
    return text


def _visited(output: str) -> str:
    """Visit Xero's page, whose user allows the organisation, and give the address that it leads to."""
    address = re.findall(r"(?m)^  (http\S+authorize\S+)$", output)[-1]
    return requests.get(address, allow_redirects=False, timeout=PATIENCE_SECONDS).headers["Location"]


def asked(address: str) -> dict[str, str]:
    """Give the fields of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def kept(config: Path) -> Json:
    """Read a config file."""
    found: Json = json.loads(config.read_text(encoding="utf-8"))
    return found
