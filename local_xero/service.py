"""All of Xero as one function from a request to an answer."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock

from local_xero import problems
from local_xero.call_log import CallLog
from local_xero.clock import Clock
from local_xero.company import Company
from local_xero.faults import Fault, Faults
from local_xero.http import Request, Response
from local_xero.limits import Limits
from local_xero.lists import ListReader
from local_xero.oauth import OAuth
from local_xero.switches import Switches
from local_xero.wire import decode, encode

API_PREFIX = "/api.xro/2.0/"
CONTROL_PREFIX = "/_control"
_LEAST_GZIP_BYTES = 500


@dataclass
class ScriptStep:
    """A control call that happens right after the n-th call of an endpoint, counted from when it was ordered."""

    endpoint: str
    after: int
    act: Callable[[], object]


@dataclass
class State:
    """Objects that all routes use."""

    clock: Clock
    switches: Switches
    oauth: OAuth
    limits: Limits
    faults: Faults
    companies: dict[str, Company]
    log: CallLog = field(default_factory=CallLog)
    script: list[ScriptStep] = field(default_factory=list)
    readers: dict[tuple[str, str], ListReader] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    started: float = field(default_factory=time.monotonic)


Route = Callable[[Request], Response]


class XeroService:
    """Routes calls, plays faults, keeps the log.

    Args:
        state: what the routes share.
        api: answers an API call; given the tenant's admission by the API itself.
        control: answers a control call.
    """

    def __init__(
        self, state: State, api: Callable[[Request, Callable[[Request], Fault | None]], Response], control: Route
    ) -> None:
        self._state = state
        self._api = api
        self._control = control

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        if request.path.startswith(CONTROL_PREFIX):
            response = self._control(request)
            response.date_ms = self._state.clock.now_ms()
            return response
        began = time.monotonic()
        played: list[str] = []

        def next_fault(asked: Request) -> Fault | None:
            fault = self._state.faults.next_for(asked)
            if fault is not None:
                played.append(fault.kind)
            return fault

        if request.path.startswith(API_PREFIX):
            response = self._api(request, next_fault)
        else:
            time.sleep(self._state.switches.latency_ms / 1000)
            fault = next_fault(request)
            response = fault.play(lambda: self._identity(request)) if fault else self._identity(request)
        self._finish(request, response)
        self._state.log.add(
            request, response, began - self._state.started, time.monotonic() - began, next(iter(played), None)
        )
        return response

    def _identity(self, request: Request) -> Response:
        state = self._state
        routes: dict[tuple[str, str], Route] = {
            ("POST", "/connect/token"): state.oauth.token,
            ("POST", "/connect/revocation"): state.oauth.revoke,
            ("GET", "/identity/connect/authorize"): state.oauth.authorize,
            ("POST", "/identity/connect/consent"): state.oauth.decide,
            ("GET", "/connections"): self._connections,
        }
        route = routes.get((request.method, request.path))
        with state.lock:
            if route is not None:
                return route(request)
            if request.method == "DELETE" and request.path.startswith("/connections/"):
                return self._disconnect(request)
        return problems.not_found()

    def _connections(self, request: Request) -> Response:
        grant = self._state.oauth.bearer(request)
        if grant is None or grant.expires_ms <= self._state.clock.now_ms():
            return problems.unauthorized("AuthenticationUnsuccessful")
        if grant.app.tenant_id is not None:
            self._state.log.flag("connections_by_custom_connection")
        connections = [c.wire() for c in self._state.oauth.connections if grant.app.tenant_id in (None, c.tenant_id)]
        if "authEventId" in request.query:
            connections = [c for c in connections if c["authEventId"] == request.query["authEventId"]]
        return Response(200, encode(connections).encode())

    def _disconnect(self, request: Request) -> Response:
        connection_id = request.path.rpartition("/")[2]
        kept = [c for c in self._state.oauth.connections if c.connection_id != connection_id]
        found = len(kept) != len(self._state.oauth.connections)
        if self._state.oauth.bearer(request) is None:
            return problems.unauthorized("AuthenticationUnsuccessful")
        self._state.oauth.connections[:] = kept
        return Response(204) if found else problems.not_found()

    def _finish(self, request: Request, response: Response) -> None:
        switches = self._state.switches
        response.date_ms = self._state.clock.now_ms() + switches.date_header_offset_ms
        if switches.pretty and response.status == 200 and response.content_type.startswith("application/json"):
            try:
                response.body = encode(decode(response.body), "").encode()
            except ValueError:
                return  # a truncated body stays as it is
        if (
            switches.gzip
            and "gzip" in request.headers.get("accept-encoding", "")
            and len(response.body) > _LEAST_GZIP_BYTES
        ):
            packer = zlib.compressobj(1, wbits=31)
            response.body = packer.compress(response.body) + packer.flush()
            response.headers["Content-Encoding"] = "gzip"
