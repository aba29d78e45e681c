"""GET /health: how the server fares, for its operator."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from ...errors import StoreError
from ...store.retention import RETENTION_DAYS, oldest, size
from ...store.store import Store
from ..http.access import Operator
from ..http.errors import error_responses
from ..schemas import answers
from ..services import ServicesDep

log = logging.getLogger(__name__)

router = APIRouter(tags=["operation"])


@router.get("/health", response_model=answers.Health, responses=error_responses(403))
def health(_: Operator, services: ServicesDep) -> object:
    """What came, what was refused and why, what waits, and how old and how large the store is.

    It answers with what it knows while the store cannot be written to, or even asked: then `status` says so.
    """
    store = _of_the_store(services.store)
    return {
        "status": "store_failing"
        if store["store"] is None and not services.writer.is_failing
        else services.writer.status,
        **services.counters.as_dict(),
        "queue": {"rows": services.writer.queued_rows, "capacity": services.writer.capacity},
        "retention_days": RETENTION_DAYS,
        **store,
    }


def _of_the_store(store: Store) -> dict[str, Any]:
    try:
        found, held = oldest(store), size(store)
    except StoreError as error:
        log.error("%s", error)
        return {"oldest_row": None, "oldest_days": None, "store": None}
    if found is None:
        return {"oldest_row": None, "oldest_days": None, "store": held}
    days = (datetime.now(UTC) - found).total_seconds() / 86400
    return {"oldest_row": f"{found:%Y-%m-%dT%H:%M:%SZ}", "oldest_days": round(days, 2), "store": held}
