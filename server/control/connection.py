"""What the modules of this package need of a database: SQLite has it as it is, PostgreSQL through postgres.py.

Their SQL is what both take: `?` or `?1` for a parameter, RETURNING, and ON CONFLICT with its columns.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

Place = Path | str  # a file of SQLite, or postgresql://...


class Row(Protocol):
    """A row, read by position or by the column's name."""

    def __getitem__(self, key: int | str, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def keys(self) -> Iterable[str]: ...


class Cursor(Protocol):
    """The answer to one statement."""

    @property
    def rowcount(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """A connection within a transaction."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor: ...


class Engine(Protocol):
    """A database system. Each method may raise one of `errors`; only one thread at a time changes, and one reads."""

    name: str  # for messages, without a password
    errors: type[Exception]

    def open(self) -> None: ...

    def change(self) -> contextlib.AbstractContextManager[Connection]:
        """One transaction. Changes of all processes come one after the other."""

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Wait until nobody else is within `alone`, here or in another server process."""

    def read(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]: ...

    def migration(self) -> int:
        """The number of the newest script that was run, seen from within `change` too."""

    def migrate(self, connection: Connection, statements: Iterable[str], number: int) -> None:
        """Run the statements of a script, and note its number."""

    def version(self) -> int:
        """A number that differs after any change by any process."""

    def numbers(self, connection: Connection) -> dict[str, int]:
        """The last number that each table with numbered rows has given."""

    def set_numbers(self, connection: Connection, numbers: Mapping[str, int]) -> None:
        """Let these tables go on after these numbers."""

    def truncate_log(self) -> None:
        """Overwrite what was deleted, as far as that is in the server's hands."""

    def close(self) -> None: ...

    # How a process learns of the others. An SQLite file is looked at whenever it is needed, so it has nobody to tell.

    follows: bool  # whether `on_change` ever calls

    def on_change(self, refresh: Callable[[], None]) -> None:
        """Call `refresh` in a thread soon after each change by any process. It may raise ControlError."""

    def is_current(self) -> bool:
        """False if the last look at the changes is so long ago that the settings may be others."""

    def refresh(self) -> None:
        """After a change by this process: call whom `on_change` knows, so that it obeys at once."""

    def stop_following(self) -> None:
        """Call nobody any more."""

    def leads(self) -> bool:
        """Whether this process does what only one of all processes may do."""

    def announce(self, accounts: Iterable[str]) -> None:
        """Tell the other processes that these accounts have new rows. Returns at once."""

    def on_announcement(self, hear: Callable[[list[str]], None]) -> None:
        """Call `hear` in a thread for what the other processes announce."""
