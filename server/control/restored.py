"""Keeps a restore from bringing back what was taken away since the backup, and from loosening what is stricter now."""

from __future__ import annotations

from datetime import datetime

from widget.content import AccountTelemetry

from ..errors import SettingError
from . import origins as origin_lists
from . import rates as rate_lists
from .accounts import Account, Accounts
from .audit import COMMAND_LINE
from .database import ControlDatabase, timestamp
from .exclusions import Exclusion, Exclusions
from .origins import Origins
from .rates import Rates
from .regions import RegionSettings
from .settings import CONFIRMATION, in_words
from .tokens import Tokens
from .widgets import Widgets

# What a database and its copy have in common, and two others never do.
_LINEAGE = (
    "SELECT id, created_at FROM accounts",
    "SELECT id, created_at FROM tokens",
    "SELECT id, at FROM audit",
)


def revoke_all_tokens(restored: ControlDatabase) -> int:
    """Revoke every token, because nobody knows which were revoked since the backup. Returns their number."""
    tokens = Tokens(restored)
    living = [token for token in tokens.all() if not token.revoked_at]
    for token in living:
        tokens.revoke(token.id, actor=COMMAND_LINE)
    return len(living)


def removed_since(restored: ControlDatabase, present: ControlDatabase, made_at: datetime) -> list[str]:
    """The ids of the backup's accounts that were removed after it was made. Raises ControlError.

    The trail says that an account was removed, and not which. So it is one that the present database lacks, if that is
    the one of the backup at a later time.
    """
    sql = "SELECT 1 FROM audit WHERE action = 'account.remove' AND at > ? LIMIT 1"
    if not present.read(sql, timestamp(made_at)) or not _is_same(restored, present):
        return []
    there = {account.id for account in Accounts(present).all()}
    return [account.id for account in Accounts(restored).all() if account.id not in there]


def keep_stricter(restored: ControlDatabase, present: ControlDatabase, made_at: datetime) -> list[str]:
    """Carry over what is stricter in the present database. Returns a sentence about each thing that was kept.

    Stricter is a lower sampling rate, of which off is the lowest, also that of errors; fewer declared
    rates; regions that are off, or more uncertain; fewer origins; more that is left out of the figures; a widget that
    was removed. Raises ControlError.
    """
    kept = []
    now = {account.id: account for account in Accounts(present).all()}
    for account in Accounts(restored).all():
        if account.id in now:
            kept += _keep_rates(restored, present, account)
            kept += _keep_setting(restored, account, now[account.id].telemetry)
            kept += _keep_regions(restored, present, account.id)
            kept += _keep_exclusions(restored, present, account.id)
    for widget in sorted(Accounts(restored).by_widget()):
        if widget in Accounts(present).by_widget():
            kept += _keep_origins(restored, present, widget)
        elif present.read("SELECT 1 FROM audit WHERE action = 'widget.remove' AND detail = ? LIMIT 1", widget):
            Widgets(restored).remove(widget, actor=COMMAND_LINE)
            kept.append(f"Widget {widget} stays removed.")
    sql = "SELECT account, detail FROM audit WHERE action = 'rows.erase' AND account IS NOT NULL AND at > ? ORDER BY id"
    for account_id, detail in present.read(sql, timestamp(made_at)):
        kept.append(f"Rows of {account_id} that were erased since the backup may be back ({detail}): erase them again.")
    return kept


def _keep_setting(restored: ControlDatabase, account: Account, present: AccountTelemetry) -> list[str]:
    before = account.telemetry
    mode, rate = min(((each.mode, _rate(each)) for each in (before, present)), key=lambda each: each[1])
    on_error = min(before.rate_on_error, present.rate_on_error)
    if rate == _rate(before) and on_error == before.rate_on_error:
        return []
    after = Accounts(restored).set_telemetry(
        account.id,
        mode,
        rate or None,
        rate_on_error=on_error,
        confirmation=CONFIRMATION,
        actor=COMMAND_LINE,
    )
    return [f"Account {account.id} keeps its present setting, which is stricter: {in_words(after.telemetry)}."]


def _keep_rates(restored: ControlDatabase, present: ControlDatabase, account: Account) -> list[str]:
    withdrawn = sorted(set(Rates(restored).declared(account.id)) - set(Rates(present).declared(account.id)))
    if not withdrawn:
        return []
    Rates(restored).withdraw(account.id, withdrawn, actor=COMMAND_LINE)
    return [f"Account {account.id} does not have these declared rates any more: {rate_lists.in_words(withdrawn)}."]


def _keep_regions(restored: ControlDatabase, present: ControlDatabase, account: str) -> list[str]:
    now, before = RegionSettings(present).of(account), RegionSettings(restored).of(account)
    if now.truth >= before.truth:
        return []
    RegionSettings(restored).set(account, now.is_on, now.epsilon, actor=COMMAND_LINE)
    return [f"Account {account} keeps its present setting of regions, which is stricter: {now.in_words}."]


def _keep_exclusions(restored: ControlDatabase, present: ControlDatabase, account: str) -> list[str]:
    kept, there = [], {_what(each) for each in Exclusions(restored).of(account)}
    for each in Exclusions(present).of(account):
        if _what(each) in there:
            continue
        try:
            widget, version, start, stop = _what(each)
            Exclusions(restored).add(
                account, widget=widget, version=version, start=start, stop=stop, actor=COMMAND_LINE
            )
            kept.append(f"Account {account} still leaves out of its figures: {each.in_words}.")
        except SettingError as error:
            kept.append(f"Account {account} does not leave out {each.in_words} any more. {error}")
    return kept


def _keep_origins(restored: ControlDatabase, present: ControlDatabase, widget: str) -> list[str]:
    """Keep the origins that are in both lists. An empty list means all; if none is in both, keep the present ones."""
    now, before = Origins(present).of(widget), Origins(restored).of(widget)
    stricter = sorted(set(now) & set(before)) or now
    if not now or stricter == before:
        return []
    Origins(restored).set(widget, stricter, actor=COMMAND_LINE)
    return [f"Widget {widget} keeps its present origins, which are stricter: {origin_lists.in_words(stricter)}."]


def _what(exclusion: Exclusion) -> tuple[str | None, str | None, datetime | None, datetime | None]:
    return exclusion.widget, exclusion.version, exclusion.start, exclusion.stop


def _is_same(restored: ControlDatabase, present: ControlDatabase) -> bool:
    """Whether one of the two was the other at an earlier time."""
    return any(
        {tuple(row) for row in restored.read(sql)} & {tuple(row) for row in present.read(sql)} for sql in _LINEAGE
    )


def _rate(setting: AccountTelemetry) -> float:
    return 0.0 if setting.mode == "off" else setting.rate
