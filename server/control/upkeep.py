"""What the control plane does by itself: once a day, what is old goes."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from ..errors import ControlError
from .audit import Audit
from .database import ControlDatabase
from .tokens import Tokens

EVERY = timedelta(days=1)

log = logging.getLogger(__name__)


def expire(database: ControlDatabase, now: datetime) -> None:
    """Deletes what is older than 90 days: audit entries, and tokens that were revoked; raises ControlError."""
    Audit(database).expire(now)
    Tokens(database).expire(now)


async def expire_daily(database: ControlDatabase) -> None:
    """Lets what is old expire, now and every day, until it is cancelled.

    What would be too old before the next time goes this time, so that nothing is ever older than promised.
    """
    while True:
        try:
            await asyncio.to_thread(expire, database, datetime.now(UTC) + EVERY)
        except ControlError as error:  # such as a full disk; tomorrow is another day, and readers filter too
            log.error("%s", error)
        await asyncio.sleep(EVERY.total_seconds())
