"""Keeps a restore from bringing back what was taken away since the backup: tokens, widgets, stricter settings."""

from __future__ import annotations

from widget.content import AccountTelemetry

from .accounts import Accounts
from .audit import COMMAND_LINE
from .database import ControlDatabase
from .settings import CONFIRMATION, in_words
from .tokens import Tokens
from .widgets import Widgets


def revoke_all_tokens(restored: ControlDatabase) -> int:
    """Revoke every token, because nobody knows which were revoked since the backup. Returns their number."""
    tokens = Tokens(restored)
    living = [token for token in tokens.all() if not token.revoked_at]
    for token in living:
        tokens.revoke(token.id, actor=COMMAND_LINE)
    return len(living)


def keep_stricter(restored: ControlDatabase, present: ControlDatabase) -> list[str]:
    """Carry over what is stricter in the present database. Returns a sentence about each setting that was kept.

    Stricter is a lower sampling rate, of which off is the lowest, and a widget that was removed. Raises ControlError.
    """
    kept = []
    accounts, now = Accounts(restored), {account.id: account for account in Accounts(present).all()}
    for account in accounts.all():
        if account.id in now and _rate(now[account.id].telemetry) < _rate(account.telemetry):
            setting = now[account.id].telemetry
            rate = None if setting.mode == "off" else setting.rate
            accounts.set_telemetry(account.id, setting.mode, rate, confirmation=CONFIRMATION, actor=COMMAND_LINE)
            kept.append(f"Account {account.id} keeps its present setting, which is stricter: {in_words(setting)}.")
    for widget in sorted(Accounts(restored).by_widget().keys() - Accounts(present).by_widget().keys()):
        if present.read("SELECT 1 FROM audit WHERE action = 'widget.remove' AND detail = ? LIMIT 1", widget):
            Widgets(restored).remove(widget, actor=COMMAND_LINE)
            kept.append(f"Widget {widget} stays removed.")
    return kept


def _rate(setting: AccountTelemetry) -> float:
    return 0.0 if setting.mode == "off" else setting.rate
