"""How Python starts in the pages: the stages, and where page views ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from ..http.access import VisibleAccount
from ..http.errors import error_responses
from ..schemas.dashboard_query import DashboardQuery
from ..schemas.stages import Stages
from ..services import ServicesDep

router = APIRouter(tags=["figures"])


@router.get("/accounts/{account}/stages", response_model=Stages, responses=error_responses(400, 404))
def stages(account: VisibleAccount, query: Annotated[DashboardQuery, Query()], services: ServicesDep) -> object:
    """The share of page views that reach each stage of Python's start, when they do, and where the others ended.

    In all, and by version. Takes the dashboard's parameters; layout and region filter nothing, since page views that
    ended early name none. Nothing is told of fewer than 20 page views, and no error code that has fewer.
    """
    return services.starts.of(query.question(account.id, datetime.now(UTC)))
