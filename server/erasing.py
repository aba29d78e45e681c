"""Erases rows for the operator: of an account, a widget, a stretch of time; or an account as a whole."""

from __future__ import annotations

from .control.accounts import Accounts
from .control.audit import record
from .control.database import ControlDatabase, timestamp
from .errors import UnknownAccountError
from .store.erasure import Erased, Erasure
from .store.erasure import erase as erase_from
from .store.store import Store


def erase(control: ControlDatabase, store: Store, erasure: Erasure, *, actor: str) -> Erased:
    """Erase the rows and content answers, and write it into the audit trail. Raises StoreError and ControlError.

    The account need not exist: rows of a removed account can be erased.
    """
    with control.alone():  # two at once would undo each other's settings of the tables
        erased = erase_from(store, erasure)
    parts = [f"widget {erasure.widget}"] if erasure.widget else []
    if erasure.start or erasure.stop:
        ends = [timestamp(at) if at else "" for at in (erasure.start, erasure.stop)]
        parts.append(f"from {ends[0] or 'the first'} to {ends[1] or 'the last'}")
    detail = ", ".join([*parts, f"{erased.rows} rows"])
    try:
        account: str | None = Accounts(control).get(erasure.account).id
    except UnknownAccountError:
        account = None
    with control.change() as connection:
        record(connection, actor, account, "rows.erase", detail)
    return erased
