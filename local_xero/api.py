"""The accounting API under ``/api.xro/2.0/``: who may call, within which limits, and what comes back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from local_xero import journals, problems
from local_xero.books import Books
from local_xero.budgets import PeriodError, budget_in_months
from local_xero.documents import DocumentBook
from local_xero.endpoints import JOURNAL_SCOPES, LISTS, may_read
from local_xero.faults import Fault
from local_xero.http import Request, Response
from local_xero.lists import ListReader, Page, single, unit_decimals
from local_xero.oauth import Grant
from local_xero.report_rows import ReportError, ReportRequest
from local_xero.reports import REPORTS
from local_xero.service import API_PREFIX, State
from local_xero.wire import encode_bytes, moment_of, xml_document

PROVIDER = "Local Xero"
_MARK = "%m/%d/%Y %H:%M:%S"


class Api:
    """Answers API calls for all tenants."""

    def __init__(self, state: State) -> None:
        self._state = state

    def __call__(self, request: Request, next_fault: Callable[[Request], Fault | None]) -> Response:
        """Authenticate, admit, then answer or play a fault."""
        state = self._state
        with state.lock:
            grant, tenant_id, refusal = self._identify(request)
        if refusal is not None or grant is None:
            return self._stamped(refusal or problems.tenant_refused(), {})
        denied, in_flight = state.limits.enter(f"{grant.app.client_id}:{tenant_id}")
        state.log.max_in_flight = max(state.log.max_in_flight, in_flight)
        remaining: dict[str, str] = {}
        try:
            if denied is None:
                time.sleep(state.switches.latency_ms / 1000)
                fault = next_fault(request)

                def answer() -> Response:
                    return self._answer(request, tenant_id, grant)

                response = fault.play(answer) if fault else answer()
                with state.lock:
                    self._run_script(request)
            else:
                response = denied
        finally:
            remaining = state.limits.leave(f"{grant.app.client_id}:{tenant_id}")
        return self._stamped(response, remaining)

    def _identify(self, request: Request) -> tuple[Grant | None, str, Response | None]:
        state = self._state
        grant = state.oauth.bearer(request)
        if grant is None:
            return None, "", problems.unauthorized("AuthenticationUnsuccessful")
        if grant.expires_ms <= state.clock.now_ms():
            expired = moment_of(grant.expires_ms).strftime(_MARK)
            return None, "", problems.unauthorized(f"TokenExpired: token expired at {expired}")
        asked = request.headers.get("xero-tenant-id", "").lower()
        if grant.app.tenant_id is not None:
            if asked:
                state.log.flag("tenant_header_by_custom_connection")
            if asked in ("", grant.app.tenant_id):
                return grant, grant.app.tenant_id, None
        elif asked in {connection.tenant_id for connection in state.oauth.connections} and asked in state.companies:
            return grant, asked, None
        return None, "", problems.tenant_refused()

    def _stamped(self, response: Response, remaining: dict[str, str]) -> Response:
        """Add the headers that every answer has; those of a fault win."""
        response.headers = {**remaining, "Xero-Correlation-Id": str(uuid.uuid4()), **response.headers}
        return response

    def _run_script(self, request: Request) -> None:
        endpoint = request.path.removeprefix(API_PREFIX).split("/")[0]
        for step in [step for step in self._state.script if step.endpoint in ("", endpoint)]:
            step.after -= 1
            if step.after <= 0:
                self._state.script.remove(step)
                step.act()

    def _answer(self, request: Request, tenant_id: str, grant: Grant) -> Response:
        path, _, key = request.path.removeprefix(API_PREFIX).rstrip("/").partition("/")
        granted = set(grant.scopes.split())
        if request.method != "GET":
            return problems.api_exception(501, "ApiMethodNotImplementedException", 20, "Read only", problems.HTML)
        with self._state.lock:
            if path == "Journals":
                if grant.app.client_id in self._state.switches.journals_refused_to:
                    return problems.scope_missing()
                return self._journals(request, tenant_id, key, granted)
            if path == "Reports":
                return self._report(request, tenant_id, key, granted)
            return self._list(request, tenant_id, path, key, granted)

    def _journals(self, request: Request, tenant_id: str, key: str, granted: set[str]) -> Response:
        switches = self._state.switches
        if not switches.journals_entitled or not may_read(granted, JOURNAL_SCOPES):
            return problems.scope_missing()
        if not switches.journals_permission:
            return problems.permission_missing()
        book = self._state.companies[tenant_id].book(cash=request.flag("paymentsOnly"))
        if not key:
            return self._envelope(request, "Journals", Page(journals.read_page(book, request, switches), None))
        journal = journals.single(book, key)
        if journal is None:
            return problems.not_found()
        return self._envelope(request, "Journals", Page([encode_bytes(journal)], None))

    def _report(self, request: Request, tenant_id: str, key: str, granted: set[str]) -> Response:
        report = REPORTS.get(key)
        if report is None:
            return problems.not_found()
        if not may_read(granted, report.scopes):
            return problems.scope_missing()
        if not self._state.switches.journals_permission:
            return problems.permission_missing()
        cash, revalued = request.flag("paymentsOnly"), self._state.switches.revaluations
        books = Books(self._state.companies[tenant_id], cash=cash, revalued=revalued)
        try:
            built = report.build(books, ReportRequest(request.query, self._state.clock.now_ms()))
        except ReportError as error:
            return problems.bad_request("ValidationException", 10, f"{error} is not valid")
        return self._envelope(request, "Reports", Page([encode_bytes(built)], None))

    def _list(self, request: Request, tenant_id: str, path: str, key: str, granted: set[str]) -> Response:
        endpoint = LISTS.get(path)
        if endpoint is None:
            return problems.not_found()
        if not may_read(granted, endpoint.scopes):
            return problems.scope_missing()
        if path == "ManualJournals" and not self._state.switches.journals_permission:
            return problems.permission_missing()
        book = self._state.companies[tenant_id].lists[path]
        if key:
            return self._record(request, tenant_id, book, path, key)
        reader = self._state.readers.setdefault((tenant_id, path), ListReader(endpoint, book, self._state.switches))
        page = reader.read(request)
        return page if isinstance(page, Response) else self._envelope(request, endpoint.list_key, page)

    def _record(self, request: Request, tenant_id: str, book: DocumentBook, path: str, key: str) -> Response:
        """Answer for one record by its ID."""
        endpoint, found = LISTS[path], book.find(key)
        if found is None:
            return problems.not_found()
        if path == "Budgets":
            try:
                text = encode_bytes(budget_in_months(found.record, request.query, self._state.clock.now_ms()))
            except PeriodError:
                return problems.bad_request("ValidationException", 10, "At most 24 months, given as YYYY-MM-DD")
        else:
            text = single(found, self._state.companies[tenant_id], unit_decimals(endpoint, request.query))
        return self._envelope(request, endpoint.list_key, Page([text], None))

    def _envelope(self, request: Request, key: str, page: Page) -> Response:
        head: dict[str, object] = {
            "Id": str(uuid.uuid4()),
            "Status": "OK",
            "ProviderName": PROVIDER,
            "DateTimeUTC": f"/Date({self._state.clock.now_ms()})/",
        }
        if not request.wants_json:
            return Response(200, xml_document("Response", head), problems.XML)
        if page.pagination is not None:
            head["pagination"] = page.pagination
        start = encode_bytes(head)[:-1] + f',"{key}":['.encode()
        return Response(200, start + b",".join(page.texts) + b"]}")
