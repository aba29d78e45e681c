"""Whether a directory's disk takes bytes."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import DiskFullError

ENOUGH = 2 * 1024 * 1024  # bytes; the engine wants one MiB before it begins an insert


def try_writing(directory: Path) -> None:
    """Writes a file, all the way to the disk, and deletes it; raises DiskFullError when that cannot be done."""
    path = directory / "probe"
    try:
        with path.open("wb") as file:
            file.write(bytes(ENOUGH))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise DiskFullError(f"The store's disk takes no bytes: {os.strerror(error.errno or 0)}.") from None
    finally:
        path.unlink(missing_ok=True)
