"""Checks whether a directory's disk accepts more bytes."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from ..errors import DiskFullError, StoreError

DISK_FULL_ERRORS = errno.ENOSPC, errno.EDQUOT, errno.EFBIG  # disk full, user's quota reached, file size limit reached
RESERVE = 64 * 1024 * 1024  # bytes to leave free; other processes hardly write as much during one insert
TRIAL = 64 * 1024  # bytes


def require_space(directory: Path) -> None:
    """Raise DiskFullError if less than RESERVE is free, StoreError if the directory cannot be accessed."""
    try:
        free = shutil.disk_usage(directory).free
    except OSError as error:
        raise StoreError(f"The directory {directory} cannot be accessed: {os.strerror(error.errno or 0)}.") from None
    if free < RESERVE:
        raise DiskFullError(f"The disk of {directory} has less than {RESERVE >> 20} MiB free: free some space there.")


def try_writing(directory: Path) -> None:
    """Write a file and delete it. A quota can be found in no other way. Raises DiskFullError."""
    path = directory / "trial"
    try:
        path.write_bytes(bytes(TRIAL))
    except OSError as error:
        raise DiskFullError(f"The disk of {directory} cannot be written: {os.strerror(error.errno or 0)}.") from None
    finally:
        path.unlink(missing_ok=True)
