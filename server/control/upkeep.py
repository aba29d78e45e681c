"""Does once a day what only one of all server processes does, such as deleting expired entries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ..errors import ControlError, StoreError
from .audit import Audit
from .database import ControlDatabase
from .rates import Rates
from .tokens import Tokens

PERIOD = timedelta(days=1)
LEAD_S = 1.0  # between two looks at whether this process leads now

log = logging.getLogger(__name__)


def expire(database: ControlDatabase, now: datetime) -> None:
    """Delete audit entries, revoked tokens and withdrawn rates older than RETENTION at `now` (UTC).

    Raises ControlError.
    """
    Audit(database).expire(now)
    Tokens(database).expire(now)
    Rates(database).expire(now)


async def daily(database: ControlDatabase, expire: Callable[[datetime], object]) -> None:
    """Call `expire` with the moment of the next run, now and then every day, until cancelled.

    So that also goes what would expire before the next run. Of several processes only the one that leads does it; one
    that takes the lead does it at once.
    """
    while True:
        if not database.engine.leads():
            await asyncio.sleep(LEAD_S)
            continue
        try:
            await asyncio.to_thread(expire, datetime.now(UTC) + PERIOD)
        except (ControlError, StoreError) as error:  # such as a full disk; the next run tries again
            log.error("%s", error)
        await asyncio.sleep(PERIOD.total_seconds())
