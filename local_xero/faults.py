"""Faults on order: the next matching calls are answered wrongly, late, in part, or not at all."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from random import Random
from threading import Lock
from typing import Any

from local_xero import problems
from local_xero.http import Delivery, Request, Response
from local_xero.wire import encode_bytes

Answer = Callable[[], Response]

_LONE_SURROGATE = rb"\g<0>\\ud83d lone "
_TEXT_FIELD = re.compile(rb'"(?:Reference|Description|Name)":\s?"')
_HTML_OK = b"<html><head><title>Xero</title></head><body>Please wait&hellip;</body></html>"


@dataclass
class Fault:
    """One order.

    Attributes:
        kind: a name in ``KINDS``, or "raw" for ``status``, ``headers`` and ``body``.
        path: prefix of the path, with or without ``/api.xro/2.0/``; "" matches all but the control plane.
        method: HTTP method, "" for any.
        query: parameters that must have these values.
        after: matching calls to let pass first.
        times: how often to play; None for ever.
        probability: chance for each matching call.
        ms: for "slow".
        status: for "raw"; 0 keeps what the call would have answered.
        headers: for "raw", added to the answer; for "rate_limit" as well.
        body: for "raw": text, or any JSON value; None keeps the real one.
        problem: for "rate_limit": its name or None.
        retry_after: for "rate_limit": seconds or None.
        detail: for "unauthorized" and "forbidden".
    """

    kind: str = "raw"
    path: str = ""
    method: str = ""
    query: dict[str, str] = field(default_factory=dict)
    after: int = 0
    times: int | None = 1
    probability: float = 1.0
    ms: int = 0
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    problem: str | None = None
    retry_after: int | None = None
    detail: str = "AuthorizationUnsuccessful"

    def matches(self, request: Request) -> bool:
        """Return whether the order applies to this call."""
        path = request.path
        prefix = path.startswith(self.path) or path.removeprefix("/api.xro/2.0/").startswith(self.path)
        asked = all(request.query.get(key) == str(value) for key, value in self.query.items())
        return prefix and asked and self.method.upper() in ("", request.method)

    def play(self, answer: Answer) -> Response:
        """Answer in the place of the server, with or without its own answer."""
        return KINDS[self.kind](self, answer)


def _raw(fault: Fault, answer: Answer) -> Response:
    response = answer()
    response.headers |= {k: v for k, v in fault.headers.items() if k.lower() != "content-type"}
    kind = {k.lower(): v for k, v in fault.headers.items()}.get("content-type")
    response.content_type = kind or response.content_type
    response.status = fault.status or response.status
    if fault.body is not None:
        response.body = fault.body.encode() if isinstance(fault.body, str) else encode_bytes(fault.body)
    return response


def _truncated(_: Fault, answer: Answer) -> Response:
    response = answer()
    response.body = response.body[: max(1, len(response.body) * 2 // 3)]
    return response


def _surrogates(_: Fault, answer: Answer) -> Response:
    response = answer()
    response.body = _TEXT_FIELD.sub(_LONE_SURROGATE, response.body, count=1)
    return response


def _html(_: Fault, answer: Answer) -> Response:
    response = answer()
    response.body, response.content_type = _HTML_OK, problems.HTML
    return response


def _slow(fault: Fault, answer: Answer) -> Response:
    time.sleep(fault.ms / 1000)
    return answer()


def _delivered(delivery: Delivery, *, processed: bool) -> Callable[[Fault, Answer], Response]:
    def play(_: Fault, answer: Answer) -> Response:
        response = answer() if processed else Response(0)
        response.delivery = delivery
        return response

    return play


def _fixed(make: Callable[[], Response]) -> Callable[[Fault, Answer], Response]:
    return lambda _fault, _answer: make()


def _rate_limit(fault: Fault, _: Answer) -> Response:
    response = problems.too_many(fault.problem, fault.retry_after)
    response.headers |= fault.headers
    return response


KINDS: dict[str, Callable[[Fault, Answer], Response]] = {
    "raw": _raw,
    "500": _fixed(lambda: problems.api_exception(500, "UnknownErrorException", 500, "An error occurred in Xero.")),
    "501": _fixed(
        lambda: problems.api_exception(501, "ApiMethodNotImplementedException", 20, "Not implemented", problems.HTML)
    ),
    "502": _fixed(lambda: problems.gateway_page(502, "Bad Gateway")),
    "504": _fixed(lambda: problems.gateway_page(504, "Gateway Time-out")),
    "503": _fixed(lambda: problems.plain(503, "The Xero API is currently offline for maintenance")),
    "offline": _fixed(lambda: problems.plain(503, "The Organisation is offline")),
    "404": _fixed(problems.not_found),
    "400": _fixed(lambda: problems.bad_request("ValidationException", 10, "A validation exception occurred")),
    "post_data": _fixed(lambda: problems.bad_request("PostDataInvalidException", 14, "Invalid data")),
    "query_parse": _fixed(lambda: problems.bad_request("QueryParseException", 16, "No property or field")),
    "high_volume": _fixed(problems.high_volume),
    "412": _fixed(lambda: problems.plain(412, "Precondition failed")),
    "304": _fixed(lambda: Response(304)),
    "unauthorized": lambda fault, _: problems.unauthorized(fault.detail),
    "forbidden": lambda fault, _: problems.problem(403, "Forbidden", fault.detail),
    "rate_limit": _rate_limit,
    "reset": _delivered(Delivery.RESET, processed=False),
    "lost_answer": _delivered(Delivery.RESET, processed=True),
    "reset_mid_body": _delivered(Delivery.RESET_MID_BODY, processed=True),
    "close_mid_body": _delivered(Delivery.CLOSE_MID_BODY, processed=True),
    "truncated_json": _truncated,
    "surrogates": _surrogates,
    "html_200": _html,
    "slow": _slow,
}
"""What each kind of fault does. Those that keep the status play on the server's real answer."""


class Faults:
    """The orders that wait for their calls."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._lock = Lock()
        self._orders: list[Fault] = []
        self.played = 0

    def order(self, values: dict[str, Any]) -> None:
        """Take an order.

        Raises:
            ValueError: on an unknown key or kind.
        """
        unknown = set(values) - {item.name for item in fields(Fault)}
        if unknown or values.get("kind", "raw") not in KINDS:
            raise ValueError(f"unknown fault: {values.get('kind')} {sorted(unknown)}; kinds: {', '.join(KINDS)}")
        with self._lock:
            self._orders.append(Fault(**values))

    def clear(self) -> int:
        """Cancel all orders; say how many there were."""
        with self._lock:
            count = len(self._orders)
            self._orders.clear()
            return count

    def next_for(self, request: Request) -> Fault | None:
        """Find the first order that is due for this call, and count it as played."""
        with self._lock:
            for fault in self._orders:
                if fault.matches(request) and self._due(fault):
                    self.played += 1
                    return fault
        return None

    def _due(self, fault: Fault) -> bool:
        if fault.after > 0:
            fault.after -= 1
            return False
        if self._rng.random() >= fault.probability:
            return False
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._orders.remove(fault)
        return True

    def waiting(self) -> int:
        """Count the orders that wait."""
        with self._lock:
            return len(self._orders)
