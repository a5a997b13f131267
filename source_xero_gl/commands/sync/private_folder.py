"""A folder for files that hold settings, readable by this user alone, and gone when its process has ended."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "source-xero-gl-sync-"
_DRAFT = "source-xero-gl-draft-"


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Make a temporary folder for the time of the block, and remove those that killed processes have left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        _remove_if_abandoned(folder)
    draft = Path(tempfile.mkdtemp(prefix=_DRAFT))
    with _open(draft) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # It gets its name when it is locked: until then another process would take it for abandoned.
        folder = draft.rename(draft.with_name(draft.name.replace(_DRAFT, PREFIX)))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_if_abandoned(folder: Path) -> None:
    """Remove a folder unless a process that lives holds its lock, or it is another user's."""
    with contextlib.suppress(OSError), _open(folder) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)


@contextlib.contextmanager
def _open(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
