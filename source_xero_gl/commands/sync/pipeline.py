"""PyAirbyte runs the connector: check, discover, and syncs into a database, quietly and without the internet."""

from __future__ import annotations

import contextlib
import importlib
import re
import time
import warnings
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Any

from source_xero_gl.commands.sync.connector import EXECUTABLE, Connector
from source_xero_gl.commands.sync.display import Display
from source_xero_gl.commands.sync.kept_config import KeptConfig
from source_xero_gl.commands.sync.listener import Listener
from source_xero_gl.commands.sync.progress import Progress
from source_xero_gl.commands.sync.received import Received
from source_xero_gl.commands.sync.report import SyncReport
from source_xero_gl.commands.sync.stopping import Stop
from source_xero_gl.commands.sync.workplace import Workplace
from source_xero_gl.importing import quick_imports
from source_xero_gl.wording import PROGRAM

if TYPE_CHECKING:
    from typing_extensions import Self

TRIAL_BALANCE = "trial_balance_lines"

_HALF_LOADED = "_01[0-9a-hjkmnp-tv-z]{7}"
"""What PyAirbyte adds to the name of a stream: nine characters of a ULID, which begins with 01 until the year 2039."""


class PipelineError(Exception):
    """Something could not be read or stored; the message is for the user."""


class Pipeline:
    """One organisation's connector and a database, which is open inside the ``with`` block."""

    def __init__(
        self,
        config: KeptConfig,
        tenant_id: str,
        place: Workplace,
        stop: Stop,
        display: Display,
        *,
        fresh: Collection[str] = (),
    ) -> None:
        """Prepare a pipeline. The environment of ``quiet_environment`` must be set.

        Args:
            config: the connector's settings; it keeps rotated tokens.
            tenant_id: the organisation that they name; its records and states are kept apart by it.
            place: the database; it is made when it does not exist.
            stop: tells when to end.
            display: shows what is being done.
            fresh: streams to read again from their beginning.
        """
        self._config = config
        self._tenant_id = tenant_id
        self._place = place
        self._stop = stop
        self._display = display
        self._fresh = frozenset(fresh)
        self._listener = Listener()
        self._received = Received(place.received(tenant_id))
        self._selected: list[str] = []
        self._offered: list[str] = []
        self._rest = contextlib.ExitStack()
        self._source: Any = None
        self._cache: Any = None

    def __enter__(self) -> Self:
        """Load PyAirbyte and open the database.

        Raises:
            PipelineError: the file is in use or is no DuckDB file, or the user of PostgreSQL may not make tables.
        """
        with contextlib.ExitStack() as stack:
            self._log = stack.enter_context(self._place.log.open("a", encoding="utf-8"))
            self._connector = Connector(self._listener, self._received, self._stop, self._log, self._config.environment)
            with self._doing("PyAirbyte is being loaded", f"{self._place.database.name} cannot be used"):
                self._open()
            stack.callback(self._cache.close)
            self._rest = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the database."""
        self._rest.close()

    def check(self) -> None:
        """Find out whether the connector can read what its settings ask for.

        Raises:
            PipelineError: it cannot; the text is the connector's.
        """
        with self._doing("the connection is being checked", "The check failed"):
            self._source.check()

    def streams(self, wanted: Collection[str] | None) -> tuple[int, list[str]]:
        """Select streams.

        Args:
            wanted: names, or None for all. Streams that the settings leave out are ignored.

        Returns:
            How many streams the connector offers, and the names of those that are selected.

        Raises:
            PipelineError: the connector does not list its streams, or has none of those.
        """
        with self._doing("the streams are being listed", "The streams could not be listed"):
            self._offered = list(self._source.get_available_streams())
        self._selected = [name for name in self._offered if wanted is None or name in wanted]
        if not self._selected:
            raise PipelineError(f"None of the streams is offered; there are: {', '.join(self._offered)}.")
        return len(self._offered), self._selected

    def restore(self) -> Counter[str]:
        """Store what a sync that was killed had received; return how many records that were, by stream.

        Raises:
            PipelineError: it could not be stored, and is kept.
        """
        if not self._received.waits:
            return Counter()
        streams = [name for name in self._offered if name in self._received.streams()]
        with self._quietly("What an earlier sync has left could not be removed"):
            self._drop_half_loaded()
        lines = self._listener.listen(self._received.lines(streams))
        if streams:
            failure = "What an earlier sync has received could not be stored"
            with self._display.reading(Progress(self._listener, streams)), self._quietly(failure):
                self._read(streams, lambda *_, **__: lines)
        records = Counter(self._listener.records)
        self._received.clear()
        return records

    def sync(self) -> SyncReport:
        """Read the streams into the database, from where the last sync into it ended.

        A stream that cannot be read to its end is no exception: the report says so, and the next sync goes on there.

        Raises:
            PipelineError: what was received could not be stored; the next sync tries again.
        """
        self._listener.reset()
        began, failure = time.monotonic(), "The sync failed"
        with self._display.reading(Progress(self._listener, self._selected)), self._quietly(failure):
            self._read(self._selected, self._connector.execute)
        self._received.clear()
        seconds = time.monotonic() - began
        return SyncReport.of(self._listener, self._selected, seconds, failed=self._connector.failed)

    def query(self, sql: str, as_at: date | None = None) -> list[dict[str, Any]]:
        """Run SQL; ``as_at`` becomes DuckDB's SQL variable of that name."""
        with self._cache.get_sql_engine().connect() as connection:
            if as_at is not None:
                connection.exec_driver_sql(f"set variable as_at = date '{as_at.isoformat()}'")
            return [dict(row) for row in connection.exec_driver_sql(sql).mappings()]

    def rows(self) -> dict[str, int]:
        """Count the organisation's rows in each stream's table."""
        owner = f"where tenantid = '{self._tenant_id}'"
        with self._quietly("The rows could not be counted"):
            counts = {name: f'select count(*) as n from "{name}" {owner}' for name in self._selected}  # noqa: S608 - no input: the names are constants of this project
            return {name: int(self.query(sql)[0]["n"]) for name, sql in counts.items()}

    def _drop_half_loaded(self) -> None:
        """Remove the tables by way of which PyAirbyte fills those of the streams: a killed sync has left some."""
        names = re.compile(f"({'|'.join(self._offered)}){_HALF_LOADED}")
        found = self.query("select table_name from information_schema.tables where table_schema = current_schema()")
        with self._cache.get_sql_engine().begin() as connection:
            for name in (row["table_name"] for row in found):
                if names.fullmatch(name):
                    connection.exec_driver_sql(f'drop table "{name}"')

    def _read(self, streams: Sequence[str], execute: Any) -> None:
        self._source.select_streams(list(streams))
        before = self._source.executor.execute
        self._source.executor.execute = execute
        try:
            # PyAirbyte would quote the settings when they do not fit the specification: the check has a sentence.
            self._source.read(cache=self._cache, skip_validation=True)
        finally:
            self._source.executor.execute = before

    def _open(self) -> None:
        with quick_imports(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            airbyte = importlib.import_module("airbyte")
        self._source = airbyte.get_source(
            PROGRAM,
            config=self._config.settings,
            config_change_callback=self._rotated,
            local_executable=EXECUTABLE,
        )
        self._source.executor.execute = self._connector.execute
        self._cache = self._place.database.cache(self._tenant_id, self._place.batches, self._fresh)

    def _rotated(self, settings: Mapping[str, Any]) -> None:
        self._config.keep(settings["credentials"])
        self._source.set_config(self._config.settings, validate=False)

    @contextlib.contextmanager
    def _doing(self, what: str, failure: str) -> Iterator[None]:
        """Show a step that has no progress, and do it quietly.

        Raises:
            PipelineError: PyAirbyte raised an exception.
        """
        with self._display.telling(lambda: what), self._quietly(failure):
            yield

    @contextlib.contextmanager
    def _quietly(self, failure: str) -> Iterator[None]:
        """Send what PyAirbyte prints to the log file, and turn its exceptions into one sentence.

        Raises:
            PipelineError: PyAirbyte raised an exception.
        """
        try:
            with contextlib.redirect_stdout(self._log), contextlib.redirect_stderr(self._log):
                yield
        except Exception as error:
            raise PipelineError(f"{failure}: {self._reason(error)}") from error

    def _reason(self, error: Exception) -> str:
        """Return the database's or the connector's own error if there is one, else the first line of PyAirbyte's."""
        if reason := self._place.database.reason(error):
            return reason
        context = getattr(error, "context", None) or {}
        said = context.get("failure_reason") or self._listener.error
        return str(said or next(iter(str(error).strip().splitlines()), type(error).__name__))
