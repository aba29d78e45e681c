"""A cache of what each widget's owner allows, for every request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ..errors import UnknownWidgetError
from .accounts import Account, Accounts
from .cached import Cached
from .database import ControlDatabase
from .origins import Origins
from .rates import Accepted, Rates
from .regions import RegionSetting, RegionSettings


@dataclass(frozen=True, slots=True)
class Owner:
    """The account of a widget, the sampling rates at which its pages may send, their origins, and their regions."""

    account: Account
    rates: Accepted
    origins: frozenset[str]  # empty: all
    truth: float = 0.0  # with which its pages name their region; 0: they must not, see RegionSetting.truth

    def allows(self, origin: str) -> bool:
        """True if pages of this origin may show the widget and report to it."""
        return not self.origins or origin in self.origins


class WidgetOwners:
    """The owner of each registered widget, as in the database. Safe for all threads."""

    def __init__(self, database: ControlDatabase) -> None:
        """Read all accounts. Raises ControlError."""
        self._database = database
        self._owners = Cached(database, self._read)

    def __len__(self) -> int:
        """The number of registered widgets."""
        return len(self._owners.value())

    def owner_of(self, widget: str) -> Owner:
        """The owner of the widget. Raises UnknownWidgetError and ControlError."""
        owner = self._owners.value().get(widget)
        if owner is None:
            raise UnknownWidgetError
        return owner

    def _read(self) -> dict[str, Owner]:
        # The rates are read last: those of an earlier setting are still among them, those of a later one too.
        accounts = Accounts(self._database).by_widget()
        origins = Origins(self._database).by_widget()
        rates = Rates(self._database).by_account(datetime.now(UTC))
        off, regions = RegionSetting(), RegionSettings(self._database).by_account()
        return {
            widget: Owner(
                account,
                rates.get(account.id, {}),
                origins.get(widget, frozenset()),
                regions.get(account.id, off).truth if account.collects else 0.0,
            )
            for widget, account in accounts.items()
        }
