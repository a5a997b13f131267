"""The queue between the readers and stdout."""

from __future__ import annotations

from contextlib import suppress
from queue import Full, Queue
from threading import Event

from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem

from source_xero_gl.xero.errors import StoppedError

QUEUE_ITEMS = 500
"""Records and messages that may wait for a slow destination: five pages of journals, so that a kill wastes few calls."""

_POLL_SECONDS = 0.5


class OutputQueue(Queue[QueueItem]):
    """A bounded queue. Its writers stop waiting once nobody reads it any more."""

    def __init__(self) -> None:
        super().__init__(maxsize=QUEUE_ITEMS)
        self._abandoned = Event()

    def abandon(self) -> None:
        """Say that nobody reads any more: writers that wait for room, now or later, get StoppedError."""
        self._abandoned.set()

    @property
    def abandoned(self) -> bool:
        """Whether nobody reads any more."""
        return self._abandoned.is_set()

    def offer(self, item: QueueItem) -> None:
        """Put an item if there is room, and drop it otherwise: for messages that nobody needs."""
        with suppress(Full):
            self.put(item, block=False)

    def put(self, item: QueueItem, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002 - the arguments of queue.Queue's put
        """Put an item, waiting for room as long as somebody reads.

        Raises:
            StoppedError: nobody reads any more.
            Full: ``block`` is false, or ``timeout`` seconds have passed, and there is no room.
        """
        # The engine's own wait for room would never end once stdout is closed: wait a little, then look again.
        while block and timeout is None:
            if self.abandoned:
                raise StoppedError
            try:
                super().put(item, timeout=_POLL_SECONDS)
            except Full:
                continue
            return
        super().put(item, block, timeout)
