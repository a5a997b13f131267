"""The log of calls: enough to count calls and check requests, without tokens."""

from __future__ import annotations

from collections import Counter, deque
from threading import Lock
from typing import Any

from local_xero.http import Request, Response

_KEPT_HEADERS = ("accept", "accept-encoding", "if-modified-since", "user-agent", "xero-tenant-id")
_MOST_CALLS = 200_000


class CallLog:
    """The calls since the last reset, without those to the control plane."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.reset()

    def reset(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls: deque[dict[str, Any]] = deque(maxlen=_MOST_CALLS)
            self._counts: Counter[str] = Counter()
            self._statuses: Counter[str] = Counter()
            self._problems: Counter[str] = Counter()
            self._flags: Counter[str] = Counter()
            self._bytes = 0
            self.max_in_flight = 0

    def add(self, request: Request, response: Response, started: float, seconds: float, fault: str | None) -> None:
        """Add a call to the log.

        Args:
            request: what was asked.
            response: what was answered.
            started: seconds since the server started.
            seconds: how long the answer took.
            fault: the kind of fault played, if any.
        """
        headers = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
        problem = response.headers.get("X-Rate-Limit-Problem")
        call: dict[str, Any] = {
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "headers": headers,
            "authorized": "authorization" in request.headers,
            "status": response.status,
            "time": round(started, 4),
            "ms": round(seconds * 1000, 1),
            "bytes": len(response.body),
            "fault": fault,
        }
        if problem is not None:
            call["problem"] = problem
        if request.path.startswith("/connect/"):
            call |= {"grant_type": request.form.get("grant_type"), "scope_sent": "scope" in request.form}
        with self._lock:
            call["number"] = sum(self._counts.values()) + 1
            self._calls.append(call)
            self._counts[_endpoint(request.path)] += 1
            self._statuses[str(response.status)] += 1
            self._bytes += len(response.body)
            if response.status == 429:
                self._problems[problem or "unnamed"] += 1

    def flag(self, name: str) -> None:
        """Count something that a client should not do."""
        with self._lock:
            self._flags[name] += 1

    def report(self, path: str | None = None, since: int = 0) -> dict[str, Any]:
        """Return the log as JSON.

        Args:
            path: only the calls whose endpoint is this ("Journals", "Invoices", "/connect/token").
            since: only the calls with a higher number.
        """
        with self._lock:
            calls = [c for c in self._calls if c["number"] > since and path in (None, _endpoint(c["path"]))]
            return {
                "calls": calls,
                "total": sum(self._counts.values()),
                "counts": dict(self._counts),
                "statuses": dict(self._statuses),
                "rejected": dict(self._problems),
                "flags": dict(self._flags),
                "bytes": self._bytes,
                "max_in_flight": self.max_in_flight,
            }


def _endpoint(path: str) -> str:
    prefix, _, rest = path.partition("/api.xro/2.0/")
    if prefix or not rest:
        return path
    parts = rest.split("/")
    return "/".join(parts[:2]) if parts[0] == "Reports" else parts[0]
