"""The two facts that reading journals rests on: the number of a journal and when it was created."""

from __future__ import annotations

from source_xero_gl.readers.batch import Row, broken
from source_xero_gl.xero.dates import read_instant

Numbered = tuple[int, Row]


class JournalRows:
    """Reads JournalNumber and CreatedDateUTC off rows; errors name the stream."""

    def __init__(self, stream: str) -> None:
        """Read rows of ``stream``, which errors name."""
        self._stream = stream

    def number(self, row: Row) -> int:
        """Return the JournalNumber.

        Raises:
            XeroError: system, when there is none.
        """
        number = row.get("JournalNumber")
        if isinstance(number, str) and number.isascii() and number.isdigit():
            return int(number)
        if isinstance(number, bool) or not isinstance(number, int):
            raise broken(self._stream, "a JournalNumber in each journal")
        return number

    def created(self, row: Row) -> int:
        """Return the instant of CreatedDateUTC.

        Raises:
            XeroError: system, when there is none.
        """
        instant = read_instant(row.get("CreatedDateUTC"))
        if instant is None:
            raise broken(self._stream, "a CreatedDateUTC in each journal")
        return instant

    def numbered(self, rows: list[Row], offset: int = 0) -> list[Numbered]:
        """Return the rows of the page at an offset with their numbers, in the order of these.

        Raises:
            XeroError: system, when a number does not lie above the offset: reading on would not advance.
        """
        found = sorted(((self.number(row), row) for row in rows), key=lambda item: item[0])
        if found and found[0][0] <= offset:
            raise broken(self._stream, f"journal numbers above the offset {offset}")
        return found
