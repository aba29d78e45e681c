"""Deletes the expired parts that the engine has set aside, once a day."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from ..errors import StoreError
from .retention import drop_expired_parts
from .store import Store

PERIOD = timedelta(days=1)

log = logging.getLogger(__name__)


async def drop_daily(store: Store) -> None:
    """Delete them now and then every day, until cancelled; also those that would expire before the next run."""
    while True:
        try:
            await asyncio.to_thread(drop_expired_parts, store, datetime.now(UTC) + PERIOD)
        except StoreError as error:  # such as a full disk; the next run tries again
            log.error("%s", error)
        await asyncio.sleep(PERIOD.total_seconds())
