#!/usr/bin/env python3
"""Create an Airbyte source and a connection for each of many Xero organisations, through Airbyte's public API.

    export AIRBYTE_CLIENT_ID=… AIRBYTE_CLIENT_SECRET_FILE=secrets/airbyte
    python connect_organisations.py --workspace ID --destination ID --definition ID --dry-run secrets/organisations/*.json

Each file is the config of one organisation, with its own credentials. Its name without .json becomes the name of the source
and the connection, and of the schema in the destination. A source or connection that already has the name is left as it is,
so run it again after an error or with more files. From then on Airbyte keeps the rotated tokens: after the first sync, the
refresh tokens in the files no longer work.

The variables are those of an Airbyte application: https://docs.airbyte.com/platform/using-airbyte/configuring-api-access. In
place of a variable NAME you may set NAME_FILE, the name of a file with the value.
The API is described at https://reference.airbyte.com.

Exit status: 0 when all organisations are connected, 1 when Airbyte refused something, 2 when a file or an option is wrong.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import requests

Json = dict[str, Any]

CLOUD = "https://api.airbyte.com/v1"
STREAMS = (
    "journals,journal_lines,invoices,invoice_line_items,accounts,tracking_categories,organisations,currencies,contacts"
)
PAGE_ROWS = 100
TIMEOUT_SECONDS = 300.0
"""To list a source's streams, Airbyte starts the connector in a container, which takes time."""

_SUCCESS = range(200, 300)
_UNAUTHORIZED = 401
_WRONG_ADDRESS = "Is this the address of Airbyte's API?"
_MESSAGES = ("title", "detail", "message")


class SetupError(Exception):
    """A file, an option or a variable is wrong; the message is for the user."""


class AirbyteError(Exception):
    """Airbyte refused a call; the message is for the user and holds no secret."""


@dataclass(frozen=True)
class Organisation:
    """One organisation to connect.

    Attributes:
        name: name of the source and the connection.
        config: the connector's settings.
    """

    name: str
    config: Json

    @property
    def namespace(self) -> str:
        """The schema in the destination: one each, because a full refresh replaces whole tables."""
        return "xero_" + (re.sub(r"[^a-z0-9]+", "_", self.name.lower()).strip("_") or "organisation")

    @property
    def minute(self) -> int:
        """The minute of the hour at which its sync begins, so that not all begin at once."""
        return zlib.crc32(self.name.encode()) % 60

    @property
    def secrets(self) -> list[str]:
        """Texts that must not be shown."""
        credentials: Json = self.config["credentials"]
        return [value for key, value in credentials.items() if key != "auth_type" and isinstance(value, str) and value]


class Airbyte:
    """The part of Airbyte's public API that is used here."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        """Use the API at ``url`` as the application with that ID and secret."""
        self._url = url.rstrip("/")
        self._application = {"client_id": client_id, "client_secret": client_secret}
        self._session = requests.Session()
        self._session.trust_env = not _is_loopback(url)
        self._token = ""

    def all(self, path: str, workspace: str, *fields: str) -> Iterator[Json]:
        """List all objects of a kind in a workspace; each has ``fields``."""
        offset, rows = 0, PAGE_ROWS
        while rows == PAGE_ROWS:
            query: Json = {"workspaceIds": workspace, "limit": PAGE_ROWS, "offset": offset}
            (answer,) = objects([self.call("GET", path, params=query)], path, "data")
            data = objects(answer["data"], path, *fields)
            yield from data
            offset, rows = offset + PAGE_ROWS, len(data)

    def call(self, method: str, path: str, *, hide: list[str] | None = None, **content: Any) -> Any:
        """Make a call, with a new token when the old one has ended, usually after three minutes.

        Raises:
            AirbyteError: Airbyte refused it or does not answer. The message hides the texts in ``hide``.
        """
        if "Authorization" not in self._session.headers:
            self._sign_in()
        answer = self._send(method, path, **content)
        if answer.status_code == _UNAUTHORIZED:
            self._sign_in()
            answer = self._send(method, path, **content)
        return self._answer(answer, hide or [])

    def _sign_in(self) -> None:
        self._session.headers.pop("Authorization", None)
        path = "applications/token"
        (answer,) = objects([self._answer(self._send("POST", path, json=self._application), [])], path, "access_token")
        self._token = str(answer["access_token"])
        self._session.headers["Authorization"] = f"Bearer {self._token}"

    def _send(self, method: str, path: str, **content: Any) -> requests.Response:
        url = f"{self._url}/{path}"
        try:
            return self._session.request(method, url, timeout=TIMEOUT_SECONDS, allow_redirects=False, **content)
        except requests.RequestException as error:
            raise AirbyteError(f"{method} {path}: Airbyte does not answer ({type(error).__name__}).") from None

    def _answer(self, answer: requests.Response, hide: list[str]) -> Any:
        what = f"{answer.request.method} {urlsplit(str(answer.url)).path}: status {answer.status_code}"
        try:
            content = answer.json()
        except ValueError:
            raise AirbyteError(f"{what}, and the answer is not JSON. {_WRONG_ADDRESS}") from None
        if answer.status_code in _SUCCESS:
            return content
        said = [content.get(key) for key in _MESSAGES] if isinstance(content, dict) else []
        text = ". ".join(part for part in said if isinstance(part, str) and part) or "no reason given"
        raise AirbyteError(f"{what}: {_masked(text, [*hide, *self._application.values(), self._token])}")


def objects(content: Any, path: str, *fields: str) -> list[Json]:
    """Return the objects of a list.

    Raises:
        AirbyteError: it is not a list of objects with these fields. The message names the path.
    """
    if isinstance(content, list) and all(isinstance(row, dict) and row.keys() >= set(fields) for row in content):
        return content
    raise AirbyteError(f"{path}: the answer is not one of Airbyte's. {_WRONG_ADDRESS}")


def _masked(text: str, secrets: list[str]) -> str:
    """Hide secrets, also as they are written in JSON and in addresses."""
    forms = {form for secret in secrets for form in _forms(secret) if form}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def _forms(secret: str) -> list[str]:
    in_json = [json.dumps(secret, ensure_ascii=escaped)[1:-1] for escaped in (True, False)]
    return [secret, *in_json, quote(secret), quote(secret, safe=""), quote_plus(secret)]


class Setup:
    """Creates missing sources and connections in one workspace."""

    def __init__(self, airbyte: Airbyte, options: argparse.Namespace) -> None:
        """List the sources and connections that exist."""
        self._airbyte = airbyte
        self._options = options
        self._sources = {
            source["name"]: source["sourceId"]
            for source in airbyte.all("sources", options.workspace, "name", "sourceId")
            if source.get("definitionId") in (None, options.definition)
        }
        self._connected = {
            connection["sourceId"]
            for connection in airbyte.all("connections", options.workspace, "sourceId", "destinationId")
            if connection["destinationId"] == options.destination
        }

    def connect(self, organisation: Organisation) -> str:
        """Create the source and the connection of an organisation unless they exist; return what was done."""
        source = self._sources.get(organisation.name)
        if source in self._connected:
            return "is connected already"
        if self._options.dry_run:
            source_text = "source exists" if source else "would make a source"
            return f"{source_text}, would make a connection into {organisation.namespace}, {self._time(organisation)}"
        new = source is None
        source = source or self._make_source(organisation)
        streams = self._streams(organisation, source)
        self._make_connection(organisation, source, streams)
        made = "source and connection" if new else "connection"
        return f"{made} made: {len(streams)} streams into {organisation.namespace}, {self._time(organisation)}"

    def _make_source(self, organisation: Organisation) -> str:
        body = {
            "name": organisation.name,
            "workspaceId": self._options.workspace,
            "definitionId": self._options.definition,
            "configuration": organisation.config,
        }
        made = self._airbyte.call("POST", "sources", json=body, hide=organisation.secrets)
        return str(objects([made], "sources", "sourceId")[0]["sourceId"])

    def _streams(self, organisation: Organisation, source: str) -> list[Json]:
        """Choose the wanted streams that the source offers, incremental and deduplicated where possible."""
        query = {"sourceId": source, "destinationId": self._options.destination}
        answer = self._airbyte.call("GET", "streams", params=query, hide=organisation.secrets)
        offered = {stream["streamName"]: stream for stream in objects(answer, "streams", "streamName", "syncModes")}
        missing = [name for name in self._options.streams if name not in offered]
        if missing:
            tell(f"  left out, because these settings do not offer them: {', '.join(missing)}")
        chosen = [offered[name] for name in self._options.streams if name in offered]
        if not chosen:
            raise AirbyteError("none of the streams is offered")
        return [_stream(stream) for stream in chosen]

    def _make_connection(self, organisation: Organisation, source: str, streams: list[Json]) -> None:
        cron = f"0 {organisation.minute} {self._options.hour} * * ?"
        body = {
            "name": organisation.name,
            "sourceId": source,
            "destinationId": self._options.destination,
            "configurations": {"streams": streams},
            "schedule": {"scheduleType": "cron", "cronExpression": cron},
            "namespaceDefinition": "custom_format",
            "namespaceFormat": organisation.namespace,
            "nonBreakingSchemaUpdatesBehavior": "propagate_columns",
            "status": "active",
        }
        self._airbyte.call("POST", "connections", json=body, hide=organisation.secrets)

    def _time(self, organisation: Organisation) -> str:
        return f"daily at {self._options.hour:02d}:{organisation.minute:02d} UTC"


def _stream(offered: Json) -> Json:
    incremental = "incremental_deduped_history" in offered["syncModes"]
    mode = "incremental_deduped_history" if incremental else "full_refresh_overwrite"
    return {"name": offered["streamName"], "syncMode": mode}


def organisations(paths: list[Path]) -> list[Organisation]:
    """Read the configs.

    Raises:
        SetupError: one cannot be used, or two share a name or a token.
    """
    found = [Organisation(path.stem, _config(path)) for path in paths]
    for what, values in (
        ("have the same schema", [organisation.namespace for organisation in found]),
        (
            "have the same refresh token",
            [organisation.config["credentials"].get("refresh_token") for organisation in found],
        ),
    ):
        twice = {value for value, count in Counter(values).items() if value and count > 1}
        names = [organisation.name for organisation, value in zip(found, values, strict=True) if value in twice]
        if names:
            raise SetupError(f"These files {what}, and each must have its own: {', '.join(names)}.")
    return found


def _config(path: Path) -> Json:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror}.") from None
    except ValueError:
        raise SetupError(f"{path} is not JSON.") from None
    if not isinstance(config, dict) or not isinstance(config.get("credentials"), dict):
        raise SetupError(f"{path} is not a config of the connector: it has no credentials.")
    wrong = [key for key, value in config["credentials"].items() if not isinstance(value, str | None)]
    if wrong:
        raise SetupError(f"{path} is not a config of the connector: no text in {', '.join(wrong)}.")
    return config


def _secret(name: str) -> str:
    file = os.environ.get(f"{name}_FILE")
    try:
        value = Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "").strip()
    except OSError as error:
        raise SetupError(f"The file that {name}_FILE names: {error.strerror}.") from None
    if not value:
        raise SetupError(f"Set {name}, or {name}_FILE to the name of a file that holds it.")
    return value


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(text: str) -> str:
    scheme = urlsplit(text).scheme
    if scheme != "https" and not (scheme == "http" and _is_loopback(text)):
        raise argparse.ArgumentTypeError("secrets are sent by https only; plain http is allowed to this machine")
    return text


def _hour(text: str) -> int:
    if not re.fullmatch(r"[01]?[0-9]|2[0-3]", text):
        raise argparse.ArgumentTypeError("an hour is a number from 0 to 23")
    return int(text)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def tell(text: str) -> None:
    """Write a line for people."""
    sys.stdout.write(f"{text}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("configs", type=Path, nargs="+", metavar="CONFIG", help="a config file for each organisation")
    parser.add_argument("--workspace", required=True, help="ID of the workspace")
    parser.add_argument("--destination", required=True, help="ID of the destination")
    parser.add_argument("--definition", required=True, help="ID of the connector's definition in that workspace")
    parser.add_argument("--api", type=_address, default=CLOUD, help="self-managed: https://HOST/api/public/v1")
    parser.add_argument("--streams", type=_names, default=_names(STREAMS), help="names separated by commas")
    parser.add_argument(
        "--hour", type=_hour, default=2, help="hour of the daily sync, UTC; each organisation has its own minute"
    )
    parser.add_argument("--dry-run", action="store_true", help="print what would be created, and create nothing")
    return parser.parse_args()


def main() -> int:
    """Connect all organisations; return the exit status."""
    options = _options()
    try:
        wanted = organisations(options.configs)
        airbyte = Airbyte(options.api, _secret("AIRBYTE_CLIENT_ID"), _secret("AIRBYTE_CLIENT_SECRET"))
        setup = Setup(airbyte, options)
    except SetupError as error:
        tell(str(error))
        return 2
    except AirbyteError as error:
        tell(str(error))
        return 1
    done = sum(_connect(setup, organisation) for organisation in wanted)
    tell(f"{done} of {len(wanted)} organisations done{', nothing was made' if options.dry_run else ''}.")
    return 0 if done == len(wanted) else 1


def _connect(setup: Setup, organisation: Organisation) -> bool:
    try:
        tell(f"{organisation.name}: {setup.connect(organisation)}")
    except AirbyteError as error:
        tell(f"{organisation.name}: {error}")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
