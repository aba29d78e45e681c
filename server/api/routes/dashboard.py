"""GET /accounts/{account}/dashboard: the figures of a time range."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from ..http.access import VisibleAccount
from ..http.errors import error_responses
from ..schemas.dashboard_query import DashboardQuery
from ..schemas.figures import Dashboard
from ..services import ServicesDep

router = APIRouter(tags=["figures"])


@router.get("/accounts/{account}/dashboard", response_model=Dashboard, responses=error_responses(400, 404))
def dashboard(account: VisibleAccount, query: Annotated[DashboardQuery, Query()], services: ServicesDep) -> object:
    """Loads, errors, load times and interactions, weighted by their sampling rates, with 95 % intervals.

    The answer has the figures of the whole range, over time (at most about 120 points), by widget, by layout and by
    version, and the number of errors by code. Nothing is told of fewer than 20 page views. Therefore `from` and `to`
    are the nearest moments that divide the page views into groups of 20 or more; each line of a table has its own.
    """
    return services.dashboards.of(query.question(account.id, datetime.now(UTC)))
