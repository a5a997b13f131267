"""The control plane under ``/_control/``: JSON in, JSON out, for tests alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from local_xero import edits, undocumented_entries
from local_xero.company import Company
from local_xero.http import Request, Response
from local_xero.manual_entries import post_manual_journal
from local_xero.revaluations import revaluation_report
from local_xero.service import CONTROL_PREFIX, ScriptStep, State
from local_xero.tenants import LIST_ALIASES, CompanyOrder, put_company, put_tenants
from local_xero.wire import decode, encode

Payload = dict[str, Any]
Call = Callable[[Payload], Any]


class Control:
    """Answers control calls; each public name below ``/_control/`` is one entry of ``calls``."""

    def __init__(self, state: State, order: CompanyOrder) -> None:
        self._state = state
        self._order = order
        self.calls: dict[str, Call] = {
            "": lambda _: {"calls": sorted(self.calls)},
            "log": lambda p: state.log.report(p.get("path"), int(p.get("since", 0))),
            "reset": self._reset,
            "switches": self._switches,
            "limits": self._limits,
            "limits/consume": self._consume,
            "limits/foreign": self._foreign,
            "faults": self._faults,
            "faults/clear": lambda _: {"cancelled": state.faults.clear()},
            "script": self._script,
            "tokens": self._tokens,
            "tenants": self._tenants,
            "company": self._company,
            "truth": lambda p: edits.truth(self._books(p), p.get("list", "Journals"), cash=bool(p.get("cash"))),
            "revaluations": lambda p: revaluation_report(self._books(p), p.get("date"), cash=bool(p.get("cash"))),
            "undocumented": self._undocumented,
            "journals/add": lambda p: edits.add_journals(self._books(p), p, state.clock.now_ms()),
            "manual_journals/post": lambda p: post_manual_journal(self._books(p), p, state.clock.now_ms()),
            "journals/hide": lambda p: {"hidden": self._book(p).hide(map(int, p["numbers"]))},
            "journals/publish": lambda p: {"published": self._book(p).publish(map(int, p["numbers"]))},
            "records/add": lambda p: edits.add_records(self._books(p), p),
            "records/edit": lambda p: edits.edit_record(self._books(p), p, state.clock.now_ms()),
            "records/remove": lambda p: {"removed": self._books(p).lists[p["list"]].remove(p["ids"])},
            "invoices/edit": lambda p: edits.edit_record(
                self._books(p), {"list": "Invoices", **p}, state.clock.now_ms()
            ),
            "invoices/revalue": lambda p: edits.revalue(self._books(p), p, state.clock.now_ms()),
            "invoices/void": lambda p: edits.void(self._books(p), p, state.clock.now_ms()),
            "invoices/delete": lambda p: edits.delete(self._books(p), p, state.clock.now_ms()),
            "invoices/redate": lambda p: edits.redate(self._books(p), p, state.clock.now_ms()),
        }

    def __call__(self, request: Request) -> Response:
        """Answer one control call; 400 with the reason when it cannot be done."""
        call = self.calls.get(request.path.removeprefix(CONTROL_PREFIX).strip("/"))
        if call is None:
            return Response(404, b'{"error":"no such control call"}')
        try:
            payload: Payload = {**request.query, **(decode(request.body) if request.body else {})}
            if "list" in payload:
                payload["list"] = LIST_ALIASES.get(payload["list"], payload["list"])
            with self._state.lock:
                answer = call(payload)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return Response(400, encode({"error": f"{type(error).__name__}: {error}"}).encode())
        return Response(200, encode(answer).encode())

    def _tenant_id(self, payload: Payload) -> str:
        named = payload.get("tenant")
        for connection in self._state.oauth.connections:
            if named in (None, connection.name, connection.tenant_id):
                return connection.tenant_id
        return str(named) if named in self._state.companies else next(iter(self._state.companies))

    def _books(self, payload: Payload) -> Company:
        return self._state.companies[self._tenant_id(payload)]

    def _book(self, payload: Payload) -> Any:
        return self._books(payload).book(cash=bool(payload.get("cash")))

    def _limit_key(self, payload: Payload) -> str:
        oauth = self._state.oauth
        app = {"web": oauth.web, "pkce": oauth.pkce, "custom": oauth.custom}[payload.get("app", "web")]
        return f"{app.client_id}:{self._tenant_id(payload)}"

    def _reset(self, payload: Payload) -> Payload:
        state = self._state
        acts: dict[str, Callable[[], Any]] = {
            "log": state.log.reset,
            "faults": state.faults.clear,
            "script": state.script.clear,
            "limits": state.limits.reset,
            "switches": lambda: self._switches(asdict(type(state.switches)())),
        }
        names = payload.get("what") or list(acts)
        for name in names:
            acts[name]()
        return {"reset": names}

    def _switches(self, payload: Payload) -> Payload:
        self._state.switches.change(_floats(payload))
        self._state.clock.offset_ms = self._state.switches.clock_offset_ms
        return asdict(self._state.switches)

    def _limits(self, payload: Payload) -> Payload:
        named: Payload = {key: payload.pop(key) for key in ("tenant", "app") if key in payload}
        self._state.limits.settings.change(_floats(payload))
        return self._state.limits.report(self._limit_key(named))

    def _consume(self, payload: Payload) -> Payload:
        minute = int(payload.get("minute", 0))
        self._state.limits.consume(self._limit_key(payload), minute, int(payload.get("day", minute)))
        return self._state.limits.report(self._limit_key(payload))

    def _foreign(self, payload: Payload) -> Payload:
        per_minute, in_flight = float(payload.get("per_minute", 0)), int(payload.get("in_flight", 0))
        self._state.limits.foreign_load(self._limit_key(payload), per_minute, in_flight)
        return self._state.limits.report(self._limit_key(payload))

    def _faults(self, payload: Payload) -> Payload:
        for order in payload.get("faults", [payload] if payload else []):
            self._state.faults.order(_floats(order))
        return {"waiting": self._state.faults.waiting(), "played": self._state.faults.played}

    def _script(self, payload: Payload) -> Payload:
        for step in payload["steps"]:
            call, arguments = self.calls[step["do"]], step.get("with", {})
            act = _bound(call, arguments)
            self._state.script.append(ScriptStep(step.get("endpoint", "Invoices"), int(step["after"]), act))
        return {"waiting": len(self._state.script)}

    def _tokens(self, payload: Payload) -> Payload:
        """Expire, revoke, restrict; ``new`` gives a fresh refresh token and access token of an app."""
        oauth = self._state.oauth
        answer: Payload = {}
        if payload.get("expire_access"):
            answer["expired"] = oauth.expire_access_tokens()
        if payload.get("revoke"):
            oauth.revoke_all()
        if "scopes" in payload:
            oauth.set_scopes(payload["scopes"])
        if "new" in payload:
            app = {"web": oauth.web, "pkce": oauth.pkce, "custom": oauth.custom}[payload["new"]]
            access = oauth.new_access_token(app)
            answer |= {"access_token": access.value, "expires_at_ms": access.expires_ms}
            if app.tenant_id is None:
                answer["refresh_token"] = oauth.new_refresh_token(app, family=access.family)
        return answer

    def _tenants(self, payload: Payload) -> Payload:
        if "tenants" in payload:
            put_tenants(self._state, payload["tenants"], self._order)
        return {"tenants": [connection.wire() for connection in self._state.oauth.connections]}

    def _undocumented(self, payload: Payload) -> Payload:
        company = self._books(payload)
        if "kinds" in payload:
            undocumented_entries.show(company, payload["kinds"])
        return undocumented_entries.shown(company, revalued=self._state.switches.revaluations)

    def _company(self, payload: Payload) -> Payload:
        tenant_id = self._tenant_id(payload)
        connections = self._state.oauth.connections
        name = next((c.name for c in connections if c.tenant_id == tenant_id), "")
        options = _floats(payload.get("options", {}))
        order = CompanyOrder(payload.get("preset", "small"), options, payload.get("records", {}))
        put_company(self._state, tenant_id, order.build(tenant_id, name))
        return edits.summary(self._state.companies[tenant_id])


def _bound(call: Call, arguments: Payload) -> Callable[[], object]:
    return lambda: call(dict(arguments))


def _floats(values: Payload) -> Payload:
    """Settings are plain numbers; only records keep their Decimals."""
    return {key: float(value) if isinstance(value, Decimal) else value for key, value in values.items()}
