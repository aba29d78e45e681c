"""Which widgets are known, and whose they are."""

from __future__ import annotations

from widget.telemetry.schema import is_widget_id

from ..errors import SettingError, UnknownWidgetError
from .accounts import known
from .audit import record
from .database import ControlDatabase, timestamp


class Widgets:
    """The register of widgets. An id belongs to one account; only a registered one is served and measured."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def add(self, widget: str, account: str, *, actor: str) -> bool:
        """Registers the id for the account; False where it was registered for it before.

        Raises UnknownAccountError, and SettingError where it belongs to another account.
        """
        if not is_widget_id(widget):
            raise SettingError("A widget's id must be 1-64 of A-Z a-z 0-9 _ -.")
        with self._database.change() as connection:
            known(connection, account)
            row = connection.execute("SELECT account FROM widgets WHERE id = ?", (widget,)).fetchone()
            if row and row["account"] != account:
                raise SettingError(f"The widget {widget} belongs to another account; choose another id.")
            if not row:
                connection.execute("INSERT INTO widgets VALUES (?, ?, ?)", (widget, account, timestamp()))
                record(connection, actor, account, "widget.add", widget)
        return not row

    def of(self, account: str) -> list[str]:
        """The ids of the account's widgets, sorted."""
        sql = "SELECT id FROM widgets WHERE account = ? ORDER BY id"
        return [row["id"] for row in self._database.read(sql, account)]

    def remove(self, widget: str, *, actor: str) -> None:
        """Forgets the id: it is served and measured no more. Its rows stay for their 90 days.

        Raises UnknownWidgetError.
        """
        with self._database.change() as connection:
            row = connection.execute("SELECT account FROM widgets WHERE id = ?", (widget,)).fetchone()
            if row is None:
                raise UnknownWidgetError(widget)
            connection.execute("DELETE FROM widgets WHERE id = ?", (widget,))
            record(connection, actor, row["account"], "widget.remove", widget)
