"""Copies all of a control database into another one, between SQLite and PostgreSQL: for backups and restores."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from ..errors import ControlError
from .connection import Connection, Place
from .database import ControlDatabase

# In the order in which they were made: each after those that it refers to.
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid"


def as_file(place: Place) -> bytes:
    """The control database of one moment as an SQLite file, even while other processes change it. Raises ControlError.

    PostgreSQL's is copied under the lock of all changes.
    """
    if isinstance(place, Path):
        return _bytes(place)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "control.sqlite")
        with closing(ControlDatabase(place)) as source, closing(ControlDatabase(path)) as target:
            copy(source, target)
        return _bytes(path)


def copy(source: ControlDatabase, target: ControlDatabase) -> None:
    """Replace all of the target by what the source has, in one transaction. One of both is an SQLite file.

    Raises ControlError.
    """
    file = source if isinstance(source.place, Path) else target
    tables = [row["name"] for row in file.read(TABLES)]
    with source.change() as original, target.change() as draft:
        for table in reversed(tables):
            draft.execute(f"DELETE FROM {table}")
        for table in tables:
            _copy_rows(original, draft, table)
        numbers = source.engine.numbers(original)
        target.engine.set_numbers(draft, {table: numbers.get(table, 0) for table in tables})


def _copy_rows(original: Connection, draft: Connection, table: str) -> None:
    statement = ""
    for row in original.execute(f"SELECT * FROM {table}"):
        if not statement:
            columns = list(row.keys())
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        draft.execute(statement, tuple(row))


def _bytes(path: Path) -> bytes:
    try:
        with closing(sqlite3.connect(path)) as original, closing(sqlite3.connect(":memory:")) as whole:
            original.backup(whole)
            return whole.serialize()
    except sqlite3.Error as error:
        reason = str(error).partition("\n")[0]  # SQLite adds the lines of a table that it cannot read
        raise ControlError(f"{path} cannot be read: {reason}.") from error
