"""Writing a file with secrets so that a crash or a power cut leaves the old content or the new, never a part, never none."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

OWNER_ONLY = 0o600

_CANNOT_BE_REPLACED = (errno.EBUSY, errno.EACCES, errno.EROFS, errno.EPERM, errno.EXDEV)
"""What the system says when a folder cannot be written, or a single file was mounted into a container."""


def write_private_file(path: Path, data: bytes, *, keep_mode: bool = False) -> None:
    """Replace the content of a file, or make the file; what is on the disk is safe from a power cut when this returns.

    The file is replaced as a whole. Where only the file itself may be written, it is rewritten in place. Its owner stays.

    Args:
        path: the file; a link is followed and stays a link.
        data: the whole new content.
        keep_mode: leave the permissions of an existing file as they are; otherwise only its owner may read it afterwards.

    Raises:
        OSError: the file cannot be written; but for a failure in the middle of rewriting in place, it holds what it held.
    """
    path = Path(os.path.realpath(path))
    old = path.stat() if path.exists() else None
    if old is not None and not os.access(path, os.W_OK):
        # Renaming asks only for the folder's permissions; who makes a file read-only wants it left alone.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    mode = old.st_mode & 0o777 if old is not None and keep_mode else OWNER_ONLY
    try:
        _replace(path, data, mode, old)
    except OSError as error:
        if error.errno not in _CANNOT_BE_REPLACED:
            raise
        _rewrite(path, data, mode)


def _replace(path: Path, data: bytes, mode: int, old: os.stat_result | None) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # readable by its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            if old is not None:
                with contextlib.suppress(OSError):  # only root may give a file away, and only root needs to
                    os.fchown(descriptor, old.st_uid, old.st_gid)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Put the new name on the disk: until then a power cut may bring the old file back, with a token that is spent."""
    with contextlib.suppress(OSError):  # some file systems sync no folders; the file has its new content all the same
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _rewrite(path: Path, data: bytes, mode: int) -> None:
    with path.open("r+b") as file:
        if os.fstat(file.fileno()).st_mode & 0o777 != mode:  # only its owner may change the mode
            os.fchmod(file.fileno(), mode)
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
