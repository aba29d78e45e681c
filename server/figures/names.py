"""The names in a dashboard's tables: the most frequent ones, and `other` for all the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MOST_NAMES = 50  # layouts, versions or codes in a table
MOST_WIDGETS = 100
OTHER = "other"
COLUMNS = {"by_widget": "widget", "by_layout": "layout", "by_version": "version", "errors": "code"}


@dataclass(frozen=True)
class Names:
    """The names of each table, without OTHER. In a query a name is a number."""

    tables: tuple[tuple[str, tuple[str, ...]], ...]

    def of(self, table: str) -> tuple[str, ...]:
        """The table's names, and OTHER as the last."""
        return (*dict(self.tables)[table], OTHER)

    def number(self, table: str, name: str) -> int:
        """The position of a name in its table, from 1 on."""
        return self.of(table).index(name) + 1

    def parameters(self, numbers: Mapping[tuple[str, str], int]) -> dict[str, object]:
        """The parameters of a query that turns names into `numbers`, by table and name. Other names become 0.

        So does an empty name: an error has no layout, and only an error has a code.
        """
        parameters: dict[str, object] = {}
        for table, column in COLUMNS.items():
            *names, other = self.of(table)
            parameters[f"{column}s"] = ["", *names]
            parameters[f"{column}_numbers"] = [0, *(numbers.get((table, name), 0) for name in names)]
            parameters[f"{column}_other"] = numbers.get((table, other), 0)
        return parameters
