"""The folder in which a sync into a database works, and the lock that keeps a second sync on this machine out."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from source_xero_gl.commands.sync.databases import BusyError, Database

_PRIVATE = 0o700


@dataclass(frozen=True)
class Workplace:
    """Where a sync into one database works; it is locked.

    Attributes:
        database: where the tables and the ledger are.
        folder: for what must survive a kill, and for logs. Only this user may read it.
        lock: the descriptor that holds the lock. A process that inherits it keeps the database locked until it ends too.
    """

    database: Database
    folder: Path
    lock: int

    @property
    def batches(self) -> Path:
        """Where PyAirbyte puts records on their way into the database."""
        return self.folder / "batches"

    @property
    def log(self) -> Path:
        """What the tools print that the last sync ran."""
        return self.folder / "sync.log"

    def received(self, tenant_id: str) -> Path:
        """Return the file for what has been received from an organisation, and is not stored."""
        return self.folder / f"received-{tenant_id}.jsonl"


@contextmanager
def workplace(database: Database) -> Iterator[Workplace]:
    """Lock a database for the time of the block, and remove what a killed sync has left half-written.

    Raises:
        BusyError: another sync holds the lock.
    """
    folder = database.folder
    folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = Workplace(database, folder, lock)
        shutil.rmtree(found.batches, ignore_errors=True)
        found.log.unlink(missing_ok=True)
        yield found
    except BlockingIOError:
        raise BusyError(f"Another sync is writing into {database.name}. Run this again when it has ended.") from None
    finally:
        os.close(lock)
