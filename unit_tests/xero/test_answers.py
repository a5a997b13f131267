"""Bodies: JSON where it is JSON, and no more than a word of an error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_xero_gl.xero.answers import parse_json, problem_word

JSON = "application/json; charset=utf-8"
XML = "text/xml; charset=utf-8"
HTML = "text/html; charset=utf-8"

plain_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner),
)


@given(plain_json)
def test_json_is_read_as_it_is(value: Any) -> None:
    """What Xero sends is what the reader gets."""
    assert parse_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (rb'"a\ud800b"', "a\ufffdb"),
        (rb'"\udc00"', "\ufffd"),
        (rb'{"\ud800": ["\udfff", "\ud83d\ude00"]}', {"\ufffd": ["\ufffd", "\U0001f600"]}),
        (b'"caf\xe9"', "caf\ufffd"),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'"two\r\nlines"', "two\r\nlines"),
    ],
)
def test_text_that_is_no_valid_unicode_gets_a_replacement_character(body: bytes, value: Any) -> None:
    """A lone surrogate, a byte that is not UTF-8, a byte order mark or a raw line break does not cost the page."""
    assert parse_json(body) == value


def test_numbers_keep_their_value_beside_broken_text() -> None:
    """The second way of reading gives the same numbers as the first."""
    assert parse_json(rb'{"Total": 1234567.89, "Count": 9007199254740993, "Name": "\ud800"}') == {
        "Total": 1234567.89,
        "Count": 9_007_199_254_740_993,
        "Name": "\ufffd",
    }


@pytest.mark.parametrize(
    "body",
    [b"", b"<html></html>", b'{"Journals": [{"JournalID":', b"NaN", b'{"a": Infinity}', b"[" * 100_000, b"{'a': 1}"],
)
def test_a_body_that_is_not_json_is_a_value_error(body: bytes) -> None:
    """Truncated, foreign and absurdly nested bodies are told apart from pages."""
    with pytest.raises(ValueError, match=r"."):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "content_type", "word"),
    [
        (
            {"Title": "Unauthorized", "Detail": "TokenExpired: token expired at 05/01/2026 10:11:12"},
            JSON,
            "tokenexpired",
        ),
        ({"Type": None, "Detail": "AuthorizationUnsuccessful"}, JSON, "authorizationunsuccessful"),
        ({"ErrorNumber": 10, "Type": "ValidationException", "Message": "…"}, JSON, "validationexception"),
        ({"error": "invalid_grant"}, "application/problem+json", "invalid_grant"),
        ({"Detail": 5, "Type": "", "error": ["x"]}, JSON, None),
        (["Detail"], JSON, None),
    ],
)
def test_json_errors_are_named_by_their_word(body: Any, content_type: str, word: str | None) -> None:
    """A problem, an exception and an OAuth error each give the word that names them, lower case."""
    assert problem_word(json.dumps(body).encode(), content_type) == word


@pytest.mark.parametrize(
    ("body", "content_type", "word"),
    [
        (b"<ApiException><Type>UnknownErrorException</Type></ApiException>", XML, "unknownerrorexception"),
        (b"<ApiException><Type>ApiMethodNotImplementedException</Type>", HTML, "apimethodnotimplementedexception"),
        (b"The Organisation is offline", "text/plain", "organisation is offline"),
        (b"The API is temporarily unavailable", "text/plain", None),
        (b"The resource you're looking for cannot be found", HTML, None),
        (b'{"Detail": "AuthorizationUnsuccessful"}', HTML, None),
        (b"<html>gateway</html>", JSON, None),
        (b"", "", None),
    ],
)
def test_other_errors_are_named_by_what_xero_documents(body: bytes, content_type: str, word: str | None) -> None:
    """XML exceptions and the offline notice are known; a body is read as JSON only if it says that it is."""
    assert problem_word(body, content_type) == word


@pytest.mark.parametrize(
    "words", ["SmithHoldings owes 5000", "eyJhbGciOiJSUzI.x", "AuthenticationUnsuccessfulSmith", "Smith: TokenExpired"]
)
@pytest.mark.parametrize("key", ["Detail", "Type", "error"])
def test_a_word_that_xero_does_not_define_is_not_taken(key: str, words: str) -> None:
    """It may be a name of the ledger or a part of a token."""
    assert problem_word(json.dumps({key: words}).encode(), JSON) is None
    assert problem_word(f"<ApiException><Type>{words.split(maxsplit=1)[0]}</Type></ApiException>".encode(), XML) is None


def test_an_unknown_word_does_not_hide_a_known_one() -> None:
    """The exception is named although its Detail is a sentence."""
    assert problem_word(b'{"Detail": "Smith owes 5", "Type": "ValidationException"}', JSON) == "validationexception"
