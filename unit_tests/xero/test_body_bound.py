"""The bound on the size of an answer holds for what it becomes, not for what is sent."""

from __future__ import annotations

import gzip
import io
import threading
from collections.abc import Callable

import pytest
import requests
import requests_mock

from source_xero_gl.xero import transport
from source_xero_gl.xero.errors import SYSTEM, XeroError
from source_xero_gl.xero.transport import Transport

URL = "https://api.xero.com/api.xro/2.0/Journals"
MEBIBYTE = 1 << 20


@pytest.mark.parametrize(("encoding", "sent"), [("identity", bytes), ("gzip", lambda size: gzip.compress(bytes(size)))])
def test_an_answer_is_measured_unpacked(
    encoding: str, sent: Callable[[int], bytes], requests_mock: requests_mock.Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body above the bound is refused, also when it comes in a few kilobytes that unpack to more; one at the bound passes."""
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", MEBIBYTE)
    bodies = [io.BytesIO(sent(size)) for size in (MEBIBYTE, MEBIBYTE + 1)]
    requests_mock.get(URL, [{"body": body, "headers": {"Content-Encoding": encoding}} for body in bodies])
    sender = Transport(threading.Event())
    assert len(sender.send("Journals", requests.Request("GET", URL)).body) == MEBIBYTE
    with pytest.raises(XeroError, match="larger than 1 MiB") as raised:
        sender.send("Journals", requests.Request("GET", URL))
    assert raised.value.failure_type is SYSTEM


def test_the_bound_is_far_above_the_largest_page() -> None:
    """256 MiB leave a quarter of a mebibyte for each of 1,000 invoices."""
    assert transport.MAX_BODY_BYTES == 256 * MEBIBYTE
