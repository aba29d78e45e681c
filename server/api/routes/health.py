"""GET /health: the server's state, for its operator."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from ...errors import StoreError
from ...ingest.writer import Status
from ...retention_period import RETENTION_DAYS
from ...store.retention import age_range, size
from ...store.store import Store
from ..http.access import Operator
from ..http.errors import error_responses
from ..schemas import answers
from ..services import Services, ServicesDep

log = logging.getLogger(__name__)

router = APIRouter(tags=["operation"])


@router.get("/health", response_model=answers.Health, responses=error_responses(403))
def health(_: Operator, services: ServicesDep) -> object:
    """Requests, refusals by reason, the queue, and the age and size of the store.

    The answer is a 200 even if the store cannot be written or read: `status` then names the problem.
    """
    store = _store_figures(services.store)
    return {
        "status": _status(services, is_readable=store["store"] is not None),
        "problem": services.writer.problem,
        **services.counters.as_dict(),
        "queue": {"rows": services.writer.queued_rows, "capacity": services.writer.capacity},
        "retention_days": RETENTION_DAYS,
        **store,
    }


def _status(services: Services, *, is_readable: bool) -> Status:
    """The writer's status. A store that accepts rows but cannot be read is failing too."""
    if services.writer.is_failing or is_readable:
        return services.writer.status
    return "store_failing"


def _store_figures(store: Store) -> dict[str, Any]:
    try:
        (oldest_row, newest_row), store_size = age_range(store), size(store)
    except StoreError as error:
        log.error("%s", error)
        return {"oldest_row": None, "oldest_days": None, "newest_row": None, "store": None}
    days = round((datetime.now(UTC) - oldest_row).total_seconds() / 86400, 2) if oldest_row else None
    return {"oldest_row": _iso(oldest_row), "oldest_days": days, "newest_row": _iso(newest_row), "store": store_size}


def _iso(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None
