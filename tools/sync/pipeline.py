"""PyAirbyte runs the connector: check, discover, and syncs into a DuckDB file, quietly and without the internet."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tools.layout import Heartbeat
from tools.sync.kept_config import KeptConfig
from tools.sync.listener import Listener
from tools.sync.private_folder import private_folder
from tools.sync.progress_bar import ProgressBar

if TYPE_CHECKING:
    from typing_extensions import Self

NEEDS_PYAIRBYTE = (
    "This needs PyAirbyte, which runs on Python 3.10 to 3.12: install one of them, remove .venv and try again."
)
SOURCE = "source-xero-gl"
SCHEMA = "main"
"""DuckDB's default schema, so that tables need no prefix. A file cannot have the same name: DuckDB would call it ambiguous."""

TRIAL_BALANCE = "trial_balance_lines"
LEDGER = (
    "journals",
    "journal_lines",
    "invoices",
    "invoice_line_items",
    "accounts",
    "tracking_categories",
    "organisations",
    "currencies",
    "contacts",
    TRIAL_BALANCE,
)
"""The streams of a ledger that can be checked against Xero's own trial balance."""


class PipelineError(Exception):
    """Something could not be read or stored; the message is for the user."""


@dataclass(frozen=True)
class SyncReport:
    """What one sync did.

    Attributes:
        records: records received, by stream.
        calls: calls to Xero that count against its limits; None when the connector did not say.
        seconds: how long it took.
        without: why the trial balance is missing; None when it was read.
    """

    records: Counter[str]
    calls: int | None
    seconds: float
    without: str | None = None


class Pipeline:
    """One connector with its settings and one DuckDB file, which is open inside the ``with`` block.

    A process can have only one: PyAirbyte reads its environment once, when it is loaded.
    """

    def __init__(self, config: KeptConfig, database: Path, *, bars: bool = False) -> None:
        """Prepare a pipeline.

        Args:
            config: the connector's settings; it keeps rotated tokens.
            database: the DuckDB file; it is made when it does not exist.
            bars: draw progress bars; only where the standard output is a terminal.
        """
        self._bars = bars
        self._config = config
        self._database = database
        self._listener = Listener()
        self._failed = False
        self._selected: list[str] = []
        self._rest = contextlib.ExitStack()
        self._airbyte: Any = None
        self._source: Any = None
        self._cache: Any = None

    def __enter__(self) -> Self:
        """Load PyAirbyte and open the file.

        Raises:
            PipelineError: the file is in use, or is no DuckDB file.
        """
        if self._database.stem == SCHEMA:
            raise PipelineError(f"A DuckDB file cannot be named {SCHEMA}: choose another name.")
        with contextlib.ExitStack() as stack:
            folder = self._database.parent
            folder.mkdir(parents=True, exist_ok=True)
            os.environ.update(_environment(folder, stack.enter_context(private_folder())))
            self._log = stack.enter_context((folder / "pyairbyte.log").open("a", encoding="utf-8"))
            with self._quietly("The DuckDB file cannot be opened"):
                self._open()
            stack.callback(self._cache.close)
            self._rest = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._rest.close()

    def check(self) -> None:
        """Find out whether the connector can read what its settings ask for.

        Raises:
            PipelineError: it cannot; the text is the connector's.
        """
        with self._quietly("The check failed"):
            self._source.check()

    def streams(self, wanted: Sequence[str] | None) -> tuple[int, list[str]]:
        """Select streams.

        Args:
            wanted: names, or None for all. Streams that the settings leave out are ignored.

        Returns:
            How many streams the connector offers, and the names of those that are selected.

        Raises:
            PipelineError: the connector does not list its streams, or has none of those.
        """
        with self._quietly("The streams could not be listed"):
            offered = list(self._source.get_available_streams())
            self._selected = [name for name in wanted or offered if name in offered]
            if self._selected:
                self._source.select_streams(self._selected)
        if not self._selected:
            raise PipelineError(f"None of the streams is offered; there are: {', '.join(offered)}.")
        return len(offered), self._selected

    def sync(self) -> SyncReport:
        """Read the streams into the file, from where the last sync into it ended.

        If only the trial balance may not be read, the sync goes on, and the report says why it is missing.

        Raises:
            PipelineError: a stream could not be read to its end. Unless the settings are wrong, what has arrived is stored,
                and the next sync begins there.
        """
        self._listener.reset()
        self._failed = False
        with self._display() as clock, self._quietly("The sync failed"):
            # PyAirbyte would quote the settings when they do not fit the specification: the check has a sentence.
            self._source.read(cache=self._cache, skip_validation=True)
        reason = self._listener.error or "the connector ended without a reason."
        if self._failed and not self._lacks_trial_balance_alone:
            raise PipelineError(f"The sync was interrupted; what has arrived is stored. {reason}")
        without = reason if self._failed else None
        return SyncReport(self._listener.records, self._listener.calls, clock.seconds, without)

    def _display(self) -> Heartbeat | ProgressBar:
        """Return what shows the progress of a sync: bars on a terminal, a line now and then anywhere else."""
        if self._bars:
            return ProgressBar(self._listener, self._selected, sys.stdout)
        return Heartbeat(self._listener.progress, sys.stdout.write)

    @property
    def _lacks_trial_balance_alone(self) -> bool:
        return self._listener.incomplete == {TRIAL_BALANCE}

    def query(self, sql: str, as_at: date | None = None) -> list[dict[str, Any]]:
        """Run SQL on the file; ``as_at`` becomes the SQL variable of that name."""
        with self._cache.get_sql_engine().connect() as connection:
            if as_at is not None:
                connection.exec_driver_sql(f"set variable as_at = date '{as_at.isoformat()}'")
            return [dict(row) for row in connection.exec_driver_sql(sql).mappings()]

    def has(self, stream: str) -> bool:
        """Return whether a stream is selected."""
        return stream in self._selected

    def rows(self) -> dict[str, int]:
        """Count the rows of each stream's table."""
        return {name: int(self.query(f'from "{name}" select count(*) as n')[0]["n"]) for name in self._selected}

    def _open(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            airbyte = self._airbyte = importlib.import_module("airbyte")
            caches = importlib.import_module("airbyte.caches")
        self._source = airbyte.get_source(
            SOURCE,
            config=self._config.settings,
            config_change_callback=self._rotated,
            local_executable=Path(sys.executable).with_name(SOURCE),
        )
        execute = self._source.executor.execute
        self._source.executor.execute = lambda *args, **options: self._listened(execute(*args, **options))
        self._cache = caches.DuckDBCache(
            db_path=self._database, schema_name=SCHEMA, cache_dir=self._database.parent / "batches"
        )

    def _listened(self, lines: Iterator[str]) -> Iterator[str]:
        """Follow the output of a run, and hide from PyAirbyte that the run failed.

        PyAirbyte throws away what a failed sync has received, and the next sync would spend the same calls again. Hidden, the
        failure lets it store the records and their state. Not when the settings are wrong, because the records may be another
        organisation's; unless only the trial balance may not be read.
        """
        try:
            yield from self._listener.listen(lines)
        except self._airbyte.exceptions.AirbyteSubprocessFailedError:
            if self._listener.misconfigured and not self._lacks_trial_balance_alone:
                raise
            self._failed = True

    def _rotated(self, settings: Mapping[str, Any]) -> None:
        self._config.keep(settings["credentials"])
        self._source.set_config(self._config.settings, validate=False)

    @contextlib.contextmanager
    def _quietly(self, failure: str) -> Iterator[None]:
        """Send what PyAirbyte prints to its log file, and turn its exceptions into one sentence.

        Raises:
            PipelineError: PyAirbyte raised an exception.
        """
        try:
            with contextlib.redirect_stdout(self._log), contextlib.redirect_stderr(self._log):
                yield
        except Exception as error:
            raise PipelineError(f"{failure}: {self._reason(error)}") from error

    def _reason(self, error: Exception) -> str:
        """Return the connector's own error if there is one, else the first line of PyAirbyte's."""
        context = getattr(error, "context", None) or {}
        said = context.get("failure_reason") or self._listener.error
        return str(said or next(iter(str(error).strip().splitlines()), type(error).__name__))


def _environment(folder: Path, private: Path) -> dict[str, str]:
    """Return the environment variables for PyAirbyte, which reads them once, when it is loaded.

    Its temporary files hold the settings, and every user of the machine may read them: they go to a private folder.
    """
    return {
        "AIRBYTE_OFFLINE_MODE": "1",  # no registry, no usage reports
        "DO_NOT_TRACK": "1",
        "NO_LIVE_PROGRESS": "1",
        "AIRBYTE_PROJECT_DIR": str(folder),
        "AIRBYTE_LOGGING_ROOT": str(folder / "logs"),
        "AIRBYTE_TEMP_DIR": str(private),
        "PYTHONWARNINGS": "ignore",  # libraries warn of old Python versions
    }
