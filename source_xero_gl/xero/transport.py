"""One physical HTTP call: bounded in time and size, interruptible, and silent about what it carries."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import requests

from source_xero_gl.xero.answers import problem_word
from source_xero_gl.xero.deadline import BoundedAdapter, Deadline
from source_xero_gl.xero.error_table import error_for
from source_xero_gl.xero.errors import CONFIG, SYSTEM, Failure, StoppedError, XeroError
from source_xero_gl.xero.pacing import retrying

T = TypeVar("T")

CONNECT_SECONDS = 10
"""Longest wait for a connection."""

READ_SECONDS = 120
"""Longest silence of Xero in the middle of an answer."""

CALL_SECONDS = 240
"""Longest call as a whole: the largest pages, some 20 MB, arrive in it over a line of 1 Mbit/s.

Twelve such calls, with the waits between them, stay below what platforms wait for a message (``metadata.yaml``).
"""

MAX_BODY_BYTES = 256 * 1024 * 1024
"""Far above the largest page (1,000 invoices); protects the memory of the process."""

_SECONDS = re.compile(r"[0-9]{1,9}")
_CORRELATION = re.compile(r"[0-9A-Za-z-]{1,64}")
_LIMIT = re.compile(r"[a-z, -]{1,40}")
_CHUNK_BYTES = 64 * 1024
_UNREACHED = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


# They warn about malformed headers and quote them.
for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).setLevel(logging.ERROR)


@dataclass(frozen=True)
class Answer:
    """A whole answer: status, headers (case-insensitive), body, and the seconds that it took."""

    endpoint: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    seconds: float = 0.0

    @property
    def error(self) -> XeroError | None:
        """What the error table says of an answer; None for a success."""
        return None if self.status in (requests.codes.ok, requests.codes.not_modified) else self.as_error()

    def as_error(self) -> XeroError:
        """Return what the error table says of an answer, also of a success whose body is of no use."""
        return error_for(self.failure())

    def failure(self) -> Failure:
        """Return what may be shown of an answer."""
        correlation = _CORRELATION.fullmatch(self.headers.get("Xero-Correlation-Id", "").strip())
        return Failure(
            status=self.status,
            endpoint=self.endpoint,
            word=self._word(),
            correlation_id=correlation[0] if correlation else None,
            retry_after=_seconds(self.headers.get("Retry-After")),
        )

    def _word(self) -> str | None:
        if "insufficient_scope" in self.headers.get("WWW-Authenticate", ""):
            return "authorizationunsuccessful"  # the older of Xero's two ways to say so
        limit = _LIMIT.fullmatch(self.headers.get("X-Rate-Limit-Problem", "").strip().lower())
        if limit and self.status == requests.codes.too_many_requests:
            return limit[0]
        return problem_word(self.body, self.headers.get("Content-Type", "").lower())


class Transport:
    """Sends calls over one pool of connections. Safe under threads."""

    def __init__(self, stop: threading.Event, tries: int | None = None) -> None:
        """Open a pool; once ``stop`` is set, no call is made any more.

        One under way is finished: it is paid, and an answer of the token endpoint is the only copy of the next refresh token.
        ``tries`` bounds the calls for one answer, where a person waits; None for the patience of a sync.
        """
        self.stop = stop
        self._tries = tries
        self._session = requests.Session()
        for scheme in ("http", "https"):
            self._session.mount(f"{scheme}://", BoundedAdapter())

    def patiently(self, call: Callable[[], T]) -> T:
        """Return what a call returns that is made again after failures that may pass, as ``retrying`` says."""
        return retrying(call, self.stop, self._tries)

    def send(self, endpoint: str, request: requests.Request) -> Answer:
        """Send a request once and read the whole answer, whatever its status.

        Raises:
            XeroError: Xero could not be reached, fell silent, broke off or took too long; the request could not be made, or
                the answer is larger than 256 MiB.
            StoppedError: the sync was told to stop.
        """
        if self.stop.is_set():
            raise StoppedError
        request.auth = request.auth or _keep_headers
        deadline = Deadline(CALL_SECONDS)
        try:
            with deadline:
                answer = self._exchange(endpoint, request)
            if deadline.passed:  # a body of unknown length that was cut looks whole
                raise requests.Timeout
        except _UNREACHED as error:
            word = "deadline" if deadline.passed else type(error).__name__.lower()
            raise error_for(Failure(0, endpoint, word)) from None
        except (requests.RequestException, UnicodeError) as error:
            # Their texts may quote a header, and with it a token.
            raise XeroError(
                CONFIG,
                f"The request for {endpoint} could not be made. A client ID, secret or token may hold characters that do not "
                "belong there: check the settings.",
                f"{endpoint}: {type(error).__name__}",
            ) from None
        return answer

    def _exchange(self, endpoint: str, request: requests.Request) -> Answer:
        began = time.monotonic()
        prepared = self._session.prepare_request(request)
        settings = self._session.merge_environment_settings(
            prepared.url, proxies={}, stream=True, verify=None, cert=None
        )
        timeout = (CONNECT_SECONDS, READ_SECONDS)
        with self._session.send(prepared, timeout=timeout, allow_redirects=False, **settings) as response:
            body = self._body(endpoint, response)
        return Answer(endpoint, response.status_code, response.headers, body, time.monotonic() - began)

    def _body(self, endpoint: str, response: requests.Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK_BYTES):
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise XeroError(
                    SYSTEM,
                    f"Xero's answer for {endpoint} is larger than {MAX_BODY_BYTES >> 20} MiB. Please report it with the facts in "
                    "the log.",
                    f"{endpoint} answered {response.status_code}",
                )
        return bytes(body)


def _keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Change nothing: without an auth handler a ``.netrc`` entry would replace our Authorization header."""
    return request


def _seconds(text: str | None) -> float | None:
    """Return whole seconds; None for another form, or for more than nine digits, which is no wait."""
    return float(text) if text and _SECONDS.fullmatch(text.strip()) else None
