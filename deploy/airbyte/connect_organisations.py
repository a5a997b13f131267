#!/usr/bin/env python3
"""Create an Airbyte source and a connection for each of many Xero organisations, through Airbyte's public API.

    export AIRBYTE_CLIENT_ID=… AIRBYTE_CLIENT_SECRET_FILE=secrets/airbyte
    python connect_organisations.py --workspace ID --destination ID --definition ID --dry-run secrets/organisations/*.json

Each file is the config of one organisation, with its own credentials. Its name without .json becomes the name of the source
and the connection, and of the schema in the destination. A source or connection that already has the name is left as it is,
so run it again after an error, after a kill, or with more files. From then on Airbyte keeps the rotated tokens: after the
first sync, the refresh tokens in the files no longer work.

Calls that fail for a reason that may pass (too many calls, a server's error, a lost connection) are made again. Before a source
or a connection is made again, Airbyte is asked whether it exists: its answer may have been lost on the way.

The variables are those of an Airbyte application: https://docs.airbyte.com/platform/using-airbyte/configuring-api-access. In
place of a variable NAME you may set NAME_FILE, the name of a file with the value.
The API is described at https://reference.airbyte.com.

Exit status: 0 when all organisations are connected, 1 when Airbyte refused something, 2 when a file or an option is wrong,
3 when --at-most leaves organisations for a later run.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import re
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
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
TIMEOUT_SECONDS = (10.0, 300.0)
"""To connect, and to wait for an answer: to list a source's streams, Airbyte starts the connector in a container."""

TRIES = 6
"""Calls made in all before a failure that may pass is final."""

FIRST_PAUSE_SECONDS = 2.0
"""Before the first repeat, unless Airbyte says how long; the pause doubles each time."""

LONGEST_PAUSE_SECONDS = 120.0
GIVE_UP_AFTER = 3
"""Organisations in a row that failed for a reason that may pass: then Airbyte is down, and the rest is left for a later run."""

LONGEST_REASON = 500
"""Characters of what Airbyte says that are shown."""

_INTERRUPTED = 130
"""Exit status of a program that Ctrl-C has ended."""

_SUCCESS = range(200, 300)
_UNAUTHORIZED = 401
_TOO_MANY_CALLS = 429
_SERVER_ERROR = 500
_MAY_PASS = (408, 425, _TOO_MANY_CALLS)  # and all errors of a server
_WRONG_ADDRESS = "Is this the address of Airbyte's API?"
_MESSAGES = ("title", "detail", "message")


class SetupError(Exception):
    """A file, an option or a variable is wrong; the message is for the user."""


class AirbyteError(Exception):
    """Airbyte refused a call; the message is for the user and holds no secret."""


class MayPassError(AirbyteError):
    """The same call may succeed later.

    Attributes:
        retry_after: seconds that Airbyte asks to wait; None: it does not say.
        refused: whether the call did nothing for certain.
    """

    def __init__(self, message: str, retry_after: float | None = None, *, refused: bool = False) -> None:
        """Take the message for the user."""
        super().__init__(message)
        self.retry_after = retry_after
        self.refused = refused


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


@dataclass(frozen=True)
class Outcome:
    """What became of one organisation; a line of the report, and an object in its JSON.

    Attributes:
        name: of the organisation.
        outcome: "made", "existed", "would be made", "failed" or "not tried".
        text: what was done, or why not.
        schema: in the destination.
        left_out: streams that were asked for and that its settings do not offer.
    """

    name: str
    outcome: str
    text: str
    schema: str
    left_out: tuple[str, ...] = ()


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

    def call(
        self,
        method: str,
        path: str,
        *,
        hide: Iterable[str] = (),
        made: Callable[[], Json | None] = lambda: None,
        **content: Any,
    ) -> Any:
        """Make a call, and make it again after failures that may pass.

        Args:
            method: of HTTP.
            path: below the address of the API.
            hide: texts that no message may show.
            made: of a call that creates: returns what an earlier try has created, if Airbyte has it.
            content: the query or the body, as for ``requests``.

        Returns:
            Airbyte's answer, or what ``made`` returned.

        Raises:
            AirbyteError: Airbyte refused it.
            MayPassError: it does not answer, or not in order, after all tries.
        """
        for attempt in range(1, TRIES):
            try:
                return self._call(method, path, hide, **content)
            except MayPassError as error:  # noqa: PERF203 - a call takes seconds
                pause = error.retry_after if error.retry_after is not None else FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)
                time.sleep(min(pause, LONGEST_PAUSE_SECONDS))
                if not error.refused and (found := made()):
                    return found
        return self._call(method, path, hide, **content)

    def _call(self, method: str, path: str, hide: Iterable[str], **content: Any) -> Any:
        """Make a call once, with a new token when the old one has ended, usually after three minutes."""
        if "Authorization" not in self._session.headers:
            self._sign_in()
        answer = self._send(method, path, **content)
        if answer.status_code == _UNAUTHORIZED:
            self._sign_in()
            answer = self._send(method, path, **content)
        return self._answer(answer, hide)

    def _sign_in(self) -> None:
        self._session.headers.pop("Authorization", None)
        path = "applications/token"
        (answer,) = objects([self._answer(self._send("POST", path, json=self._application), ())], path, "access_token")
        self._token = str(answer["access_token"])
        self._session.headers["Authorization"] = f"Bearer {self._token}"

    def _send(self, method: str, path: str, **content: Any) -> requests.Response:
        url = f"{self._url}/{path}"
        try:
            return self._session.request(method, url, timeout=TIMEOUT_SECONDS, allow_redirects=False, **content)
        except requests.RequestException as error:
            raise MayPassError(f"{method} {path}: Airbyte does not answer ({type(error).__name__}).") from None

    def _answer(self, answer: requests.Response, hide: Iterable[str]) -> Any:
        status = answer.status_code
        what = f"{answer.request.method} {urlsplit(str(answer.url)).path}: status {status}"
        may_pass = status in _MAY_PASS or status >= _SERVER_ERROR
        try:
            content = answer.json()
        except ValueError:
            if not may_pass:
                raise AirbyteError(f"{what}, and the answer is not JSON. {_WRONG_ADDRESS}") from None
            content = None
        if status in _SUCCESS:
            return content
        said = [content.get(key) for key in _MESSAGES] if isinstance(content, dict) else []
        text = ". ".join(part for part in said if isinstance(part, str) and part) or "no reason given"
        shown = " ".join(_masked(text, [*hide, *self._application.values(), self._token]).split())
        message = f"{what}: {shown[:LONGEST_REASON]}"
        if not may_pass:
            raise AirbyteError(message)
        wait = answer.headers.get("Retry-After", "")
        raise MayPassError(message, float(wait) if wait.isdigit() else None, refused=status == _TOO_MANY_CALLS)


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
        self._sources = self._existing_sources()
        self._connections = self._existing_connections()

    def connect(self, organisation: Organisation) -> Outcome:
        """Create the source and the connection of an organisation unless they exist; return what was done.

        Raises:
            AirbyteError: it could not be done.
        """
        source = self._source(organisation)
        if source and self._connections[source]:
            return self._outcome(organisation, "existed", "is connected already")
        time_text = f"daily at {self._options.hour:02d}:{organisation.minute:02d} UTC"
        if self._options.dry_run:
            text = f"{'source exists' if source else 'would make a source'}, would make a connection"
            return self._outcome(organisation, "would be made", f"{text} into {organisation.namespace}, {time_text}")
        made = "connection" if source else "source and connection"
        source = source or self._make_source(organisation)
        streams, left_out = self._streams(organisation, source)
        self._make_connection(organisation, source, streams)
        text = f"{made} made: {len(streams)} streams into {organisation.namespace}, {time_text}"
        return self._outcome(organisation, "made", text, left_out)

    def is_connected(self, organisation: Organisation) -> bool:
        """Tell whether Airbyte had its connection when this run began."""
        return any(self._connections[source["sourceId"]] for source in self._sources[organisation.name])

    def _source(self, organisation: Organisation) -> str | None:
        """Return the ID of the organisation's source; None: there is none.

        Raises:
            AirbyteError: there are several, or one that reads another organisation, or several connections.
        """
        sources = self._sources[organisation.name]
        connections = [found for source in sources for found in self._connections[source["sourceId"]]]
        for what, count in (("sources of this name", len(sources)), ("connections of its source", len(connections))):
            if count > 1:
                raise AirbyteError(f"Airbyte has {count} {what}: delete all but one, then run this again.")
        if not sources:
            return None
        configuration = sources[0].get("configuration")
        tenant = configuration.get("tenant") if isinstance(configuration, dict) else None
        if tenant != organisation.config.get("tenant") and tenant is not None:
            raise AirbyteError("Airbyte's source of this name reads another organisation: rename the file.")
        return str(sources[0]["sourceId"])

    def _existing_sources(self) -> dict[str, list[Json]]:
        """Return the connector's sources by their names."""
        found: dict[str, list[Json]] = defaultdict(list)
        for source in self._airbyte.all("sources", self._options.workspace, "name", "sourceId"):
            if source.get("definitionId") in (None, self._options.definition):
                found[source["name"]].append(source)
        return found

    def _existing_connections(self) -> dict[str, list[Json]]:
        """Return the connections to the destination by the IDs of their sources."""
        found: dict[str, list[Json]] = defaultdict(list)
        for connection in self._airbyte.all("connections", self._options.workspace, "sourceId", "destinationId"):
            if connection["destinationId"] == self._options.destination:
                found[connection["sourceId"]].append(connection)
        return found

    def _make_source(self, organisation: Organisation) -> str:
        body = {
            "name": organisation.name,
            "workspaceId": self._options.workspace,
            "definitionId": self._options.definition,
            "configuration": organisation.config,
        }

        def made() -> Json | None:
            return next(iter(self._existing_sources()[organisation.name]), None)

        answer = self._airbyte.call("POST", "sources", json=body, hide=organisation.secrets, made=made)
        return str(objects([answer], "sources", "sourceId")[0]["sourceId"])

    def _streams(self, organisation: Organisation, source: str) -> tuple[list[Json], list[str]]:
        """Choose the wanted streams that the source offers, incremental and deduplicated where possible; name the others."""
        query = {"sourceId": source, "destinationId": self._options.destination}
        answer = self._airbyte.call("GET", "streams", params=query, hide=organisation.secrets)
        offered = {stream["streamName"]: stream for stream in objects(answer, "streams", "streamName", "syncModes")}
        chosen = [_stream(offered[name]) for name in self._options.streams if name in offered]
        if not chosen:
            raise AirbyteError("none of the streams is offered")
        return chosen, [name for name in self._options.streams if name not in offered]

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

        def made() -> Json | None:
            return next(iter(self._existing_connections()[source]), None)

        self._airbyte.call("POST", "connections", json=body, hide=organisation.secrets, made=made)

    def _outcome(self, organisation: Organisation, outcome: str, text: str, left_out: Iterable[str] = ()) -> Outcome:
        return Outcome(organisation.name, outcome, text, organisation.namespace, tuple(left_out))


def _stream(offered: Json) -> Json:
    incremental = "incremental_deduped_history" in offered["syncModes"]
    mode = "incremental_deduped_history" if incremental else "full_refresh_overwrite"
    return {"name": offered["streamName"], "syncMode": mode}


def organisations(paths: list[Path]) -> list[Organisation]:
    """Read the configs.

    Raises:
        SetupError: one cannot be used, or two share a name or a token.
    """
    found, wrong = [], []
    for path in paths:
        try:
            found.append(Organisation(path.stem, _config(path)))
        except SetupError as error:  # noqa: PERF203 - a file is read in each turn
            wrong.append(str(error))
    if wrong:
        raise SetupError("\n".join(wrong))
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
    if "token_file" in config["credentials"]:
        raise SetupError(
            f"{path} shares its sign-in with others, which would end each other's in Airbyte: connect it without --folder."
        )
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


def _number(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise argparse.ArgumentTypeError("a number from 1")
    return int(text)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def tell(text: str) -> None:
    """Write a line for people, at once: a run for hundreds of organisations takes hours."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Report:
    """What became of each organisation so far: a line for each, a summary, and a JSON file that outlives a kill."""

    def __init__(self, wanted: list[Organisation], file: Path | None) -> None:
        """Begin with no organisation tried; ``file`` is for the JSON, None for no file."""
        self._file = file
        text = "this run did not come to it"
        self._outcomes = {each.name: Outcome(each.name, "not tried", text, each.namespace) for each in wanted}

    def add(self, outcome: Outcome) -> None:
        """Tell what became of an organisation."""
        self._outcomes[outcome.name] = outcome
        if outcome.left_out:
            tell(f"  left out, because these settings do not offer them: {', '.join(outcome.left_out)}")
        tell(f"{outcome.name}: {outcome.text}")
        self.write()

    def write(self) -> None:
        """Replace the JSON file.

        Raises:
            SetupError: it cannot be written.
        """
        if self._file is None:
            return
        content = {
            "counts": Counter(self._names()),
            "organisations": [asdict(each) for each in self._outcomes.values()],
        }
        draft = self._file.with_name(f"{self._file.name}.draft")
        try:
            draft.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            draft.replace(self._file)
        except OSError as error:
            raise SetupError(f"{self._file}: {error.strerror}.") from None

    def end(self, *, dry_run: bool) -> int:
        """Tell the sum and what failed; return the exit status."""
        counts = Counter(self._names())
        done = len(self._outcomes) - counts["failed"] - counts["not tried"]
        tell(f"{done} of {len(self._outcomes)} organisations done{', nothing was made' if dry_run else ''}.")
        tell(", ".join(f"{name}: {count}" for name, count in counts.items()) + ".")
        for outcome in self._outcomes.values():
            if outcome.outcome == "failed":
                tell(f"failed: {outcome.name}: {outcome.text}")
        if counts["failed"]:
            return 1
        return 3 if counts["not tried"] else 0

    def _names(self) -> Iterator[str]:
        return (each.outcome for each in self._outcomes.values())


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
    parser.add_argument(
        "--at-most",
        type=_number,
        metavar="N",
        help="connect N organisations more at most, and leave the rest for later runs",
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="JSON file that says what became of each organisation"
    )
    parser.add_argument("--dry-run", action="store_true", help="print what would be created, and create nothing")
    return parser.parse_args()


def main() -> int:
    """Connect all organisations; return the exit status."""
    options = _options()
    try:
        wanted = organisations(options.configs)
        airbyte = Airbyte(options.api, _secret("AIRBYTE_CLIENT_ID"), _secret("AIRBYTE_CLIENT_SECRET"))
        report = Report(wanted, options.report)
        report.write()
        _connect_all(Setup(airbyte, options), wanted, report, options.at_most)
    except KeyboardInterrupt:
        tell("Stopped. Run this again: it makes what is missing.")
        return _INTERRUPTED
    except SetupError as error:
        tell(str(error))
        return 2
    except AirbyteError as error:
        tell(str(error))
        return 1
    return report.end(dry_run=options.dry_run)


def _connect_all(setup: Setup, wanted: list[Organisation], report: Report, at_most: int | None) -> None:
    """Connect one after the other: those that exist cost no call."""
    tried, failed_in_a_row = 0, 0
    for organisation in wanted:
        if not setup.is_connected(organisation):
            tried += 1
            if at_most is not None and tried > at_most:
                continue
        try:
            report.add(setup.connect(organisation))
            failed_in_a_row = 0
        except AirbyteError as error:
            report.add(Outcome(organisation.name, "failed", str(error), organisation.namespace))
            failed_in_a_row = failed_in_a_row + 1 if isinstance(error, MayPassError) else 0
        if failed_in_a_row == GIVE_UP_AFTER:
            tell(f"Airbyte has failed for {GIVE_UP_AFTER} organisations in a row: run this again when it works.")
            return


if __name__ == "__main__":
    sys.exit(main())
