"""Reading the body of an answer: JSON where it is JSON, and of an error no more than the word that names the problem."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from source_xero_gl.xero.errors import OFFLINE

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
_WORDS = frozenset(
    {
        "apimethodnotimplementedexception",
        "authenticationunsuccessful",
        "authorizationunsuccessful",
        "highvolumeexception",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "postdatainvalidexception",
        "queryparseexception",
        "tokenexpired",
        "unauthorized_client",
        "unknownerrorexception",
        "unsupported_grant_type",
        "validationexception",
    }
)
"""The words that Xero is known to use. Another word may be part of a sentence about the ledger."""

_XML_TYPE = re.compile(rb"<Type>([A-Za-z]+)</Type>")
_WORD_KEYS = ("Detail", "Type", "error")
"""Where Xero's three JSON error forms (a problem, an exception, OAuth) name the problem."""


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON body; text that is no valid Unicode gets U+FFFD in its place.

    Raises:
        ValueError: the body is not JSON.
    """
    try:
        return orjson.loads(body)
    except ValueError:
        pass
    try:
        value = json.loads(body.decode("utf-8-sig", "replace"), strict=False, parse_constant=_refuse)
        return orjson.loads(_LONE_SURROGATE.sub("\ufffd", json.dumps(value, ensure_ascii=False)))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def problem_word(body: bytes, content_type: str) -> str | None:
    """Return the lower-case word with which an error body names its problem, None when there is none that we know.

    Xero sends errors as JSON, XML, HTML or plain text, as the content type says in lower case. Only known words of known fields
    are taken, so that nothing of the ledger can get from an answer into a message.
    """
    if "json" in content_type:
        words = _json_words(body)
    elif OFFLINE.encode() in body.lower():
        return OFFLINE
    else:
        words = [match.decode("ascii") for match in _XML_TYPE.findall(body)]
    return next((word.lower() for word in words if word.lower() in _WORDS), None)


def _json_words(body: bytes) -> list[str]:
    try:
        problem = parse_json(body)
    except ValueError:
        return []
    values = [problem.get(key) for key in _WORD_KEYS] if isinstance(problem, dict) else []
    matches = [_WORD.match(value) for value in values if isinstance(value, str)]
    return [match[0] for match in matches if match]
