"""``python -m local_xero``: start the local Xero and say where it is."""

from __future__ import annotations

import argparse
import json
import os
import signal
import stat
import sys
import threading
from types import FrameType

from local_xero.api import Api
from local_xero.clock import Clock
from local_xero.control import Control
from local_xero.faults import Faults
from local_xero.http import XeroHttpServer
from local_xero.limits import Limits
from local_xero.oauth import OAuth
from local_xero.service import State, XeroService
from local_xero.switches import Switches
from local_xero.tenants import CompanyOrder, put_tenants, tenant_id_of


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local_xero", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--company", choices=("demo", "large", "small", "empty", "bulk", "everything"), default="small")
    parser.add_argument("--tenants", type=int, default=1, help="number of connected organisations")
    parser.add_argument("--journals", type=int, help="exact for bulk, else about this many")
    parser.add_argument("--invoices", type=int)
    parser.add_argument("--contacts", type=int)
    parser.add_argument("--gaps", type=float, help="share of journal numbers that are never used, 0 to below 1")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--latency", type=int, default=0, metavar="MS")
    parser.add_argument("--calls-per-minute", type=int, default=60)
    parser.add_argument("--calls-per-day", type=int, default=5_000)
    parser.add_argument("--concurrent", type=int, default=5)
    parser.add_argument("--app-calls-per-minute", type=int, default=10_000)
    return parser.parse_args()


def build(options: argparse.Namespace) -> tuple[State, XeroService]:
    """Build the server."""
    clock, switches = Clock(), Switches(latency_ms=options.latency)
    seed = options.seed or 1
    oauth = OAuth(clock, switches, tenant_id_of(0))
    state = State(clock, switches, oauth, Limits(seed), Faults(seed), {})
    state.limits.settings.change(
        {
            "per_minute": options.calls_per_minute,
            "per_day": options.calls_per_day,
            "concurrent": options.concurrent,
            "app_per_minute": max(options.app_calls_per_minute, options.calls_per_minute),
        }
    )
    plan = {name: getattr(options, name) for name in ("journals", "invoices", "contacts", "gaps", "seed")}
    order = CompanyOrder(options.company, plan)
    put_tenants(state, [{} for _ in range(options.tenants)], order)
    return state, XeroService(state, Api(state), Control(state, order))


def _announce(url: str, oauth: OAuth) -> None:
    line = {
        "url": url,
        "client_id": oauth.web.client_id,
        "client_secret": oauth.web.secret,
        "refresh_token": oauth.new_refresh_token(oauth.web),
        "access_token": oauth.new_access_token(oauth.web).value,
        "pkce": {"client_id": oauth.pkce.client_id, "refresh_token": oauth.new_refresh_token(oauth.pkce)},
        "custom_connection": {"client_id": oauth.custom.client_id, "client_secret": oauth.custom.secret},
        "tenants": [{"tenantId": c.tenant_id, "tenantName": c.name} for c in oauth.connections],
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _watch_parent(stop: threading.Event) -> None:
    """Stop when a piped stdin closes, so that no test leaves a server running. A terminal or a file is not watched."""
    mode = os.fstat(0).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return

    def watch() -> None:
        while os.read(0, 4096):
            pass
        stop.set()

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Serve until SIGTERM, SIGINT or the end of stdin."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    options = _options()
    state, service = build(options)
    server = XeroHttpServer(options.port, service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _watch_parent(stop)
    _announce(f"http://127.0.0.1:{server.server_address[1]}", state.oauth)  # ignore-https-check: loopback
    stop.wait()


if __name__ == "__main__":
    main()
