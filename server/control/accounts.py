"""The accounts, each with the telemetry setting of its widgets."""

from __future__ import annotations

from dataclasses import dataclass

from widget.content import AccountTelemetry
from widget.telemetry.schema import is_widget_id

from ..errors import SettingError, UnknownAccountError
from . import rates, settings
from .audit import record
from .connection import Connection, Row
from .database import ControlDatabase, timestamp

MAX_NAME = 100  # characters
COLUMNS = "accounts.id, name, mode, rate, receipt, rate_on_error, accounts.created_at"


@dataclass(frozen=True)
class Account:
    """An owner of widgets, with the telemetry setting of all of them."""

    id: str
    name: str
    telemetry: AccountTelemetry
    created_at: str  # ISO 8601, UTC

    @property
    def collects(self) -> bool:
        """False if the account has switched telemetry off."""
        return self.telemetry.mode != "off"


class Accounts:
    """All accounts. `actor` names the author of a change in the audit trail."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def add(self, id: str, name: str, *, actor: str) -> Account:  # noqa: A002
        """Make an account that samples 1 page view in 100. Raises SettingError for a wrong or existing id or name."""
        name = _valid_name(name)
        if not is_widget_id(id):
            raise SettingError("An account's id must be 1-64 of A-Z a-z 0-9 _ -.")
        account = Account(id, name, AccountTelemetry(), timestamp())
        values = (id, name, account.telemetry.mode, account.telemetry.rate, account.created_at)
        with self._database.change() as connection:
            if connection.execute("SELECT 1 FROM accounts WHERE id = ?", (id,)).fetchone():
                raise SettingError(f"The account {id} exists already; choose another id.")
            connection.execute("INSERT INTO accounts (id, name, mode, rate, created_at) VALUES (?, ?, ?, ?, ?)", values)
            rates.follow_setting(connection, id, account.telemetry, actor)
            record(connection, actor, id, "account.add", f"{name}: {settings.in_words(account.telemetry)}")
        return account

    def get(self, id: str) -> Account:  # noqa: A002
        """The account of this id. Raises UnknownAccountError."""
        rows = self._database.read(f"SELECT {COLUMNS} FROM accounts WHERE id = ?", id)
        if not rows:
            raise UnknownAccountError(id)
        return _account(rows[0])

    def all(self) -> list[Account]:
        """All accounts, sorted by id."""
        return [_account(row) for row in self._database.read(f"SELECT {COLUMNS} FROM accounts ORDER BY id")]

    def by_widget(self) -> dict[str, Account]:
        """The account of each registered widget, by the widget's id."""
        accounts = {account.id: account for account in self.all()}
        rows = self._database.read("SELECT id, account FROM widgets")
        return {row["id"]: accounts[row["account"]] for row in rows if row["account"] in accounts}

    def rename(self, id: str, name: str, *, actor: str) -> Account:  # noqa: A002
        """Give the account another name to show. Its id stays. Raises UnknownAccountError and SettingError."""
        name = _valid_name(name)
        with self._database.change() as connection:
            before = account_in(connection, id).name
            if name != before:
                connection.execute("UPDATE accounts SET name = ? WHERE id = ?", (name, id))
                record(connection, actor, id, "account.rename", f"{before} -> {name}")
        return self.get(id)

    def remove(self, id: str, *, actor: str) -> None:  # noqa: A002
        """Remove the account with its widgets, tokens and audit entries. Its rows stay: see `store.erasure`.

        The trail says that an account was removed, and not which. Raises UnknownAccountError.
        """
        with self._database.change() as connection:
            account_in(connection, id)
            for table in ("origins", "designs"):
                of_account = "widget IN (SELECT id FROM widgets WHERE account = ?)"
                connection.execute(f"DELETE FROM {table} WHERE {of_account}", (id,))
            counts = {
                table: connection.execute(f"DELETE FROM {table} WHERE account = ?", (id,)).rowcount
                for table in ("widgets", "tokens", "rates", "regions", "exclusions", "experiments", "audit")
            }
            connection.execute("DELETE FROM accounts WHERE id = ?", (id,))
            detail = f"an account with {counts['widgets']} widgets and {counts['tokens']} tokens"
            record(connection, actor, None, "account.remove", detail)
        self._database.truncate_log()

    def set_telemetry(
        self,
        id: str,  # noqa: A002
        mode: str,
        rate: float | None,
        *,
        rate_on_error: float = 0,
        receipt: str | None = None,
        confirmation: str = "",
        actor: str,
    ) -> Account:
        """Change the setting from the next page load on. Raises UnknownAccountError and SettingError.

        The rates are fractions of page views, see settings.validate. `receipt` is its place, or None for the present
        one. Opt-in needs the `confirmation`.
        """
        valid = settings.validate(mode, rate, confirmation, rate_on_error=rate_on_error)
        if receipt is not None:
            settings.check_receipt(mode, receipt)
        with self._database.change() as connection:
            before = account_in(connection, id).telemetry
            (place,) = connection.execute("SELECT receipt FROM accounts WHERE id = ?", (id,)).fetchone()
            after = settings.setting(valid.mode, valid.rate, receipt or place, valid.rate_on_error)
            if after != before or receipt not in (None, place):
                sql = "UPDATE accounts SET mode = ?, rate = ?, rate_on_error = ?, receipt = ? WHERE id = ?"
                connection.execute(sql, (after.mode, after.rate, after.rate_on_error, receipt or place, id))
            if after != before:
                rates.follow_setting(connection, id, after, actor)
                detail = f"{settings.in_words(before)} -> {settings.in_words(after)}"
                detail += f", confirmed: {settings.CONFIRMATION}" if after.mode == "opt-in" else ""
                record(connection, actor, id, "telemetry.set", detail)
        return self.get(id)


def _valid_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise SettingError(f"An account's name must be 1-{MAX_NAME} printable characters.")
    return name


def account_in(connection: Connection, id: str) -> Account:  # noqa: A002
    """The account within the connection's transaction. Raises UnknownAccountError."""
    row = connection.execute(f"SELECT {COLUMNS} FROM accounts WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise UnknownAccountError(id)
    return _account(row)


def _account(row: Row) -> Account:
    setting = settings.setting(row["mode"], row["rate"], row["receipt"], row["rate_on_error"])
    return Account(row["id"], row["name"], setting, row["created_at"])
