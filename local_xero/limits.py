"""Xero's limits: fixed windows, reset at a time of its own for each tenant; rejected calls count as well.

https://developer.xero.com/documentation/guides/oauth2/limits/
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from random import Random
from threading import Lock
from typing import Any

from local_xero.http import Response
from local_xero.problems import too_many

MINUTE_S = 60.0
DAY_S = 86_400.0


@dataclass
class LimitSettings:
    """Allowances and how a refusal looks.

    Attributes:
        per_minute: calls a minute for each tenant.
        per_day: calls a day for each tenant (1,000 on the Starter tier).
        concurrent: calls in flight for each tenant.
        app_per_minute: calls a minute of the app over all tenants.
        minute_s: length of the minute window in seconds; shorter ones make tests fast.
        retry_after_on_concurrent: seconds to name on a concurrency refusal, or None for no header.
        retry_after: False leaves Retry-After out of all refusals.
        app_problem: the name of the app limit in ``X-Rate-Limit-Problem``.
    """

    per_minute: int = 60
    per_day: int = 5_000
    concurrent: int = 5
    app_per_minute: int = 10_000
    minute_s: float = MINUTE_S
    retry_after_on_concurrent: int | None = None
    retry_after: bool = True
    app_problem: str = "appminute"

    def change(self, values: dict[str, Any]) -> None:
        """Set limits by name.

        Raises:
            ValueError: on an unknown name.
        """
        unknown = set(values) - {item.name for item in fields(self)}
        if unknown:
            raise ValueError(f"unknown limits: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            setattr(self, name, value)


class Window:
    """A fixed window that begins at its own phase, not at the first call."""

    def __init__(self, phase: float) -> None:
        self._phase = phase
        self._index: int | None = None
        self.count = 0
        self.start = 0.0
        self.end = 0.0

    def turn(self, now: float, length: float) -> None:
        """Move to the window that ``now`` lies in."""
        index = math.floor((now - self._phase) / length)
        if index != self._index:
            self._index, self.count = index, 0
        self.start = self._phase + index * length
        self.end = self.start + length


class TenantUsage:
    """What one tenant's allowance has been used for, by this client and by others."""

    def __init__(self, rng: Random) -> None:
        self.minute = Window(rng.random() * MINUTE_S)
        self.day = Window(rng.random() * DAY_S)
        self.in_flight = 0
        self.foreign_in_flight = 0
        self.foreign_per_minute = 0.0
        self.foreign_since = 0.0

    def foreign(self, window: Window, now: float, minute_s: float) -> int:
        """Count the calls that another job has made in this window."""
        seconds = max(0.0, now - max(window.start, self.foreign_since))
        return int(self.foreign_per_minute * seconds / minute_s)


class Limits:
    """Admits or refuses the calls of each tenant."""

    def __init__(self, seed: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = LimitSettings()
        self._rng = Random(seed)
        self._clock = clock
        self._lock = Lock()
        self._tenants: dict[str, TenantUsage] = {}
        self._app = Window(0.0)

    def reset(self) -> None:
        """Forget what was used and the foreign load; keep the settings."""
        with self._lock:
            self._tenants.clear()
            self._app = Window(0.0)

    def enter(self, tenant_id: str) -> tuple[Response | None, int]:
        """Count a call in.

        Returns:
            A refusal or None, and the tenant's calls in flight with this one. Call ``leave`` in any case.
        """
        with self._lock:
            usage, now = self._turned(tenant_id)
            usage.in_flight += 1
            for window in (usage.minute, usage.day, self._app):
                window.count += 1
            return self._refusal(usage, now), usage.in_flight

    def leave(self, tenant_id: str) -> dict[str, str]:
        """Count a call as finished; return the headers that every answer has."""
        with self._lock:
            usage, now = self._turned(tenant_id)
            usage.in_flight = max(0, usage.in_flight - 1)
            settings = self.settings
            minute = settings.per_minute - usage.minute.count - usage.foreign(usage.minute, now, settings.minute_s)
            day = settings.per_day - usage.day.count - usage.foreign(usage.day, now, settings.minute_s)
            return {
                "X-MinLimit-Remaining": str(max(0, minute)),
                "X-DayLimit-Remaining": str(max(0, day)),
                "X-AppMinLimit-Remaining": str(max(0, settings.app_per_minute - self._app.count)),
            }

    def _turned(self, tenant_id: str) -> tuple[TenantUsage, float]:
        now = self._clock()
        if tenant_id not in self._tenants:
            self._tenants[tenant_id] = TenantUsage(self._rng)
        usage = self._tenants[tenant_id]
        usage.minute.turn(now, self.settings.minute_s)
        usage.day.turn(now, DAY_S)
        self._app.turn(now, self.settings.minute_s)
        return usage, now

    def _refusal(self, usage: TenantUsage, now: float) -> Response | None:
        settings = self.settings
        if usage.in_flight + usage.foreign_in_flight > settings.concurrent:
            return too_many("concurrent", settings.retry_after_on_concurrent)
        minute = usage.minute.count + usage.foreign(usage.minute, now, settings.minute_s)
        day = usage.day.count + usage.foreign(usage.day, now, settings.minute_s)
        for kind, used, allowed, window in (
            ("day", day, settings.per_day, usage.day),
            ("minute", minute, settings.per_minute, usage.minute),
            (settings.app_problem, self._app.count, settings.app_per_minute, self._app),
        ):
            if used > allowed:
                named = settings.retry_after and kind in ("day", "minute")
                return too_many(kind, max(1, math.ceil(window.end - now)) if named else None)
        return None

    def consume(self, tenant_id: str, minute: int, day: int) -> None:
        """Let another job make calls at once, counted in this minute and this day."""
        with self._lock:
            usage, _ = self._turned(tenant_id)
            usage.minute.count += minute
            usage.day.count += day

    def foreign_load(self, tenant_id: str, per_minute: float, in_flight: int) -> None:
        """Let another job call steadily from now on, and keep ``in_flight`` calls under way; 0 and 0 stop it."""
        with self._lock:
            usage, now = self._turned(tenant_id)
            usage.foreign_per_minute, usage.foreign_in_flight, usage.foreign_since = per_minute, in_flight, now

    def report(self, tenant_id: str) -> dict[str, Any]:
        """Return the use of the limits: calls of this minute and this day, and seconds until the minute resets."""
        with self._lock:
            usage, now = self._turned(tenant_id)
            return {
                "minute": usage.minute.count,
                "day": usage.day.count,
                "minute_resets_in": round(usage.minute.end - now, 3),
                "in_flight": usage.in_flight,
                **{item.name: getattr(self.settings, item.name) for item in fields(self.settings)},
            }
