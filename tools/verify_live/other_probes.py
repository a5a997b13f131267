"""Claims about access, limits, compression, reports and budgets."""

from __future__ import annotations

import requests

from source_xero_gl.readers.reports.lines import header, report_lines
from source_xero_gl.streams.reports import TRIAL_BALANCE, TrialBalanceLines
from tools.verify_live.live_xero import LiveXero, NotTestedError, Reply
from tools.verify_live.probe import Finding, Probe

MINUTE_HEADERS = ("X-MinLimit-Remaining", "X-AppMinLimit-Remaining")
DAY_HEADER = "X-DayLimit-Remaining"
WITHOUT_SCOPE = "Receipts"
"""An old endpoint whose scope this connector never asks for."""


def _organisation_id(xero: LiveXero) -> Finding:
    if xero.tenant_id is None:
        raise NotTestedError("a custom connection has no tenant ID")
    objects = xero.get("Organisation").objects("Organisations")
    ids = [str(item.get("OrganisationID", "")).lower() for item in objects]
    return Finding(ids == [xero.tenant_id.lower()], "compared the two")


def _without_scope(xero: LiveXero) -> Finding:
    reply = xero.get(WITHOUT_SCOPE)
    if reply.status not in (requests.codes.unauthorized, requests.codes.forbidden):
        raise NotTestedError(f"the sign-in may read {WITHOUT_SCOPE}, or Xero has removed the endpoint")
    held = reply.status == requests.codes.unauthorized and reply.kind == "authorizationunsuccessful"
    return Finding(held, f"{WITHOUT_SCOPE} answered {reply.status} {reply.kind or 'without a known word'}")


def _minute_headers(xero: LiveXero) -> Finding:
    replies = _answered(xero)
    held = all(reply.headers.get(name, "").isdigit() for reply in replies for name in MINUTE_HEADERS)
    return Finding(held, f"{' and '.join(MINUTE_HEADERS)} on every answer" if held else "missing on some answer")


def _day_header(xero: LiveXero) -> Finding:
    left = [reply.headers.get(DAY_HEADER, "") for reply in _answered(xero)]
    if not all(text.isdigit() for text in left):
        return Finding(held=False, reason="missing on some answer")
    falls = len(left) < 2 or int(left[-1]) < int(left[0])
    return Finding(falls, "present, and falling with each call" if falls else "present, but not falling")


def _gzip(xero: LiveXero) -> Finding:
    packed = any("gzip" in reply.headers.get("Content-Encoding", "").lower() for reply in _answered(xero))
    return Finding(packed, "Content-Encoding of the answers so far")


def _answered(xero: LiveXero) -> list[Reply]:
    xero.get("Organisation")
    return [reply for reply in xero.replies if reply.status == requests.codes.ok]


def _trial_balance(xero: LiveXero) -> Finding:
    reports = xero.get(TrialBalanceLines.path).objects("Reports")
    titles = tuple(header(reports[0])[1:]) if reports else ()
    named = [line for report in reports for line in report_lines(report, TRIAL_BALANCE.names) if line["AccountID"]]
    wanted = TRIAL_BALANCE.titles
    held = titles[: len(wanted)] == wanted
    if held and not named:
        raise NotTestedError("the columns are right, but no line shows an account")
    return Finding(held, "columns, and accounts by ID" if held else "other columns")


def _budget(xero: LiveXero) -> Finding:
    budgets = xero.get("Budgets").objects("Budgets")
    if not budgets:
        raise NotTestedError("there is no budget")
    reply = xero.get(f"Budgets/{budgets[0].get('BudgetID')}")
    if reply.status != requests.codes.ok:
        raise NotTestedError(f"Xero answered {reply.status}")
    kind = "a list" if isinstance(reply.body.get("Budgets"), list) else "an object"
    return Finding(kind == "a list", f"{kind} came")


PROBES = (
    Probe("The OrganisationID is the tenant ID", relied=False, find=_organisation_id),
    Probe("A missing scope is answered 401 AuthorizationUnsuccessful", relied=True, find=_without_scope),
    Probe("TrialBalance has the columns that the connector reads", relied=True, find=_trial_balance),
    Probe("One budget comes as a list of one", relied=False, find=_budget),
    Probe("Every answer says how many calls are left in the minute", relied=False, find=_minute_headers),
    Probe("Every answer says how many calls are left in the day", relied=True, find=_day_header),
    Probe("Answers are compressed", relied=False, find=_gzip),
)
