"""Which accounts collect the region of their page views, and how far the pages hide it by randomised response."""

from __future__ import annotations

import math
from dataclasses import dataclass

from widget.telemetry.schema import REGIONS

from ..errors import SettingError, UnknownAccountError
from .audit import record
from .connection import Connection
from .database import ControlDatabase

EPSILONS = (0.5, 8.0)  # the least and the most
OFF = "off"


@dataclass(frozen=True)
class RegionSetting:
    """An account's setting. Without an epsilon the pages name their own region.

    With one, an answer changes the odds between any two regions of a page by a factor of e^epsilon at most: the lower,
    the less is told of a page, and the more page views a figure takes.
    """

    is_on: bool = False
    epsilon: float | None = None

    @property
    def truth(self) -> float:
        """The probability with which a page names its own region; 0 if regions are off.

        That of k-ary randomised response, e^epsilon / (e^epsilon + k - 1), rounded down (Kairouz, Oh, Viswanath, JMLR
        17, 2016).
        """
        if not self.is_on or self.epsilon is None:
            return float(self.is_on)
        odds = math.exp(self.epsilon)
        return math.floor(1e4 * odds / (odds + len(REGIONS) - 1)) / 1e4

    @property
    def in_words(self) -> str:
        """The setting as a phrase, such as `on, epsilon 2`."""
        if not self.is_on:
            return OFF
        return "on" if self.epsilon is None else f"on, epsilon {self.epsilon:g}"


class RegionSettings:
    """The settings of all accounts. `actor` names the author of a change in the audit trail."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def of(self, account: str) -> RegionSetting:
        """The account's setting."""
        return self.by_account().get(account, RegionSetting())

    def by_account(self) -> dict[str, RegionSetting]:
        """The settings of the accounts that collect regions."""
        rows = self._database.read("SELECT account, epsilon FROM regions")
        return {account: RegionSetting(True, epsilon) for account, epsilon in rows}

    def set(self, account: str, is_on: bool, epsilon: float | None = None, *, actor: str) -> RegionSetting:
        """Change the setting from the next page load on. Raises UnknownAccountError and SettingError."""
        after = _valid(is_on, epsilon)
        with self._database.change() as connection:
            before = _in(connection, account)
            if after != before:
                connection.execute("DELETE FROM regions WHERE account = ?", (account,))
                if after.is_on:
                    connection.execute("INSERT INTO regions VALUES (?, ?)", (account, after.epsilon))
                record(connection, actor, account, "regions.set", f"{before.in_words} -> {after.in_words}")
        return after


def _valid(is_on: bool, epsilon: float | None) -> RegionSetting:
    least, most = EPSILONS
    if not is_on:
        return RegionSetting()
    if epsilon is not None and not least <= epsilon <= most:  # False for NaN too
        raise SettingError(f"epsilon must be a number from {least:g} to {most:g}, or none for regions without chance.")
    return RegionSetting(True, None if epsilon is None else float(epsilon))


def _in(connection: Connection, account: str) -> RegionSetting:
    if connection.execute("SELECT 1 FROM accounts WHERE id = ?", (account,)).fetchone() is None:
        raise UnknownAccountError(account)
    row = connection.execute("SELECT epsilon FROM regions WHERE account = ?", (account,)).fetchone()
    return RegionSetting(True, row["epsilon"]) if row else RegionSetting()
