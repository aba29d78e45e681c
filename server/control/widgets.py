"""The register of widgets, each with its account."""

from __future__ import annotations

from widget.telemetry.schema import is_widget_id

from ..errors import SettingError, UnknownWidgetError
from .accounts import account_in
from .audit import record
from .database import ControlDatabase, timestamp


class Widgets:
    """The registered widgets. An id belongs to one account. The server serves and measures only registered widgets."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def add(self, widget: str, account: str, *, actor: str) -> bool:
        """Register the id for the account. Returns False if the account has it already.

        Raises UnknownAccountError, and SettingError if the id is wrong or belongs to another account.
        """
        if not is_widget_id(widget):
            raise SettingError("A widget's id must be 1-64 of A-Z a-z 0-9 _ -.")
        with self._database.change() as connection:
            account_in(connection, account)
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

    def remove(self, widget: str, *, account: str | None = None, actor: str) -> None:
        """Remove the id: the widget is no longer served or measured. Its rows stay until they expire.

        Raises UnknownWidgetError, also if the widget is not one of `account`.
        """
        with self._database.change() as connection:
            row = connection.execute("SELECT account FROM widgets WHERE id = ?", (widget,)).fetchone()
            if row is None or account not in (None, row["account"]):
                raise UnknownWidgetError(widget)
            connection.execute("DELETE FROM origins WHERE widget = ?", (widget,))
            connection.execute("DELETE FROM widgets WHERE id = ?", (widget,))
            record(connection, actor, row["account"], "widget.remove", widget)
