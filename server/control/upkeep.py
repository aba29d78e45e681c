"""Deletes expired entries of the control database once a day."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from ..errors import ControlError
from .audit import Audit
from .database import ControlDatabase
from .rates import Rates
from .tokens import Tokens

PERIOD = timedelta(days=1)

log = logging.getLogger(__name__)


def expire(database: ControlDatabase, now: datetime) -> None:
    """Delete audit entries, revoked tokens and withdrawn rates older than RETENTION at `now` (UTC).

    Raises ControlError.
    """
    Audit(database).expire(now)
    Tokens(database).expire(now)
    Rates(database).expire(now)


async def expire_daily(database: ControlDatabase) -> None:
    """Delete expired entries now and then every day, until cancelled.

    Also deletes entries that would expire before the next run.
    """
    while True:
        try:
            await asyncio.to_thread(expire, database, datetime.now(UTC) + PERIOD)
        except ControlError as error:  # such as a full disk; the next run tries again, and reading filters by age too
            log.error("%s", error)
        await asyncio.sleep(PERIOD.total_seconds())
