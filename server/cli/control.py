"""The control database, for commands that read and change it while a server may run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from .. import COMMAND
from ..config import Config
from ..control.database import ControlDatabase
from ..data_directory import DataDirectory
from ..errors import ConfigError


@contextlib.contextmanager
def open_database(config: Config) -> Iterator[ControlDatabase]:
    """Open the control database. Raises ConfigError if there is none, so that a mistyped --data does not make one."""
    data = DataDirectory(config.data)
    data.complete_restore()
    place = config.control_place
    if isinstance(place, Path) and not place.is_file():
        advice = f"`{COMMAND} init --data {config.data}` makes one, and --data names another directory"
        raise ConfigError(f"There is no control database in {config.data}; {advice}.")
    owned = data.left_to_owner() if isinstance(place, Path) else contextlib.nullcontext()
    with owned, contextlib.closing(ControlDatabase(place)) as database:
        yield database
