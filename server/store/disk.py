"""Whether a directory's disk takes bytes."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from ..errors import DiskFullError, StoreError

FULL = errno.ENOSPC, errno.EDQUOT, errno.EFBIG  # no space, none for this user, none for this file
RESERVE = 64 * 1024 * 1024  # bytes that are left alone: nobody else fills so much within one insert
TRIAL = 64 * 1024


def require_space(directory: Path) -> None:
    """Raises DiskFullError where less than RESERVE is free, StoreError where the directory is not to be had."""
    try:
        free = shutil.disk_usage(directory).free
    except OSError as error:
        raise StoreError(f"The directory {directory} cannot be had: {os.strerror(error.errno or 0)}.") from None
    if free < RESERVE:
        raise DiskFullError(f"The disk of {directory} has less than {RESERVE >> 20} MiB free: make room there.")


def try_writing(directory: Path) -> None:
    """Writes a file and deletes it, for a quota shows in no other way; raises DiskFullError."""
    path = directory / "trial"
    try:
        path.write_bytes(bytes(TRIAL))
    except OSError as error:
        raise DiskFullError(f"The disk of {directory} takes no bytes: {os.strerror(error.errno or 0)}.") from None
    finally:
        path.unlink(missing_ok=True)
