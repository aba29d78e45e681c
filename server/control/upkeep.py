"""What the control plane does by itself: once a day, what is old goes."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from ..errors import ControlError
from .audit import Audit

EVERY_S = 24 * 3600

log = logging.getLogger(__name__)


async def expire_daily(audit: Audit) -> None:
    """Lets the audit trail expire, now and every day, until it is cancelled."""
    while True:
        try:
            await asyncio.to_thread(audit.expire, datetime.now(UTC))
        except ControlError as error:  # such as a full disk; tomorrow is another day, and readers filter too
            log.error("%s", error)
        await asyncio.sleep(EVERY_S)
