"""The sampling rates at which an account's pages may send, now and for as long as a page may hold an earlier one.

A row counts as 1/rate page views, so a sender who chose the rate would choose the weight. The server therefore takes
only these rates.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from widget.content import AccountTelemetry

from ..errors import SettingError, UnknownAccountError
from ..retention_period import RETENTION
from . import settings
from .audit import record
from .connection import Connection
from .database import ControlDatabase, timestamp

# A page keeps the rate that came with its content, and sends what it has counted when the visitor leaves it. Few page
# views are longer than this, and after it a rate that was withdrawn gives no weight any more.
PAGE_HOLDS = timedelta(hours=1)
MAX_DECLARED = 8  # rates; a page's tracker keeps no more apart
TOLERANCE = 1e-6  # relative: rates travel as decimal text, and some senders compute in single precision

# Until when a rate is accepted, in seconds since 1970, by the rate.
Accepted = dict[float, float]


class Rates:
    """The rates of all accounts. `actor` names the author of a change in the audit trail."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def declared(self, account: str) -> list[float]:
        """The rates that the account's own scripts may use besides that of its setting, sorted."""
        sql = "SELECT rate FROM rates WHERE account = ? AND source = 'declared' AND until IS NULL ORDER BY rate"
        return [row["rate"] for row in self._database.read(sql, account)]

    def declare(self, account: str, rates: Sequence[float], *, actor: str) -> list[float]:
        """Replace the declared rates by these. Returns them sorted. Raises UnknownAccountError and SettingError.

        Each must be within the range of the account's mode. A withdrawn rate is accepted for PAGE_HOLDS more.
        """
        after = sorted({float(rate) for rate in rates})
        if len(after) > MAX_DECLARED:
            raise SettingError(f"An account may have at most {MAX_DECLARED} declared rates.")
        with self._database.change() as connection:
            mode = _mode(connection, account)
            least, most = settings.RATES["opt-in" if mode == "opt-in" else "sampled"]
            if not all(least <= rate <= most for rate in after):  # False for NaN too
                raise SettingError(
                    f"In mode {mode} a declared rate must be a fraction from {least:g} to {most:g}; 0.01 is 1 in 100."
                )
            _replace(connection, account, "declared", after, actor)
        return after

    def withdraw(self, account: str, rates: Sequence[float], *, actor: str) -> None:
        """Take these from the declared rates. Raises UnknownAccountError."""
        with self._database.change() as connection:
            _mode(connection, account)
            after = [rate for rate in _open(connection, account, "declared") if rate not in rates]
            _replace(connection, account, "declared", after, actor)

    def by_account(self, now: datetime) -> dict[str, Accepted]:
        """The rates that are accepted at `now` (UTC) or later, by account."""
        accounts: dict[str, Accepted] = defaultdict(dict)
        sql = "SELECT account, rate, until FROM rates WHERE until IS NULL OR until >= ?"
        for account, rate, until in self._database.read(sql, timestamp(now - PAGE_HOLDS)):
            end = math.inf if until is None else (datetime.fromisoformat(until) + PAGE_HOLDS).timestamp()
            accounts[account][rate] = max(end, accounts[account].get(rate, end))
        return accounts

    def expire(self, now: datetime) -> None:
        """Delete the rates that were withdrawn longer than RETENTION before `now` (UTC)."""
        with self._database.change() as connection:
            connection.execute("DELETE FROM rates WHERE until < ?", (timestamp(now - RETENTION),))


def follow_setting(connection: Connection, account: str, telemetry: AccountTelemetry, actor: str) -> None:
    """Write down the rates of the account's new setting, and withdraw the declared rates that its mode does not allow.

    `off` has no rate, and keeps the declared ones for the next mode.
    """
    if telemetry.mode == "off":
        _replace(connection, account, "setting", [], actor)
        return
    own = [rate for rate in (telemetry.rate, telemetry.rate_on_error) if rate]
    _replace(connection, account, "setting", own, actor)
    least, most = settings.RATES[telemetry.mode]
    declared = _open(connection, account, "declared")
    _replace(connection, account, "declared", [rate for rate in declared if least <= rate <= most], actor)


def _mode(connection: Connection, account: str) -> str:
    row = connection.execute("SELECT mode FROM accounts WHERE id = ?", (account,)).fetchone()
    if row is None:
        raise UnknownAccountError(account)
    return str(row["mode"])


def _open(connection: Connection, account: str, source: str) -> list[float]:
    sql = "SELECT rate FROM rates WHERE account = ? AND source = ? AND until IS NULL ORDER BY rate"
    return [row["rate"] for row in connection.execute(sql, (account, source))]


def _replace(connection: Connection, account: str, source: str, after: list[float], actor: str) -> None:
    before, now = _open(connection, account, source), timestamp()
    for rate in before:
        if rate not in after:
            sql = "UPDATE rates SET until = ? WHERE account = ? AND source = ? AND rate = ? AND until IS NULL"
            connection.execute(sql, (now, account, source, rate))
    for rate in after:
        if rate not in before:
            connection.execute("INSERT INTO rates VALUES (?, ?, ?, ?, NULL)", (account, rate, source, now))
    if source == "declared" and before != after:
        record(connection, actor, account, "rates.declare", f"{in_words(before)} -> {in_words(after)}")


def in_words(rates: Sequence[float]) -> str:
    """The rates as a phrase, such as `0.02, 0.5` or `none`."""
    return ", ".join(f"{rate:g}" for rate in rates) or "none"


def accepted_rate(accepted: Accepted, rate: float, now: float) -> float | None:
    """The account's own number for a sender's `rate` at `now`, in seconds since 1970; None if it is not accepted."""
    end = accepted.get(rate)
    if end is None:
        rate = next((each for each in accepted if math.isclose(each, rate, rel_tol=TOLERANCE)), -1.0)
        end = accepted.get(rate, -math.inf)
    return rate if now <= end else None
