"""The names in a dashboard's tables: the most frequent ones, and `other` for all the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MOST_NAMES = 50  # layouts, versions or codes in a table
MOST_WIDGETS = 100
OTHER = "other"
NO_REGION = "none"  # of page views that told no region: they are a line of their own, since all lines add up
COLUMNS = {
    "by_widget": "widget",
    "by_layout": "layout",
    "by_version": "version",
    "by_region": "region",
    "errors": "code",
}
_EMPTY = {"by_region": NO_REGION}  # what an empty name is called where it is a line


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

        So does an empty name, but for that of a region: an error has no layout, and only an error has a code.
        """
        parameters: dict[str, object] = {}
        for table, column in COLUMNS.items():
            *names, other = self.of(table)
            empty = _EMPTY.get(table, "")
            names = [name for name in names if name != empty]
            parameters[f"{column}s"] = ["", *names]
            parameters[f"{column}_numbers"] = [numbers.get((table, name), 0) for name in (empty, *names)]
            parameters[f"{column}_other"] = numbers.get((table, other), 0)
        return parameters
