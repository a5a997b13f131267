"""The connector's image: containers as platforms run them, read-only, without privileges, on the host's network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integration_tests.protocol import LONGEST_RUN_SECONDS, Json, Output, run
from local_xero.process import XeroServerProcess

IMAGE = os.environ.get("IMAGE", "airbyte/source-xero-gl:dev")
DOCKER = shutil.which("docker") or "docker"
READ_ONLY = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
ON_THE_HOST = ("--network", "host")
"""The local Xero listens on loopback, and the connector accepts plain http nowhere else."""

OWN_USER = 1000


def docker(*arguments: str) -> str:
    """Run a command of Docker; give its output."""
    line = [DOCKER, *arguments]
    done = subprocess.run(line, capture_output=True, text=True, timeout=LONGEST_RUN_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def why_not() -> str | None:
    """Say why the image cannot be run; None when it can."""
    for what, line in (("no Docker engine answers", ["info"]), (f"{IMAGE} is not built", ["image", "inspect", IMAGE])):
        try:
            done = subprocess.run([DOCKER, *line], capture_output=True, timeout=60, check=False)
        except OSError:
            return "Docker is not installed"
        if done.returncode:
            return what
    return None


def inspected(image: str = IMAGE) -> Json:
    """Give what the engine knows of an image."""
    found: list[Json] = json.loads(docker("image", "inspect", image))
    return found[0]


def inside(program: str, *arguments: str, user: str = str(OWN_USER)) -> str:
    """Run a program of the image in place of the connector, without a network; give its output."""
    options = ("--rm", *READ_ONLY, "--network", "none", "--user", user, "--entrypoint", program)
    return docker("run", *options, IMAGE, *arguments)


class Mount:
    """A folder on the host that containers of any user may use, under ``/secrets`` as the documents say.

    Attributes:
        folder: on the host.
        user: number of the containers' user.
    """

    def __init__(self, folder: Path, xero: XeroServerProcess, user: int | None = None) -> None:
        """Use a folder.

        Args:
            folder: is made.
            xero: where containers find Xero.
            user: number of the containers' user; None for the image's own.
        """
        folder.mkdir()
        folder.chmod(0o777)
        self.folder = folder
        self.user = OWN_USER if user is None else user
        self._user = () if user is None else ("--user", f"{user}:{user}")
        self._environment = {"XERO_CALLS_PER_MINUTE": "6000", **xero.environment()}

    def write(self, name: str, content: object) -> Path:
        """Write a JSON file that every user may read and write."""
        path = self.folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        path.chmod(0o666)
        return path

    def read(self, name: str) -> Any:
        """Read a JSON file."""
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def line(self, name: str, *arguments: str, mode: str = "rw", environment: Sequence[str] = ()) -> list[str]:
        """Give the command line of ``docker run`` for a command of the connector, with the config in the folder."""
        variables = [*(f"{key}={value}" for key, value in self._environment.items()), *environment]
        options = [*READ_ONLY, *ON_THE_HOST, *self._user, "--volume", f"{self.folder}:/secrets:{mode}"]
        options += [part for variable in variables for part in ("--env", variable)]
        return [DOCKER, "run", "--rm", *options, IMAGE, name, "--config", "/secrets/config.json", *arguments]

    def run(self, name: str, *arguments: str, mode: str = "rw", environment: Sequence[str] = ()) -> Output:
        """Run a command of the connector in a container."""
        return run(self.line(name, *arguments, mode=mode, environment=environment), os.environ)

    def owners(self) -> dict[str, int]:
        """Give the owner of each file in the folder."""
        return {path.name: path.stat().st_uid for path in self.folder.iterdir()}


@contextmanager
def started(line: Sequence[str], name: str) -> Iterator[subprocess.Popen[str]]:
    """Start a container under a name; its output is taken line by line, and it ends with the block at the latest."""
    named = [*line[:3], "--name", name, *line[3:]]
    with subprocess.Popen(named, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            yield process
        finally:
            subprocess.run([DOCKER, "rm", "--force", name], capture_output=True, check=False, timeout=60)
