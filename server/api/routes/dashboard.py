"""GET /accounts/{account}/dashboard: the figures of a stretch of time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from ..http.access import SeenAccount
from ..http.errors import error_responses
from ..schemas.dashboard_query import Asked
from ..schemas.figures import Dashboard
from ..services import ServicesDep

router = APIRouter(tags=["figures"])


@router.get("/accounts/{account}/dashboard", response_model=Dashboard, responses=error_responses(400, 404))
def dashboard(account: SeenAccount, asked: Annotated[Asked, Query()], services: ServicesDep) -> object:
    """Loads, errors, load times and interactions, each weighted by its sampling rate and with its 95 % interval.

    They are given for the whole, over time in about 120 points at most, by widget, by layout and by version, and the
    errors by their codes. A figure with fewer than 20 rows behind it is `too_few` and has no value.
    """
    return services.dashboards.of(asked.question(account.id, datetime.now(UTC)))
