"""Xero's error answers, each in the shape and format that Xero gives it."""

from __future__ import annotations

import uuid

from local_xero.http import Response
from local_xero.wire import Wire, encode_bytes, xml_document

HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
XML = "text/xml; charset=utf-8"

_NOT_FOUND = b"The resource you're looking for cannot be found"


def problem(status: int, title: str, detail: str) -> Response:
    """Answer with problem JSON, as the gateway in front of the API does."""
    body: Wire = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": str(uuid.uuid4()),
        "Extensions": {},
    }
    return Response(status, encode_bytes(body), "application/problem+json")


def unauthorized(detail: str) -> Response:
    """401: no token, an unknown or an expired one."""
    return problem(401, "Unauthorized", detail)


def scope_missing() -> Response:
    """401: the token lacks the scope, or the app lacks the endpoint."""
    answer = problem(401, "Unauthorized", "AuthorizationUnsuccessful")
    answer.headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    return answer


def tenant_refused() -> Response:
    """403: the tenant header is missing, wrong or no longer authorised."""
    return problem(403, "Forbidden", "AuthenticationUnsuccessful")


def permission_missing() -> Response:
    """403: the user has no reports permission."""
    body: Wire = {
        "Type": None,
        "Title": "Forbidden",
        "Status": 403,
        "Detail": "You are not permitted to access this resource without the reporting role or higher privileges",
        "Instance": str(uuid.uuid4()),
        "Extensions": {},
    }
    return Response(403, encode_bytes(body), "application/problem+json")


def not_found() -> Response:
    """404: text under text/html."""
    return Response(404, _NOT_FOUND, HTML)


def bad_request(kind: str, number: int, message: str) -> Response:
    """400: an API exception by its Type and ErrorNumber."""
    body: dict[str, object] = {"ErrorNumber": number, "Type": kind, "Message": message}
    if kind == "ValidationException":
        body["Elements"] = [{"ValidationErrors": [{"Message": "A validation message"}]}]
    return Response(400, encode_bytes(body))


def high_volume() -> Response:
    """400: more documents than a request may work through."""
    return bad_request(
        "HighVolumeException", 51, "The request exceeds the limit of documents; please narrow the filter"
    )


def api_exception(status: int, kind: str, number: int, message: str, content_type: str = XML) -> Response:
    """Answer with an ``<ApiException>``, which stays XML whatever the caller accepts."""
    body = xml_document("ApiException", {"ErrorNumber": number, "Type": kind, "Message": message})
    return Response(status, body, content_type)


def gateway_page(status: int, title: str) -> Response:
    """Answer with the HTML of a load balancer (502, 504)."""
    page = f"<html><head><title>{status} {title}</title></head><body><h1>{status} {title}</h1></body></html>"
    return Response(status, page.encode(), HTML)


def plain(status: int, sentence: str) -> Response:
    """Answer with one line of plain text (503)."""
    return Response(status, sentence.encode(), PLAIN)


def too_many(kind: str | None, retry_after: int | None) -> Response:
    """429: a limit by its name, with or without Retry-After."""
    headers = {} if kind is None else {"X-Rate-Limit-Problem": kind}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Response(429, b"", PLAIN, headers)


def oauth_error(code: str, status: int = 400) -> Response:
    """Answer as the token endpoint does."""
    return Response(status, encode_bytes({"error": code}), "application/json")
