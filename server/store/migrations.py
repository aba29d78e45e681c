"""Makes the store's tables from numbered SQL files. Each file is run once, in order, and recorded.

Each file can be run twice, for example with IF NOT EXISTS. So two servers may start at once, and a server that was
killed between a step and its record may run the step again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from ..errors import StoreError
from .statements import SQL, statement

# In sql/. A file `NNN_name.cluster.sql` is only for clusters; it may share the number of the file that it completes.
DIRECTORY = "store"


class Migration(NamedTuple):
    """One step: its number, and the file `sql/{file}.sql`."""

    number: int
    file: str


def migrations(*, cluster: bool) -> Iterator[Migration]:
    """The steps in order."""
    for path in sorted((SQL / DIRECTORY).glob("[0-9][0-9][0-9]_*.sql")):
        if cluster or not path.stem.endswith(".cluster"):
            yield Migration(int(path.stem[:3]), f"{DIRECTORY}/{path.stem}")


def migrate(run: Callable[[str], object], names: Mapping[str, str]) -> None:
    """Run the steps that are new to the store. Raises StoreError if a newer program made the store.

    `run` sends one statement to the engine. For a query of one value it returns that value.
    """
    run(statement(f"{DIRECTORY}/migrations", names))
    steps = list(migrations(cluster=bool(names["cluster"])))
    last_number = int(str(run("SELECT max(number) FROM migrations")))
    if last_number > steps[-1].number:
        raise StoreError("The store was made by a newer version of this program; run that one, or restore a backup.")
    for number, same in groupby(steps, key=lambda step: step.number):
        if number > last_number:
            files = [step.file for step in same]
            for file in files:
                run(statement(file, names))
            run(f"INSERT INTO migrations (number, name) VALUES ({number}, '{files[0]}')")  # once all of them have run
