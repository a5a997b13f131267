"""Reading the body of an answer: JSON where it is JSON, and of an error no more than the word that names the problem."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
_XML_TYPE = re.compile(rb"<Type>([A-Za-z]+)</Type>")
_OFFLINE = "organisation is offline"
_KIND_KEYS = ("Detail", "Type", "error")
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


def problem_kind(body: bytes, content_type: str) -> str:
    """Return the lower-case word with which an error body names its problem, or an empty string.

    Xero sends errors as JSON, XML, HTML or plain text. Only a single word of known fields is taken, so that nothing of the
    ledger can get from an answer into a message.
    """
    if "json" not in content_type:
        match = _XML_TYPE.search(body)
        if match:
            return match[1].decode("ascii").lower()
        return _OFFLINE if _OFFLINE.encode() in body.lower() else ""
    try:
        problem = parse_json(body)
    except ValueError:
        return ""
    if not isinstance(problem, dict):
        return ""
    for key in _KIND_KEYS:
        value = problem.get(key)
        word = _WORD.match(value) if isinstance(value, str) else None
        if word:
            return word[0].lower()
    return ""
