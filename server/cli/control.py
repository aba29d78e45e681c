"""The control database of a data directory, for commands that read and change it while a server may run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

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
    path = data.control
    if not path.is_file():
        advice = f"`{COMMAND} init --data {config.data}` makes one, and --data names another directory"
        raise ConfigError(f"There is no control database in {config.data}; {advice}.")
    with data.left_to_owner(), contextlib.closing(ControlDatabase(path)) as database:
        yield database
