"""The store's tables, step by step: numbered SQL files, each run once, in order, and recorded.

Each file says IF NOT EXISTS or its like. So two servers that start at once may both run it, and one that was killed
between a step and its record may run it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ..errors import StoreError
from .statements import SQL, statement

DIRECTORY = "store"  # in sql/; a file `NNN_name.cluster.sql` is for clusters alone


class Migration(NamedTuple):
    """One step: its number, and the file `sql/{file}.sql`."""

    number: int
    file: str


def migrations(*, cluster: bool) -> Iterator[Migration]:
    """The steps in their order."""
    for path in sorted((SQL / DIRECTORY).glob("[0-9][0-9][0-9]_*.sql")):
        if cluster or not path.stem.endswith(".cluster"):
            yield Migration(int(path.stem[:3]), f"{DIRECTORY}/{path.stem}")


def migrate(run: Callable[[str], object], names: Mapping[str, str]) -> None:
    """Brings the store to this program's form; raises StoreError for one that a newer program has made.

    `run` sends one statement to the engine and gives its answer: for a query of one value, the value.
    """
    run(statement(f"{DIRECTORY}/migrations", names))
    steps = list(migrations(cluster=bool(names["cluster"])))
    done = int(str(run("SELECT max(number) FROM migrations")))
    if done > steps[-1].number:
        raise StoreError("The store was made by a newer version of this program; run that one, or restore a backup.")
    for step in steps:
        if step.number > done:
            run(statement(step.file, names))
            run(f"INSERT INTO migrations (number, name) VALUES ({step.number}, '{step.file}')")
