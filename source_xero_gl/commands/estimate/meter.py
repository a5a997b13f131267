"""What an estimate reads off the answers beside their pages."""

from __future__ import annotations

import threading

import requests

from source_xero_gl.xero.transport import Answer, Transport


class Meter(Transport):
    """Sends calls and reads the figures off the answers that pages do not carry.

    Attributes:
        size: bytes of the last answer's body before compression.
        day_left: calls that Xero reports left today; None: it does not say.
    """

    def __init__(self, stop: threading.Event) -> None:
        """Open a pool of connections."""
        super().__init__(stop)
        self.size = 0
        self.day_left: int | None = None

    def send(self, endpoint: str, request: requests.Request) -> Answer:
        """Send a request once and read the whole answer, as ``Transport`` does."""
        answer = super().send(endpoint, request)
        self.size = len(answer.body)
        left = answer.headers.get("X-DayLimit-Remaining", "")
        if left.isascii() and left.isdigit():
            self.day_left = int(left)
        return answer
