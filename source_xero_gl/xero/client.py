"""The Xero Accounting API: one client for all streams of a sync, with one token, one tenant and one budget of calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import requests

from source_xero_gl.xero.answers import parse_json
from source_xero_gl.xero.dates import format_header, parse_http_date
from source_xero_gl.xero.errors import Action, XeroError
from source_xero_gl.xero.gate import Caller, Gate, WithdrawnError
from source_xero_gl.xero.limits import Send
from source_xero_gl.xero.pacing import wait_seconds
from source_xero_gl.xero.tokens.tokens import Tokens
from source_xero_gl.xero.transport import Answer, Transport

API_PATH = "/api.xro/2.0/"
CONNECTIONS = "connections"
"""Name of the list of organisations in messages, and its path."""


@dataclass(frozen=True)
class Page:
    """A page of a list endpoint.

    Attributes:
        objects: the objects of the list as Xero sent them.
        page_count: pages of the whole list, from ``pagination``; None when Xero does not say.
        item_count: objects of the whole list, likewise.
        server_time: instant of the answer by Xero's clock; None when the header is missing.
        seconds: how long the call was under way.
        size: bytes of the answer before compression.
    """

    objects: list[dict[str, Any]] = field(repr=False)
    page_count: int | None = None
    item_count: int | None = None
    server_time: int | None = None
    seconds: float = 0.0
    size: int = 0


class XeroClient:
    """Reads pages; raises failures as the error table says. Safe under threads."""

    def __init__(self, api_url: str, transport: Transport, tokens: Tokens, gate: Gate) -> None:
        self._api_url = api_url
        self._transport = transport
        self._tokens = tokens
        self.gate = gate
        self.tenant_id: str | None = None
        """Value of the ``xero-tenant-id`` header; None for a custom connection, which sends none."""

    def page(
        self,
        endpoint: str,
        records_key: str,
        params: Mapping[str, str | int] | None = None,
        modified_since: int | None = None,
        caller: Caller | None = None,
    ) -> Page:
        """Read one page of a list endpoint.

        Args:
            endpoint: below ``/api.xro/2.0/``, e.g. ``Journals``.
            records_key: key of the list in the answer.
            params: of the query.
            modified_since: instant for ``If-Modified-Since``, which Xero reads to the second.
            caller: who waits for the page.

        Raises:
            XeroError: by the error table.
            StoppedError: the sync was told to stop.
            WithdrawnError: the caller does not need the page any more.
        """
        headers = {} if modified_since is None else {"If-Modified-Since": format_header(modified_since)}
        query = urlencode(params or {}, quote_via=quote)  # %20 for a blank: Xero asks for percent-encoding
        request = requests.Request("GET", self._api_url + API_PATH + endpoint, headers=headers, params=query)
        return self._transport.patiently(lambda: self._page(endpoint, records_key, request, caller))

    def connections(self) -> list[dict[str, Any]]:
        """Return the connections that the token reaches; they count against no organisation's limits.

        See https://developer.xero.com/documentation/guides/oauth2/tenants.
        """
        request = requests.Request("GET", f"{self._api_url}/{CONNECTIONS}")

        def ask() -> list[dict[str, Any]]:
            answer = self._answer(CONNECTIONS, request)
            return _objects(answer, _parsed(answer))

        return self._transport.patiently(ask)

    def _page(self, endpoint: str, records_key: str, request: requests.Request, caller: Caller | None) -> Page:
        answer = self._answer(endpoint, request, caller)
        server_time = parse_http_date(answer.headers.get("Date"))
        if answer.status == requests.codes.not_modified:
            return Page([], server_time=server_time, seconds=answer.seconds)
        body = _parsed(answer)
        found = body.get(records_key) if isinstance(body, dict) else None
        # Xero's own example of a single budget holds an object where its description holds a list.
        objects = _objects(answer, [found] if isinstance(found, dict) and found else found)
        pagination = body.get("pagination")
        pagination = pagination if isinstance(pagination, dict) else {}
        pages, items = _count(pagination.get("pageCount")), _count(pagination.get("itemCount"))
        return Page(objects, pages, items, server_time, answer.seconds, len(answer.body))

    def _answer(self, endpoint: str, request: requests.Request, caller: Caller | None = None) -> Answer:
        """Return a success, after one renewal of the token where Xero wants it; raise what the error table says."""
        answer, token = self._send(endpoint, request, caller)
        if answer.error is not None and answer.error.action is Action.RENEW_TOKEN:
            _check_wanted(caller)
            try:
                self._tokens.renew(token)
            except XeroError as error:
                facts = f"{answer.error.internal_message}; {error.internal_message}"
                raise error.again(facts=facts) from None
            answer, _ = self._send(endpoint, request, caller)
        if answer.error is not None:
            raise answer.error
        return answer

    def _send(self, endpoint: str, request: requests.Request, caller: Caller | None) -> tuple[Answer, str]:
        """Pass the gate, then attach the token, then send: a token that ended while waiting is not used."""
        if endpoint == CONNECTIONS:  # no organisation's limits count it
            answer, token = self._transmit(endpoint, request)
            if answer.error is not None and answer.error.action is Action.WAIT:
                self._transport.stop.wait(wait_seconds(answer.error))
            return answer, token
        _check_wanted(caller)
        self._tokens.current()  # a renewal takes its time: not between the gate's count of the call and the call
        with self.gate.slot(caller) as send:
            answer, token = self._transmit(endpoint, request, send)
            self.gate.observe(send, answer.headers)
            if answer.error is not None:
                self.gate.refused(answer.error)  # while the call has its slot, so that no other slips through
            return answer, token

    def _transmit(self, endpoint: str, request: requests.Request, send: Send | None = None) -> tuple[Answer, str]:
        token = self._tokens.current()
        if send is not None:
            self.gate.leaves(send)
        headers = {**request.headers, "Accept": "application/json", "Authorization": f"Bearer {token}"}
        if self.tenant_id is not None and endpoint != CONNECTIONS:
            headers["xero-tenant-id"] = self.tenant_id
        attempt = requests.Request(request.method, request.url, headers=headers, params=request.params)
        return self._transport.send(endpoint, attempt), token


def _check_wanted(caller: Caller | None) -> None:
    """Raise WithdrawnError when nobody wants the page any more: no token is renewed for it."""
    if caller is not None and caller.withdrawn.is_set():
        raise WithdrawnError


def _parsed(answer: Answer) -> Any:
    try:
        return parse_json(answer.body)
    except ValueError:
        raise answer.as_error() from None


def _objects(answer: Answer, value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise answer.as_error()
    return value


def _count(value: object) -> int | None:
    """Return a number of ``pagination``, which like other numbers of Xero's may be quoted."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and value >= 0 else None
